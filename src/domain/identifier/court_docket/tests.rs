use super::super::IdentifierType::CourtDocket;
use super::super::text::testing::{assert_stable, parsed, raw, refused};
use super::*;

fn of<'a>(scheme: &'a str, country: &'a str, value: &'a str) -> RawIdentifier<'a> {
    let some = |text: &'a str| Some(text).filter(|text| !text.is_empty());
    RawIdentifier { scheme: some(scheme), country: some(country), ..raw(CourtDocket, value) }
}

#[test]
fn spellings_of_one_docket_meet_in_one_key() {
    for (scheme, country, typed, key) in [
        ("", "", "（2023）粤03民初1234号", "CN/(2023)粤03民初1234号"),
        ("", "CN", "(2023) 粤 03 民初 1234 号", "CN/(2023)粤03民初1234号"),
        ("cn", "", "〔２０２３〕粤03民初01234號", "CN/(2023)粤03民初1234号"),
        ("", "", "案号：【2023】粤03民初1234号之一", "CN/(2023)粤03民初1234号"),
        ("", "", "(2014)深中法知民初字第123号", "CN/(2014)深中法知民初字第123号"),
        ("", "", "（2021）最高法知民终5号", "CN/(2021)最高法知民终5号"),
        ("", "", "1:23-cv-01234-ABC-DEF", "US/1:23-cv-01234"),
        ("us_federal", "us", "1:23-CV-1234", "US/1:23-cv-01234"),
        ("", "US", "Case No. 1:23cv1234", "US/1:23-cv-01234"),
        ("", "", "No. 1:23-cv-01234 (N.D. Ill. 2023)", "US/ilnd/1:23-cv-01234"),
        ("", "", "N.D. Ill., 1:23-cv-01234-ABC", "US/ilnd/1:23-cv-01234"),
        ("", "", "nysd 1:23-cv-01234", "US/nysd/1:23-cv-01234"),
        ("", "HK", "HCA 0123/2023", "HK/HCA-123-2023"),
        ("generic", "hk", "HCA123/2023", "HK/HCA-123-2023"),
        ("", "HK", "Case No. HCA 123/2023", "HK/HCA-123-2023"),
        ("", "HK", "No. No HCA 123/2023", "HK/HCA-123-2023"),
        ("", "DE", "LG Hamburg, 12 O 345/22", "DE/LG-HAMBURG-12-O-345-22"),
        ("", "TW", "112年度智易字第12號", "TW/112-年度智易字第-12-號"),
        ("", "GB", "1:23-cv-01234", "GB/1-23-CV-1234"),
    ] {
        let identifier = parsed(&of(scheme, country, typed));
        assert_eq!(identifier.key, key, "{typed:?}");
        assert_stable(&identifier);
    }
}

#[test]
fn a_docket_is_shown_as_its_court_writes_it() {
    for (typed, value, scheme, country) in [
        ("(2023) 粤03民初1234号", "（2023）粤03民初1234号", "cn", "CN"),
        ("S.D.N.Y. 1:23cv1234", "1:23-cv-01234 (nysd)", "us_federal", "US"),
    ] {
        let identifier = parsed(&raw(CourtDocket, typed));
        assert_eq!(identifier.value, value);
        assert_eq!(identifier.scheme.as_deref(), Some(scheme));
        assert_eq!(identifier.country.as_deref(), Some(country));
    }
}

#[test]
fn what_is_no_docket_is_refused() {
    let long = "1".repeat(101);
    for (scheme, country, typed, fault) in [
        ("", "", "", ("value", "required")),
        ("", "CN", "无", ("value", "placeholder")),
        ("", "", "Case No. n/a", ("value", "placeholder")),
        ("", "", "HCA 123/2023", ("country", "required")),
        ("", "", "(2023)粤03民初1234、1235号", ("country", "required")),
        ("", "XX", "HCA 123/2023", ("country", "unknown")),
        ("cn", "HK", "（2023）粤03民初1234号", ("country", "mismatch")),
        ("us_federal", "CN", "1:23-cv-01234", ("country", "mismatch")),
        ("eu", "DE", "12 O 345/22", ("scheme", "unknown")),
        ("cn", "", "(2023)粤03民初号", ("value", "malformed")),
        ("cn", "", "2023粤03民初1234号", ("value", "malformed")),
        ("cn", "", "(23)粤03民初1234号", ("value", "malformed")),
        ("us_federal", "", "23-cv-01234", ("value", "malformed")),
        ("us_federal", "", "1:23-xx-01234", ("value", "malformed")),
        ("us_federal", "", "1:23-cv-01234 (Springfield)", ("value", "malformed")),
        ("", "GB", "High Court", ("value", "malformed")),
        ("", "GB", long.as_str(), ("value", "placeholder")),
    ] {
        assert_eq!(refused(&of(scheme, country, typed)), fault, "{typed:?}");
    }
}
