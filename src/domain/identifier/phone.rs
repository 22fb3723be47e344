//! Phone number, as E.164.
//!
//! Rules: ITU-T E.164 for the form; calling codes, trunk prefixes and numbering plans from Google's
//! libphonenumber metadata, which the crate `phonenumber` carries. Only the metadata is used: the crate's
//! own parser strips a trunk prefix twice (`8 812 …` in Russia) and has panicked on odd input, while here
//! nothing but digits reaches it. The steps are those of libphonenumber's `parse`.
//!
//! A number is taken as soon as it is possible. Whether it is valid is asked only to choose between two
//! readings, because plans grow faster than their tables.

use phonenumber::Type;
use phonenumber::metadata::{DATABASE, Metadata};

use super::{Fault, Identifier, RawIdentifier, Strength, text};

pub const STRENGTH: Strength = Strength::Strong;

/// Digits of an E.164 number, calling code included.
const DIGITS: std::ops::RangeInclusive<usize> = 6..=15;

/// What a trunk prefix or a carrier code may be taken off at most; more is not a number.
const STRIPS_MAX: usize = 16;

static KINDS: [Type; 10] = [
    Type::Mobile,
    Type::FixedLine,
    Type::TollFree,
    Type::PremiumRate,
    Type::SharedCost,
    Type::PersonalNumber,
    Type::Voip,
    Type::Pager,
    Type::Uan,
    Type::Voicemail,
];

/// Words and signs that may follow a number: an extension, or what it is used for.
const TAILS: &[&str] = &[
    "ext", ";ext", "#", ",", "转", "轉", "分机", "whatsapp", "wechat", "weixin", "微信", "telegram", "viber",
    "mobile", "手机", "cell", "tel", "phone", "fax", "office", "home", "work",
];

/// Numbers that fill forms although they could be real.
const FILLERS: &[&str] = &["13800138000", "13000000000", "13800000000", "13900000000", "8000000000"];

#[derive(Clone, PartialEq, Eq)]
struct Number {
    code: u16,
    national: String,
}

pub fn parse(raw: &RawIdentifier<'_>) -> Result<Identifier, Fault> {
    let given = text::given(raw.value)?;
    let hint = text::country_field(raw.country)?;
    let (plus, digits) = read(&given).ok_or_else(|| {
        Fault::malformed(
            "A phone number has digits, and only spaces, dots, dashes and brackets between them.",
        )
    })?;
    let number = if plus { dialled_abroad(&digits)? } else { dialled(&digits, hint.as_deref())? };
    let Number { code, national } = &number;
    let key = format!("+{code}{national}");
    if !DIGITS.contains(&(key.len() - 1)) {
        return Err(Fault::malformed("An international phone number has 6 to 15 digits."));
    }
    if text::is_placeholder(national) || FILLERS.contains(&national.as_str()) {
        return Err(Fault::placeholder());
    }
    let country =
        region(&number).map(str::to_owned).or_else(|| hint.filter(|hint| is_at_home(&number, hint)));
    Ok(Identifier {
        kind: raw.kind,
        value: format!("+{code} {national}"),
        key,
        platform: None,
        country: country.and_then(|id| text::country(&id)),
        scheme: None,
    })
}

/// `+86 138****1234`: at least four digits are hidden, and all but seven of a long number.
pub fn mask(value: &str) -> String {
    let (code, national) = value.split_once(' ').unwrap_or(("", value));
    let count = national.chars().count();
    let hidden = count.saturating_sub(7).max(4).min(count);
    let shown = count - hidden;
    let tail = shown.div_ceil(2);
    let head = shown - tail;
    let middle = std::iter::repeat_n('*', hidden);
    let masked: String =
        national.chars().take(head).chain(middle).chain(national.chars().skip(head + hidden)).collect();
    if code.is_empty() { masked } else { format!("{code} {masked}") }
}

/// Whether the number is international, and its digits; nothing if other signs stand between them.
fn read(given: &str) -> Option<(bool, String)> {
    let lower = given.to_lowercase();
    let start = lower.find(|c: char| c.is_ascii_digit() || matches!(c, '+' | '('))?;
    let (label, number) = lower.split_at(start);
    if label.chars().any(|c| !(c.is_alphabetic() || matches!(c, ' ' | ':' | '.'))) {
        return None;
    }
    let is_inside =
        |c: char| c.is_ascii_digit() || " +-.()/\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}".contains(c);
    let end = number.find(|c: char| !is_inside(c)).unwrap_or(number.len());
    let (number, tail) = number.split_at(end);
    let plus = number.trim_start_matches([' ', '(']).starts_with('+');
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let is_whole = number.matches('+').count() == usize::from(plus) && is_tail(tail);
    (is_whole && !digits.is_empty() && digits.len() <= 24).then_some((plus, digits))
}

/// Whether what follows a number belongs to it; a second number does not.
fn is_tail(tail: &str) -> bool {
    let tail = tail.trim_start_matches([' ', '(', '[', '.', '/']);
    let is_extension = tail
        .strip_prefix('x')
        .is_some_and(|rest| rest.trim_start().starts_with(|c: char| c.is_ascii_digit()));
    let digits = tail.chars().filter(char::is_ascii_digit).count();
    tail.is_empty() || (digits < 6 && (is_extension || TAILS.iter().any(|known| tail.starts_with(known))))
}

/// A number with `+`. Some write the international prefix as well.
fn dialled_abroad(digits: &str) -> Result<Number, Fault> {
    let digits = digits.strip_prefix("00").unwrap_or(digits);
    international(digits)
        .ok_or_else(|| Fault::malformed("No country has a calling code that this number begins with."))
}

/// A number without `+`: dialled from the hinted country, or with the international prefix `00`.
fn dialled(digits: &str, hint: Option<&str>) -> Result<Number, Fault> {
    let abroad = digits.strip_prefix("00").and_then(international);
    let Some(hint) = hint else {
        return abroad.ok_or_else(|| {
            let message = "Write the number with + and the country's calling code, or say its country.";
            Fault::new("country", "required", message)
        });
    };
    let home = DATABASE.by_id(hint).ok_or_else(|| {
        Fault::new("country", "unknown", "This country has no calling code; write the number with +.")
    })?;
    let idd =
        home.international_prefix().and_then(|prefix| prefix.find(digits)).filter(|found| found.start() == 0);
    let code = home.country_code();
    let national = Number {
        code,
        national: without_trunk(main_plan(code).unwrap_or(home), &without_trunk(home, digits)),
    };
    let readings = [
        idd.and_then(|found| digits.get(found.end()..)).and_then(international),
        abroad.clone(),
        Some(national.clone()),
        digits.starts_with(&code.to_string()).then(|| international(digits)).flatten(),
    ];
    if let Some(valid) = readings.into_iter().flatten().find(is_valid) {
        return Ok(valid);
    }
    let is_possible = lengths(home).any(|length| usize::from(length) == national.national.len());
    // Too long for the country it is said to be dialled in, a number is mostly one of another, without its +.
    let foreign = || international(digits).filter(is_valid);
    abroad.or_else(|| is_possible.then_some(national)).or_else(foreign).ok_or_else(|| {
        Fault::malformed(format!(
            "No phone number of {hint} has this many digits; write it with + and its calling code."
        ))
    })
}

/// Calling code and national number of digits that begin with a calling code.
fn international(digits: &str) -> Option<Number> {
    if digits.starts_with('0') {
        return None;
    }
    (1..=3).find_map(|length| {
        let code: u16 = digits.get(..length)?.parse().ok()?;
        let national = without_trunk(main_plan(code)?, digits.get(length..)?);
        (!national.is_empty()).then_some(Number { code, national })
    })
}

/// Takes off what is only dialled inside the country: `0`, Russia's `8`, a carrier's code.
fn without_trunk(meta: &Metadata, digits: &str) -> String {
    let mut number = digits.to_owned();
    for _ in 0..STRIPS_MAX {
        if fits(meta, &number) {
            break;
        }
        match stripped(meta, &number) {
            Some(shorter) if shorter != number => number = shorter,
            _ => break,
        }
    }
    number
}

/// The number without one prefix, if what is left is a number of the country or the whole cannot be one.
fn stripped(meta: &Metadata, number: &str) -> Option<String> {
    let rest = match meta.national_prefix_for_parsing() {
        Some(pattern) => {
            let found = pattern.captures(number)?;
            let whole = found.get(0).filter(|whole| whole.start() == 0)?;
            let has_group = found.len() > 1 && found.get(found.len() - 1).is_some();
            match meta.national_prefix_transform_rule() {
                Some(rule) if has_group => pattern.replace(number, rule).into_owned(),
                _ => number.get(whole.end()..)?.to_owned(),
            }
        }
        None => number.strip_prefix(meta.national_prefix()?)?.to_owned(),
    };
    let is_length = |number: &str| lengths(meta).any(|length| usize::from(length) == number.len());
    let was_possible = is_length(number) && meta.descriptors().general().is_match(number);
    (fits(meta, &rest) || (is_length(&rest) && !was_possible)).then_some(rest)
}

/// Whether the plan of the country has this national number.
fn fits(meta: &Metadata, national: &str) -> bool {
    let length = u16::try_from(national.len()).unwrap_or(u16::MAX);
    KINDS.iter().filter_map(|kind| meta.descriptors().get(*kind)).any(|kind| {
        kind.possible_length().contains(&length)
            && kind
                .national_number()
                .find(national)
                .is_some_and(|found| found.start() == 0 && found.end() == national.len())
    })
}

fn lengths(meta: &Metadata) -> impl Iterator<Item = u16> {
    KINDS
        .iter()
        .filter_map(move |kind| meta.descriptors().get(*kind))
        .flat_map(|kind| kind.possible_length())
        .copied()
}

/// The plans behind a calling code, the main country's first.
fn plans(code: u16) -> Vec<&'static Metadata> {
    DATABASE.by_code(&code).unwrap_or_default()
}

fn main_plan(code: u16) -> Option<&'static Metadata> {
    plans(code).into_iter().next()
}

/// Whether a number begins as those of a region do that shares its calling code.
fn leads(meta: &Metadata, national: &str) -> Option<bool> {
    let pattern = meta.leading_digits()?;
    Some(pattern.find(national).is_some_and(|found| found.start() == 0))
}

fn is_valid(number: &Number) -> bool {
    let national = &number.national;
    plans(number.code).into_iter().any(|meta| leads(meta, national) != Some(false) && fits(meta, national))
}

/// The region that a number is from, as libphonenumber names it.
fn region(number: &Number) -> Option<&'static str> {
    let national = &number.national;
    match plans(number.code).as_slice() {
        [only] => Some(only.id()),
        several => several
            .iter()
            .copied()
            .find(|meta| leads(meta, national).unwrap_or_else(|| fits(meta, national)))
            .map(Metadata::id),
    }
}

fn is_at_home(number: &Number, country: &str) -> bool {
    DATABASE.by_id(country).is_some_and(|meta| meta.country_code() == number.code)
}

#[cfg(test)]
mod tests;
