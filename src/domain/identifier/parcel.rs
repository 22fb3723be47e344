//! Parcel: a tracking number, or the sender's account with a carrier.
//!
//! Rules: a number of the Universal Postal Union (standard S10) has two letters, nine digits and a country;
//! the ninth digit is a check digit. It is unique in the world, whichever post office is given as the
//! carrier: key `upu/number`. Any other number needs its carrier, except UPS's `1Z…`, whose check digit
//! tells it. Check digits of UPS, of FedEx's numbers of 12 and 15 digits and of DHL Express's of 10 as the
//! carriers publish them and as jkeen/tracking_number_data collects them; SF Express by form. Others have 6
//! to 40 letters and digits.
//!
//! `scheme` is `tracking`, which is meant where none is given, or `account`; of accounts no rule is public.
//! Key is `carrier/number`, of an account `carrier/account/number`. A parcel leads to a postal address:
//! personal.

use super::service::{self, Service};
use super::{Fault, Identifier, RawIdentifier, Strength, storefront, text};

pub const STRENGTH: Strength = Strength::Strong;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Carrier {
    /// A post office, which numbers its international parcels by S10.
    Post,
    Ups,
    Fedex,
    Dhl,
    Sf,
    Other,
}

static CARRIERS: &[Service<Carrier>] = &[
    carrier(Carrier::Post, "upu", &["s10"]),
    carrier(Carrier::Post, "china-post", &["中国邮政", "邮政", "邮政小包"]),
    carrier(Carrier::Post, "ems", &["邮政ems", "chinaems", "中国邮政速递"]),
    carrier(Carrier::Post, "hongkong-post", &["香港邮政", "香港郵政"]),
    carrier(Carrier::Post, "royal-mail", &[]),
    carrier(Carrier::Post, "usps", &["unitedstatespostalservice"]),
    carrier(Carrier::Ups, "ups", &["unitedparcelservice"]),
    carrier(Carrier::Fedex, "fedex", &["federalexpress", "fedexexpress", "fedexground", "联邦快递", "联邦"]),
    carrier(Carrier::Dhl, "dhl", &["dhlexpress", "敦豪"]),
    carrier(
        Carrier::Sf,
        "sf-express",
        &["sf", "shunfeng", "顺丰", "顺丰速运", "顺丰快递", "順豐", "順豐速運"],
    ),
    carrier(Carrier::Other, "yto", &["圆通", "圆通速递", "圆通快递", "ytoexpress"]),
    carrier(Carrier::Other, "zto", &["中通", "中通快递", "ztoexpress"]),
    carrier(Carrier::Other, "sto", &["申通", "申通快递", "stoexpress"]),
    carrier(Carrier::Other, "yunda", &["韵达", "韵达快递", "韵达速递"]),
    carrier(Carrier::Other, "jt-express", &["极兔", "极兔速递"]),
    carrier(Carrier::Other, "cainiao", &["菜鸟"]),
    carrier(Carrier::Other, "yunexpress", &["云途", "云途物流"]),
    carrier(Carrier::Other, "yanwen", &["燕文", "燕文物流"]),
    carrier(Carrier::Other, "4px", &["递四方"]),
];

const S10_WEIGHTS: [u32; 8] = [8, 6, 4, 2, 3, 5, 9, 7];
const FEDEX_WEIGHTS: [u32; 11] = [3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1];

const fn carrier(kind: Carrier, slug: &'static str, names: &'static [&'static str]) -> Service<Carrier> {
    Service { kind, slug, names, hosts: &[] }
}

pub fn parse(raw: &RawIdentifier<'_>) -> Result<Identifier, Fault> {
    let given = text::given(raw.value)?;
    let (found, typed) = match service::labelled(CARRIERS, &given) {
        Some((service, rest)) => (Some(service), rest),
        None => (None, given.as_str()),
    };
    let (stated, slug) = stated(raw.platform)?;
    if let Some(found) = found
        && slug.as_ref().is_some_and(|slug| slug != found.slug)
    {
        let message = format!("The value says {}, the platform given is another.", found.slug);
        return Err(Fault::new("platform", "mismatch", message));
    }
    let kind = stated.or(found).map(|service| service.kind);
    let mut number = compact(typed);
    if kind == Some(Carrier::Sf) && is_sf(&format!("SF{number}")) && !is_sf(&number) {
        // `SF 135…` reads like a label and a number; from 13 digits up it is one number.
        number.insert_str(0, "SF");
    }
    if text::is_placeholder(&number) {
        return Err(Fault::placeholder());
    }
    if !(6..=40).contains(&number.len()) || !number.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(Fault::malformed("A parcel's number has 6 to 40 Latin letters and digits."));
    }
    let slug = slug.or_else(|| found.map(|service| service.slug.to_owned()));
    match raw.scheme.map(str::trim).unwrap_or_default().to_ascii_lowercase().as_str() {
        "" | "tracking" => tracking(raw, number, kind, slug),
        "account" => {
            let slug = slug.ok_or_else(required)?;
            let key = format!("{slug}/account/{number}");
            Ok(identifier(raw, "account", number, key, slug, None))
        }
        _ => Err(Fault::new("scheme", "unknown", "The scheme is `tracking` or `account`, or left out.")),
    }
}

/// The last four characters, and at least four are hidden.
pub fn mask(value: &str) -> String {
    let count = value.chars().count();
    let shown = count.saturating_sub(4).min(4);
    let hidden = std::iter::repeat_n('*', count - shown);
    hidden.chain(value.chars().skip(count - shown)).collect()
}

/// The carrier that the field names, and its slug; any carrier has one.
fn stated(field: Option<&str>) -> Result<(Option<&'static Service<Carrier>>, Option<String>), Fault> {
    let Some(name) = service::platform_field(field) else { return Ok((None, None)) };
    if let Some(service) = service::called(CARRIERS, name) {
        return Ok((Some(service), Some(service.slug.to_owned())));
    }
    let slug = storefront::platform_slug(name).ok_or_else(|| {
        Fault::new("platform", "malformed", "Write the carrier's name in Latin letters and digits.")
    })?;
    Ok((None, Some(slug)))
}

fn tracking(
    raw: &RawIdentifier<'_>,
    number: String,
    kind: Option<Carrier>,
    slug: Option<String>,
) -> Result<Identifier, Fault> {
    let is_postal = kind == Some(Carrier::Post) || slug.is_none();
    if let Some((country, is_right)) = s10(&number)
        // Carriers make up numbers of this form; theirs are not held to the check digit.
        && (is_right || is_postal)
    {
        if !is_right {
            return Err(wrong_check_digit());
        }
        let key = format!("upu/{number}");
        return Ok(identifier(raw, "tracking", number, key, "upu".to_owned(), Some(country)));
    }
    let is_ups = ups(&number);
    let Some(slug) = slug.or_else(|| is_ups.filter(|right| *right).map(|_| "ups".to_owned())) else {
        return Err(required());
    };
    let digits: Option<Vec<u32>> = number.chars().map(|c| c.to_digit(10)).collect();
    let is_right = match (kind, digits.as_deref()) {
        (Some(Carrier::Ups), _) => is_ups.unwrap_or(true),
        (Some(Carrier::Fedex), Some(digits)) => fedex(digits),
        (Some(Carrier::Dhl), Some(digits)) => dhl(digits),
        (Some(Carrier::Sf), _) if !is_sf(&number) => {
            return Err(Fault::malformed("A number of SF Express has SF and 12 to 15 digits, or 12 digits."));
        }
        _ if slug == "upu" => {
            let message = "A number of the postal union has two letters, nine digits and a country.";
            return Err(Fault::malformed(message));
        }
        _ => true,
    };
    if !is_right {
        return Err(wrong_check_digit());
    }
    let key = format!("{slug}/{number}");
    Ok(identifier(raw, "tracking", number, key, slug, None))
}

fn identifier(
    raw: &RawIdentifier<'_>,
    scheme: &str,
    number: String,
    key: String,
    slug: String,
    country: Option<String>,
) -> Identifier {
    Identifier {
        kind: raw.kind,
        value: number,
        key,
        platform: Some(slug),
        country,
        scheme: Some(scheme.to_owned()),
    }
}

fn required() -> Fault {
    Fault::new("platform", "required", "Say the carrier; numbers repeat between carriers.")
}

fn wrong_check_digit() -> Fault {
    Fault::new("value", "check_digit", "The check digit is wrong; a character is mistyped.")
}

fn compact(typed: &str) -> String {
    let is_sign = |c: &char| matches!(c, ' ' | '-' | '.' | '\u{2010}'..='\u{2015}');
    typed.to_uppercase().chars().filter(|c| !is_sign(c)).collect()
}

fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// The country of a number with the form of S10, and whether its check digit is right.
fn s10(number: &str) -> Option<(String, bool)> {
    if number.len() != 13 || !number.bytes().take(2).all(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let country = text::country(number.get(11..)?)?;
    let digits: Vec<u32> = number.get(2..11)?.chars().map(|c| c.to_digit(10)).collect::<Option<_>>()?;
    let (check, serial) = digits.split_last()?;
    let expected = match 11 - weighted(serial, &S10_WEIGHTS) % 11 {
        10 => 0,
        11 => 5,
        digit => digit,
    };
    Some((country, *check == expected))
}

/// Whether the check digit of a number with the form of UPS is right; letters count from A, which is 2.
fn ups(number: &str) -> Option<bool> {
    let rest = number.strip_prefix("1Z").filter(|rest| rest.len() == 16)?;
    let value = |b: u8| if b.is_ascii_digit() { u32::from(b - b'0') } else { (u32::from(b - b'A') + 2) % 10 };
    let values: Vec<u32> = rest.bytes().map(value).collect();
    let (check, serial) = values.split_last()?;
    let sum: u32 = serial.iter().enumerate().map(|(at, value)| value * if at % 2 == 0 { 1 } else { 2 }).sum();
    Some(rest.ends_with(|c: char| c.is_ascii_digit()) && (sum + check).is_multiple_of(10))
}

/// Modulo 11 of 12 digits, modulo 10 with the weights 3 and 1 of 15; of other lengths nothing is known.
fn fedex(digits: &[u32]) -> bool {
    match (digits.len(), digits.split_last()) {
        (12, Some((check, serial))) => weighted(serial, &FEDEX_WEIGHTS) % 11 % 10 == *check,
        (15, Some((check, serial))) => {
            let weights: Vec<u32> = [1, 3].into_iter().cycle().take(serial.len()).collect();
            (weighted(serial, &weights) + check).is_multiple_of(10)
        }
        _ => true,
    }
}

/// Ten digits: the first nine modulo 7.
fn dhl(digits: &[u32]) -> bool {
    match (digits.len(), digits.split_last()) {
        (10, Some((check, serial))) => serial.iter().fold(0, |rest, digit| (rest * 10 + digit) % 7) == *check,
        _ => true,
    }
}

fn is_sf(number: &str) -> bool {
    let (digits, lengths) = match number.strip_prefix("SF") {
        Some(digits) => (digits, 12..=15),
        None => (number, 12..=12),
    };
    lengths.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests;
