use super::super::IdentifierType::CompanyRegistration;
use super::super::text::testing::{assert_stable, parsed, raw, refused};
use super::*;

fn typed<'a>(scheme: &'a str, country: &'a str, value: &'a str) -> RawIdentifier<'a> {
    let some = |text: &'a str| Some(text).filter(|text| !text.is_empty());
    RawIdentifier { scheme: some(scheme), country: some(country), ..raw(CompanyRegistration, value) }
}

#[test]
fn spellings_of_one_number_meet_in_one_key() {
    for (scheme, country, value, key) in [
        ("", "", "91330100799655058B", "CN/91330100799655058B"),
        ("", "cn", "91 330100 799655058b", "CN/91330100799655058B"),
        ("uscc", "", "９１３３０１００７９９６５５０５８Ｂ", "CN/91330100799655058B"),
        ("USCC", "CN", "统一社会信用代码：91330100799655058B", "CN/91330100799655058B"),
        ("generic", "CN", "USCC:91330100799655058B", "CN/91330100799655058B"),
        ("", "CN", "9I33O1OO799655O58B", "CN/91330100799655058B"),
        ("", "", "9144030071526726XG", "CN/9144030071526726XG"),
        ("", "CN", "440301103097413", "CN/440301103097413"),
        ("", "", "5493001KJTIIGC8Y1R12", "LEI/5493001KJTIIGC8Y1R12"),
        ("lei", "US", "hwup kr0m pou8 fgxb t394", "LEI/HWUPKR0MPOU8FGXBT394"),
        ("", "GB", "Reg. No. 01234568", "GB/01234568"),
        ("", "gb", "no.01234568", "GB/01234568"),
        ("generic", "DE", "HRB 123457", "DE/HRB123457"),
        ("", "US", "12-3456780", "US/123456780"),
        ("", "US", "91330100799655058X", "US/91330100799655058X"),
        ("", "NO", "NO 999 888 777 MVA", "NO/NO999888777MVA"),
        ("vat", "", "DE 136 695 976", "VAT-DE/136695976"),
        ("VAT", "de", "136695976", "VAT-DE/136695976"),
        ("", "", "USt-IdNr.: DE136695976", "VAT-DE/136695976"),
        ("", "DE", "VAT: 136695976", "VAT-DE/136695976"),
        ("", "", "VAT Reg. No. GB 980 7806 84", "VAT-GB/980780684"),
        ("", "", "P.IVA IT00743110157", "VAT-IT/00743110157"),
        ("", "", "N° TVA FR 41 968 052 282", "VAT-FR/41968052282"),
        ("", "", "UID: ATU13585627", "VAT-AT/U13585627"),
        ("vat", "GR", "GR593083409", "VAT-EL/593083409"),
        ("vat", "", "BE 516.749.286", "VAT-BE/0516749286"),
        ("", "DE", "DE136695976", "DE/DE136695976"),
        ("", "CH", "UID: CHE-123.456.788", "CH/CHE123456788"),
    ] {
        let identifier = parsed(&typed(scheme, country, value));
        assert_eq!(identifier.key, key, "{value:?}");
        assert_stable(&identifier);
    }
}

#[test]
fn the_scheme_and_the_country_are_stated() {
    let number = parsed(&typed("", "", "91330100799655058B"));
    assert_eq!((number.scheme.as_deref(), number.country.as_deref()), (Some("uscc"), Some("CN")));
    let number = parsed(&typed("", "", "5493001KJTIIGC8Y1R12"));
    assert_eq!((number.scheme.as_deref(), number.country), (Some("lei"), None));
    let number = parsed(&typed("vat", "", "GR593083409"));
    assert_eq!(number.value, "EL593083409");
    assert_eq!((number.scheme.as_deref(), number.country.as_deref()), (Some("vat"), Some("GR")));
    let number = parsed(&typed("", "GB", "01234568"));
    assert_eq!((number.scheme.as_deref(), number.country.as_deref()), (Some("generic"), Some("GB")));
}

#[test]
fn what_no_register_issues_is_refused() {
    for (scheme, country, value, fault) in [
        ("", "", "", ("value", "required")),
        ("", "CN", "无", ("value", "placeholder")),
        ("", "CN", "000000000000000000", ("value", "placeholder")),
        ("", "", "No. n/a", ("value", "placeholder")),
        ("", "", "91330100799655058A", ("value", "check_digit")),
        ("", "CN", "91330100799655085B", ("value", "check_digit")),
        ("", "CN", "9133S100799655058B", ("value", "malformed")),
        ("", "CN", "9133O100799655085B", ("value", "check_digit")),
        ("uscc", "", "9133010079965505", ("value", "malformed")),
        ("uscc", "HK", "91330100799655058B", ("country", "mismatch")),
        ("lei", "", "5493001KJTIIGC8Y1R13", ("value", "check_digit")),
        ("lei", "", "5493001KJTIIGC8Y1R1", ("value", "malformed")),
        ("", "", "01234568", ("country", "required")),
        ("", "XX", "01234568", ("country", "unknown")),
        ("ein", "US", "01234568", ("scheme", "unknown")),
        ("vat", "", "DE136695977", ("value", "check_digit")),
        ("", "", "VAT DE136695977", ("value", "check_digit")),
        ("vat", "", "DE13669597", ("value", "malformed")),
        ("vat", "", "DE000000000", ("value", "placeholder")),
        ("vat", "FR", "DE136695976", ("country", "mismatch")),
        ("vat", "CN", "DE136695976", ("country", "mismatch")),
        ("vat", "", "136695976", ("country", "required")),
        ("vat", "CN", "136695976", ("country", "required")),
        ("", "", "DE136695976", ("country", "required")),
        ("", "GB", "7", ("value", "malformed")),
        ("", "GB", "公司", ("value", "malformed")),
    ] {
        assert_eq!(refused(&typed(scheme, country, value)), fault, "{value:?}");
    }
}
