//! Company registration: a number in a public register of companies.
//!
//! Rules by scheme: `uscc`, China's unified social credit code, GB 32100-2015: 18 characters without I, O,
//! S, V, Z, the last a check character modulo 31. `lei`, ISO 17442: 20 characters, check digits modulo
//! 97-10 (ISO 7064). `vat`, a VAT number of the European Union (see `vat`). `generic`: any other register;
//! the country says which, the number is compared without spaces, dots, dashes and slashes.
//!
//! A scheme that is not given is found from the value; a value with the form of a USCC in China must have
//! its check character too, since a mistyped one would contradict the right one. A VAT number is only found
//! behind a label that says so: without it, a number behind two letters can be of any register.
//!
//! Each state is a register of VAT numbers of its own (`VAT-DE`): a seller has one in every state that it
//! sells to, and they do not contradict each other.

mod vat;

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

/// What people write before a VAT number, longest first.
const VAT_LABELS: &[&str] = &[
    "VAT REGISTRATION NUMBER",
    "VAT REGISTRATION NO",
    "VAT REG. NO",
    "VAT REG NO",
    "VAT NUMBER",
    "VAT NO",
    "VAT ID",
    "VAT",
    "UST-IDNR",
    "UST-ID-NR",
    "UST-ID",
    "USTID",
    "UID-NR",
    "UID",
    "N° TVA",
    "TVA",
    "PARTITA IVA",
    "P.IVA",
    "P. IVA",
    "BTW",
];

enum Scheme {
    Uscc,
    Lei,
    Vat,
    Generic,
}

pub fn parse(raw: &RawIdentifier<'_>) -> Result<Identifier, Fault> {
    let given = text::given(raw.value)?;
    let country = text::country_field(raw.country)?;
    let upper = given.to_uppercase();
    let vat = behind(VAT_LABELS, &upper);
    let number = compact(vat.or_else(|| behind(LABELS, &upper)).unwrap_or(&upper));
    if text::is_placeholder(&number) {
        return Err(Fault::placeholder());
    }
    if !(2..=40).contains(&number.len()) || !number.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(Fault::malformed("A registration number has 2 to 40 Latin letters and digits."));
    }
    match scheme(raw.scheme, vat.is_some(), &number, country.as_deref())? {
        Scheme::Uscc => uscc(raw, number, country),
        Scheme::Lei => lei(raw, number, country),
        Scheme::Vat => vat_number(raw, &number, country),
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

fn scheme(stated: Option<&str>, is_vat: bool, number: &str, country: Option<&str>) -> Result<Scheme, Fault> {
    match stated.map(str::trim).unwrap_or_default().to_ascii_lowercase().as_str() {
        "uscc" => Ok(Scheme::Uscc),
        "lei" => Ok(Scheme::Lei),
        "vat" => Ok(Scheme::Vat),
        "generic" => Ok(Scheme::Generic),
        "" if is_vat && vat::state(number, country).is_some() => Ok(Scheme::Vat),
        "" if number.len() == LEI_LENGTH && is_lei(number) => Ok(Scheme::Lei),
        "" if number.len() == USCC_LENGTH && country == Some("CN") => Ok(Scheme::Uscc),
        "" if country.is_none() && is_uscc_form(number) => Ok(Scheme::Uscc),
        "" => Ok(Scheme::Generic),
        _ => {
            let message = "The scheme is `uscc`, `lei`, `vat` or `generic`, or left out.";
            Err(Fault::new("scheme", "unknown", message))
        }
    }
}

fn uscc(raw: &RawIdentifier<'_>, number: String, country: Option<String>) -> Result<Identifier, Fault> {
    if country.is_some_and(|country| country != "CN") {
        return Err(Fault::new("country", "mismatch", "Only China (CN) issues unified social credit codes."));
    }
    let number = digits_for_letters(number);
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

fn vat_number(raw: &RawIdentifier<'_>, number: &str, country: Option<String>) -> Result<Identifier, Fault> {
    let Some((state, rest)) = vat::state(number, country.as_deref()) else {
        let message =
            "A VAT number begins with the letters of its state, such as DE or EL; or say the country.";
        return Err(Fault::new("country", "required", message));
    };
    if country.is_some_and(|country| country != state.country) {
        let message = format!("The number begins with {}, which is another country's.", state.prefix);
        return Err(Fault::new("country", "mismatch", message));
    }
    if text::is_placeholder(rest) {
        return Err(Fault::placeholder());
    }
    let prefix = state.prefix;
    let rest = state.read(rest).ok_or_else(|| {
        Fault::malformed(format!("A VAT number of {prefix} does not have these letters and digits."))
    })?;
    if !state.is_right(&rest) {
        return Err(wrong_check_digit());
    }
    let key = format!("VAT-{prefix}/{rest}");
    Ok(identifier(raw, "vat", format!("{prefix}{rest}"), key, Some(state.country.to_owned())))
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
fn behind<'a>(labels: &[&str], upper: &'a str) -> Option<&'a str> {
    labels.iter().find_map(|label| {
        let rest = upper.strip_prefix(label)?;
        (label.ends_with(['.', ':']) || rest.starts_with(['.', ':', '#', ' ']))
            .then(|| rest.trim_start_matches(['.', ':', '#', ' ']))
    })
}

fn compact(upper: &str) -> String {
    upper.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '/' | '\u{2010}'..='\u{2015}')).collect()
}

fn is_uscc_form(number: &str) -> bool {
    number.len() == USCC_LENGTH && number.chars().all(|c| USCC_ALPHABET.contains(c))
}

/// The letters that the alphabet leaves out because they look like digits, read as those. It is no guess: the
/// check character must still be right.
fn digits_for_letters(number: String) -> String {
    number.replace('I', "1").replace('O', "0")
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
    has_check_digits && modulo_97(number) == Some(1)
}

fn modulo_97(number: &str) -> Option<u32> {
    number.chars().try_fold(0, |sum: u32, c| {
        let value = c.to_digit(36)?;
        let shift = if value < 10 { 10 } else { 100 };
        Some((sum * shift + value) % 97)
    })
}

#[cfg(test)]
mod tests;
