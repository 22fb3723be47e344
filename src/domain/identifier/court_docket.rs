//! Number of a case at a court.
//!
//! Rules by scheme: `cn`, China's case numbers (Supreme People's Court, 法〔2015〕137号): the year in brackets,
//! the court, the kind of case, a number and 号; the 字第 of numbers before 2016 is part of them.
//! `us_federal`, the numbers of the United States' district courts: office, year, kind, number; initials of
//! judges and numbers of defendants behind it are dropped. Every district counts for itself, so the court
//! belongs to it where it is given (`1:23-cv-01234 (N.D. Ill.)`). `generic`: any other country, which has
//! to be given; letters and numbers in their order, without the signs between them.
//!
//! Key is `country/number`. A docket is weak: one case names hundreds of defendants.

mod us_courts;

use super::{Fault, Identifier, RawIdentifier, Strength, text};

pub const STRENGTH: Strength = Strength::Weak;

const CHARS_MAX: usize = 100;

/// No label is longer.
const LABEL_BYTES_MAX: usize = 30;

/// Kinds of cases in the district and bankruptcy courts.
const US_KINDS: &[&str] = &["ap", "bk", "br", "cr", "cv", "mc", "md", "mj", "ml", "po", "sw"];

/// What people write before the number, in upper case and without spaces.
const LABELS: &[&str] =
    &["CASENUMBER", "CASENO", "CIVILACTIONNO", "CASE", "DOCKETNO", "DOCKET", "案号", "案號", "NO"];

pub fn parse(raw: &RawIdentifier<'_>) -> Result<Identifier, Fault> {
    let given = text::given(raw.value)?;
    let country = text::country_field(raw.country)?;
    let typed = unlabelled(&given);
    if text::is_placeholder(typed) {
        return Err(Fault::placeholder());
    }
    if typed.chars().count() > CHARS_MAX || !typed.contains(|c: char| c.is_ascii_digit()) {
        let message = format!("A docket has a digit in it and at most {CHARS_MAX} characters.");
        return Err(Fault::malformed(message));
    }
    let within = |code: &str| country.as_deref().is_none_or(|country| country == code);
    match raw.scheme.map(str::trim).unwrap_or_default().to_ascii_lowercase().as_str() {
        "cn" if !within("CN") => Err(mismatch("CN")),
        "us_federal" if !within("US") => Err(mismatch("US")),
        "cn" => chinese(raw, typed)
            .ok_or_else(|| Fault::malformed("A Chinese docket looks like （2023）粤03民初1234号.")),
        "us_federal" => federal(raw, typed).ok_or_else(|| {
            Fault::malformed("A docket looks like 1:23-cv-01234 or 1:23-cv-01234 (N.D. Ill.).")
        }),
        "generic" => generic(raw, typed, country),
        "" => {
            let own = chinese(raw, typed).filter(|_| within("CN"));
            match own.or_else(|| federal(raw, typed).filter(|_| within("US"))) {
                Some(identifier) => Ok(identifier),
                None => generic(raw, typed, country),
            }
        }
        _ => {
            let message = "The scheme is `cn`, `us_federal` or `generic`, or left out.";
            Err(Fault::new("scheme", "unknown", message))
        }
    }
}

fn mismatch(country: &str) -> Fault {
    Fault::new("country", "mismatch", format!("Dockets of this scheme are of {country}."))
}

fn identifier(
    raw: &RawIdentifier<'_>,
    scheme: &str,
    value: String,
    key: String,
    country: &str,
) -> Identifier {
    Identifier {
        kind: raw.kind,
        value,
        key: format!("{country}/{key}"),
        platform: None,
        country: Some(country.to_owned()),
        scheme: Some(scheme.to_owned()),
    }
}

/// The number behind `Case No.`, `案号：` and the like, however many of them there are.
fn unlabelled(given: &str) -> &str {
    let mut rest = given;
    while let Some(at) = label_end(rest) {
        rest = rest.get(at..).unwrap_or_default().trim_start_matches([' ', ':', '.', '#']);
    }
    rest
}

fn label_end(value: &str) -> Option<usize> {
    let mut label = String::new();
    let mut end = None;
    for (at, c) in value.char_indices().take_while(|(at, _)| *at <= LABEL_BYTES_MAX) {
        if matches!(c, ':' | '.' | ' ') && LABELS.contains(&label.as_str()) {
            end = Some(at);
        }
        label.extend(c.to_uppercase().filter(|c| c.is_alphanumeric()));
    }
    end
}

/// `(2023)粤03民初1234号`; what follows 号, such as 之一, names a paper in the case.
fn chinese(raw: &RawIdentifier<'_>, typed: &str) -> Option<Identifier> {
    let compact: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let rest = compact.strip_prefix(['(', '[', '【', '〔'])?;
    let (year, rest) = rest.split_once([')', ']', '】', '〕'])?;
    let (case, paper) = rest.split_once(['号', '號'])?;
    let number_at = case.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (court, number) = case.split_at_checked(number_at)?;
    let number = number.trim_start_matches('0');
    let is_year = year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()) && year.starts_with(['1', '2']);
    let is_court = (2..=20).contains(&court.chars().count())
        && court.starts_with(text::is_unspaced)
        && court.ends_with(text::is_unspaced)
        && court.chars().all(|c| text::is_unspaced(c) || c.is_ascii_digit());
    let is_paper = paper.is_empty() || paper.starts_with('之');
    if !is_year || !is_court || !is_paper || !(1..=8).contains(&number.len()) {
        return None;
    }
    let key = format!("({year}){court}{number}号");
    Some(identifier(raw, "cn", format!("（{year}）{court}{number}号"), key, "CN"))
}

/// `1:23-cv-01234`, and the court where it is given.
fn federal(raw: &RawIdentifier<'_>, typed: &str) -> Option<Identifier> {
    let lower = typed.to_lowercase();
    let docket = lower.split([' ', ',', ';']).find_map(federal_number)?;
    let around: Vec<&str> =
        lower.split([' ', ',', ';']).filter(|word| federal_number(word).is_none()).collect();
    let around: String = around.concat().chars().filter(char::is_ascii_alphanumeric).collect();
    let court = around.trim_end_matches(|c: char| c.is_ascii_digit());
    if court.is_empty() {
        return Some(identifier(raw, "us_federal", docket.clone(), docket, "US"));
    }
    let court = us_courts::code(court)?;
    Some(identifier(raw, "us_federal", format!("{docket} ({court})"), format!("{court}/{docket}"), "US"))
}

fn federal_number(word: &str) -> Option<String> {
    let (office, rest) = word.trim_matches(['(', ')']).split_once(':')?;
    let (year, rest) = rest.split_at_checked(2)?;
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let (kind, rest) = rest.split_at_checked(2)?;
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let (number, initials) = rest.split_once('-').unwrap_or((rest, ""));
    let is_number = |digits: &str, max: usize| {
        (1..=max).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    };
    let is_docket = is_number(office, 1)
        && is_number(year, 2)
        && US_KINDS.contains(&kind)
        && is_number(number, 6)
        && initials.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    is_docket.then(|| format!("{office}:{year}-{kind}-{:0>5}", number.trim_start_matches('0')))
}

fn generic(raw: &RawIdentifier<'_>, typed: &str, country: Option<String>) -> Result<Identifier, Fault> {
    let country = country.ok_or_else(|| {
        Fault::new("country", "required", "Say the country of the court; dockets repeat between countries.")
    })?;
    let words = text::words(typed).to_uppercase();
    let mut parts: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in words.chars() {
        match parts.last_mut() {
            Some(part) if c != ' ' && before != ' ' && before.is_ascii_digit() == c.is_ascii_digit() => {
                part.push(c)
            }
            _ if c != ' ' => parts.push(c.to_string()),
            _ => {}
        }
        before = c;
    }
    let unpadded = parts.iter().map(|part| match part.trim_start_matches('0') {
        "" => "0",
        rest => rest,
    });
    let key = unpadded.collect::<Vec<_>>().join("-");
    Ok(identifier(raw, "generic", typed.to_owned(), key, &country))
}

#[cfg(test)]
mod tests;
