//! Company registration: a number in a public register of companies.
//!
//! Rules by scheme: `uscc`, China's unified social credit code, GB 32100-2015: 18 characters without
//! I, O, S, V, Z, the last a check character modulo 31. `lei`, ISO 17442: 20 characters, check digits
//! modulo 97-10 (ISO 7064). `generic`: any other register; the country says which, the number is compared
//! without spaces, dots, dashes and slashes.
//!
//! A scheme that is not given is found from the value; a value with the form of a USCC in China must
//! have its check character too, since a mistyped one would contradict the right one.

use super::{Fault, Identifier, RawIdentifier, Strength, text};

pub const STRENGTH: Strength = Strength::Exclusive;

const USCC_ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const USCC_LENGTH: usize = 18;
const LEI_LENGTH: usize = 20;

/// What people write before the number.
const LABELS: &[&str] = &[
    "统一社会信用代码",
    "社会信用代码",
    "UNIFIED SOCIAL CREDIT CODE",
    "USCC",
    "LEI",
    "REG. NO",
    "REG NO",
    "REGISTRATION NO",
    "REGISTRATION NUMBER",
    "COMPANY NO",
    "COMPANY NUMBER",
    "NO.",
    "NO:",
];

enum Scheme {
    Uscc,
    Lei,
    Generic,
}

pub fn parse(raw: &RawIdentifier<'_>) -> Result<Identifier, Fault> {
    let given = text::given(raw.value)?;
    let country = text::country_field(raw.country)?;
    let number = compact(unlabelled(&given.to_uppercase()));
    if text::is_placeholder(&number) {
        return Err(Fault::placeholder());
    }
    if !(2..=40).contains(&number.len()) || !number.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(Fault::malformed("A registration number has 2 to 40 Latin letters and digits."));
    }
    match scheme(raw.scheme, &number, country.as_deref())? {
        Scheme::Uscc => uscc(raw, number, country),
        Scheme::Lei => lei(raw, number, country),
        Scheme::Generic => {
            let country = country.ok_or_else(|| {
                let message = "Say the country of the register; numbers repeat between registers.";
                Fault::new("country", "required", message)
            })?;
            let key = format!("{country}/{number}");
            Ok(identifier(raw, "generic", number, key, Some(country)))
        }
    }
}

fn scheme(stated: Option<&str>, number: &str, country: Option<&str>) -> Result<Scheme, Fault> {
    match stated.map(str::trim).unwrap_or_default().to_ascii_lowercase().as_str() {
        "uscc" => Ok(Scheme::Uscc),
        "lei" => Ok(Scheme::Lei),
        "generic" => Ok(Scheme::Generic),
        "" if number.len() == LEI_LENGTH && is_lei(number) => Ok(Scheme::Lei),
        "" if number.len() == USCC_LENGTH && country == Some("CN") => Ok(Scheme::Uscc),
        "" if country.is_none() && is_uscc_form(number) => Ok(Scheme::Uscc),
        "" => Ok(Scheme::Generic),
        _ => Err(Fault::new("scheme", "unknown", "The scheme is `uscc`, `lei` or `generic`, or left out.")),
    }
}

fn uscc(raw: &RawIdentifier<'_>, number: String, country: Option<String>) -> Result<Identifier, Fault> {
    if country.is_some_and(|country| country != "CN") {
        return Err(Fault::new("country", "mismatch", "Only China (CN) issues unified social credit codes."));
    }
    if !is_uscc_form(&number) {
        let message = "A unified social credit code has 18 digits and letters, without I, O, S, V and Z.";
        return Err(Fault::malformed(message));
    }
    if !is_uscc(&number) {
        return Err(wrong_check_digit());
    }
    let key = format!("CN/{number}");
    Ok(identifier(raw, "uscc", number, key, Some("CN".to_owned())))
}

fn lei(raw: &RawIdentifier<'_>, number: String, country: Option<String>) -> Result<Identifier, Fault> {
    if number.len() != LEI_LENGTH {
        return Err(Fault::malformed("An LEI has 20 letters and digits."));
    }
    if !is_lei(&number) {
        return Err(wrong_check_digit());
    }
    let key = format!("LEI/{number}");
    Ok(identifier(raw, "lei", number, key, country))
}

fn wrong_check_digit() -> Fault {
    Fault::new("value", "check_digit", "The check digit is wrong; a character is mistyped.")
}

fn identifier(
    raw: &RawIdentifier<'_>,
    scheme: &str,
    number: String,
    key: String,
    country: Option<String>,
) -> Identifier {
    Identifier {
        kind: raw.kind,
        value: number,
        key,
        platform: None,
        country,
        scheme: Some(scheme.to_owned()),
    }
}

/// The number behind a label such as `Reg. No.`; a sign or a space parts the two.
fn unlabelled(upper: &str) -> &str {
    for label in LABELS {
        if let Some(rest) = upper.strip_prefix(label)
            && (label.ends_with(['.', ':']) || rest.starts_with(['.', ':', '#', ' ']))
        {
            return rest.trim_start_matches(['.', ':', '#', ' ']);
        }
    }
    upper
}

fn compact(upper: &str) -> String {
    upper.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '/' | '\u{2010}'..='\u{2015}')).collect()
}

fn is_uscc_form(number: &str) -> bool {
    number.len() == USCC_LENGTH && number.chars().all(|c| USCC_ALPHABET.contains(c))
}

/// The sum of the characters' places in the alphabet, weighted by the powers of 3, is 0 modulo 31; the
/// check character has weight 1.
fn is_uscc(number: &str) -> bool {
    let mut weight = 1;
    let mut sum = 0;
    for c in number.chars().take(USCC_LENGTH - 1) {
        let Some(value) = USCC_ALPHABET.find(c) else { return false };
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    number
        .chars()
        .nth(USCC_LENGTH - 1)
        .and_then(|c| USCC_ALPHABET.find(c))
        .is_some_and(|check| (sum + check) % 31 == 0)
}

/// Two check digits at the end; the whole, letters as 10 to 35, is 1 modulo 97.
fn is_lei(number: &str) -> bool {
    let has_check_digits = number.bytes().rev().take(2).all(|b| b.is_ascii_digit());
    let remainder = number.chars().try_fold(0, |sum: u32, c| {
        let value = c.to_digit(36)?;
        let shift = if value < 10 { 10 } else { 100 };
        Some((sum * shift + value) % 97)
    });
    has_check_digits && remainder == Some(1)
}

#[cfg(test)]
mod tests {
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
            ("", "CN", "9133O100799655058B", ("value", "malformed")),
            ("uscc", "", "9133010079965505", ("value", "malformed")),
            ("uscc", "HK", "91330100799655058B", ("country", "mismatch")),
            ("lei", "", "5493001KJTIIGC8Y1R13", ("value", "check_digit")),
            ("lei", "", "5493001KJTIIGC8Y1R1", ("value", "malformed")),
            ("", "", "01234568", ("country", "required")),
            ("", "XX", "01234568", ("country", "unknown")),
            ("ein", "US", "01234568", ("scheme", "unknown")),
            ("", "GB", "7", ("value", "malformed")),
            ("", "GB", "公司", ("value", "malformed")),
        ] {
            assert_eq!(refused(&typed(scheme, country, value)), fault, "{value:?}");
        }
    }
}
