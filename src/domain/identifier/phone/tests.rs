use super::super::IdentifierType::Phone;
use super::super::text::testing::{assert_stable, parsed, raw, refused};
use super::*;

fn from<'a>(country: Option<&'a str>, value: &'a str) -> RawIdentifier<'a> {
    RawIdentifier { country, ..raw(Phone, value) }
}

#[test]
fn spellings_of_one_number_meet_in_one_key() {
    for (country, typed, key) in [
        (None, "+86 13812341234", "+8613812341234"),
        (None, "+8613812341234", "+8613812341234"),
        (None, "0086 138 1234 1234", "+8613812341234"),
        (None, "(+86) 138-1234-1234", "+8613812341234"),
        (None, "+86 (0)138-1234-1234", "+8613812341234"),
        (None, "＋８６１３８１２３４１２３４", "+8613812341234"),
        (None, "Tel.: +86 138.1234.1234 (WhatsApp)", "+8613812341234"),
        (None, "手机:+86 138 1234 1234 微信", "+8613812341234"),
        (Some("cn"), "13812341234", "+8613812341234"),
        (Some("CN"), "8613812341234", "+8613812341234"),
        (Some("US"), "011 86 138 1234 1234", "+8613812341234"),
        (Some("US"), "+86 138 1234 1234", "+8613812341234"),
        (Some("US"), "8613812341234", "+8613812341234"),
        (Some("CN"), "0755-8888 1235 转 801", "+8675588881235"),
        (None, "+86 755 88881235", "+8675588881235"),
        (Some("HK"), "5123 4568", "+85251234568"),
        (Some("US"), "(415) 555-2671", "+14155552671"),
        (Some("US"), "1-415-555-2671 x12", "+14155552671"),
        (Some("GB"), "020 7946 0018", "+442079460018"),
        (None, "+44 (0)20 7946 0018", "+442079460018"),
        (Some("DE"), "030/123456", "+4930123456"),
        (Some("IT"), "06 1234 5678", "+390612345678"),
        (None, "+39 06 1234 5678", "+390612345678"),
        (Some("RU"), "8 (812) 123-45-67", "+78121234567"),
        (None, "+7 812 123-45-67", "+78121234567"),
        (Some("AR"), "0 11 15 2345-6789", "+5491123456789"),
        (None, "+54 9 11 2345 6789", "+5491123456789"),
    ] {
        let identifier = parsed(&from(country, typed));
        assert_eq!(identifier.key, key, "{country:?} {typed:?}");
        assert_stable(&identifier);
    }
}

#[test]
fn a_number_need_not_be_valid_but_possible() {
    assert_eq!(parsed(&from(None, "+86 17912345678")).key, "+8617912345678");
    assert_eq!(parsed(&from(None, "+1 268 999 9999 99")).key, "+1268999999999");
    for (country, typed) in [
        (None, "+86 138"),
        (None, "+999 123456"),
        (None, "+86 13812341234 13812341235"),
        (Some("US"), "555-2671"),
        (Some("US"), "99913812341234"),
    ] {
        assert_eq!(refused(&from(country, typed)), ("value", "malformed"), "{country:?} {typed:?}");
    }
}

#[test]
fn a_number_without_a_country_is_not_guessed() {
    assert_eq!(refused(&from(None, "13812341234")), ("country", "required"));
    assert_eq!(refused(&from(None, "020 7946 0018")), ("country", "required"));
    assert_eq!(refused(&from(Some("XX"), "13812341234")), ("country", "unknown"));
    assert_eq!(refused(&from(Some("AQ"), "13812341234")), ("country", "unknown"));
}

#[test]
fn fillers_and_other_text_are_refused() {
    for (typed, code) in [
        ("", "required"),
        ("n/a", "placeholder"),
        ("000000", "placeholder"),
        ("123456789", "placeholder"),
        ("+86 13800138000", "placeholder"),
        ("1-800-000-0000", "placeholder"),
        ("+1 111 111 1111", "placeholder"),
        ("call me", "malformed"),
        ("138****1234", "malformed"),
        ("1381234xxxx", "malformed"),
        ("+1 415 555 2671, +1 415 555 2672", "malformed"),
        ("+1+415+555+2671", "malformed"),
        ("$14155552671", "malformed"),
    ] {
        assert_eq!(refused(&from(Some("US"), typed)), ("value", code), "{typed:?}");
    }
}

#[test]
fn no_input_panics() {
    for country in [None, Some("CN"), Some("US"), Some("AR"), Some("NF"), Some("BR"), Some("JP")] {
        for typed in [
            "+",
            "(",
            "()",
            "+0",
            "+00",
            "00",
            "000000000001",
            "+1",
            "+12",
            "0",
            "(((+",
            "+(",
            "é+1",
            "+1é2",
            "tel:+",
            "9999999999999999999999999",
            "+9999999999999999",
            "08",
            "1",
            "11",
            "999",
            "+800 1234 5678",
        ] {
            let _ = parse(&from(country, typed));
        }
    }
}

#[test]
fn the_country_is_the_numbers_own_or_else_the_hint() {
    for (hint, typed, country) in [
        (None, "+86 13812341234", Some("CN")),
        (Some("US"), "+1 416 555 2671", Some("CA")),
        (None, "+1 415 555 2671", Some("US")),
        (Some("CA"), "+1 999 999 9998", Some("CA")),
        (None, "+800 1235 5679", None),
    ] {
        assert_eq!(parsed(&from(hint, typed)).country.as_deref(), country, "{typed:?}");
    }
    assert_eq!(parsed(&from(Some("CN"), "13812341234")).value, "+86 13812341234");
}

#[test]
fn the_mask_hides_at_least_four_digits() {
    for (value, masked) in [
        ("+86 13812341234", "+86 138****1234"),
        ("+1 4155552671", "+1 415****671"),
        ("+852 51234568", "+852 51****68"),
        ("+49 30123", "+49 ****3"),
        ("+44 1234", "+44 ****"),
        ("+49 12345678901234", "+49 123*******1234"),
        ("123", "***"),
    ] {
        assert_eq!(mask(value), masked);
    }
}
