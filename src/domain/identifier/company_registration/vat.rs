//! VAT numbers of the European Union's member states, and of the United Kingdom and Northern Ireland (XI).
//!
//! Rules: the forms are those of the Commission's VIES (frequently asked questions, question 11), the check
//! digits those that the states publish, collected in the Commission's "VAT identification number
//! structure" and held against python-stdnum. Where a state has several kinds of numbers and the check
//! digit of one is not public or not sure (Bulgaria's and Latvia's of persons, Czech ones of 9 and 10
//! digits, French ones with letters, British ones of departments), that kind is taken by its form.
//!
//! `EL` is Greece, which people also write `GR`. A Belgian number of nine digits is today's of ten with a
//! 0.

use super::modulo_97;
use crate::domain::identifier::bank_account::passes_luhn;

pub struct State {
    pub prefix: &'static str,
    pub country: &'static str,
    /// `#` is a digit, `@` a letter, `*` either; anything else stands for itself.
    forms: &'static [&'static str],
}

static STATES: &[State] = &[
    row("AT", "AT", &["U########"]),
    row("BE", "BE", &["##########"]),
    row("BG", "BG", &["#########", "##########"]),
    row("CY", "CY", &["########@"]),
    row("CZ", "CZ", &["########", "#########", "##########"]),
    row("DE", "DE", &["#########"]),
    row("DK", "DK", &["########"]),
    row("EE", "EE", &["#########"]),
    row("EL", "GR", &["#########"]),
    row("ES", "ES", &["@#######@", "@########", "########@"]),
    row("FI", "FI", &["########"]),
    row("FR", "FR", &["**#########"]),
    row("GB", "GB", &["#########", "############", "GD###", "HA###"]),
    row("HR", "HR", &["###########"]),
    row("HU", "HU", &["########"]),
    row("IE", "IE", &["#######@", "#######@@", "#@#####@"]),
    row("IT", "IT", &["###########"]),
    row("LT", "LT", &["#########", "############"]),
    row("LU", "LU", &["########"]),
    row("LV", "LV", &["###########"]),
    row("MT", "MT", &["########"]),
    row("NL", "NL", &["#########B##"]),
    row("PL", "PL", &["##########"]),
    row("PT", "PT", &["#########"]),
    row(
        "RO",
        "RO",
        &["##", "###", "####", "#####", "######", "#######", "########", "#########", "##########"],
    ),
    row("SE", "SE", &["############"]),
    row("SI", "SI", &["########"]),
    row("SK", "SK", &["##########"]),
    row("XI", "GB", &["#########", "############", "GD###", "HA###"]),
];

const fn row(prefix: &'static str, country: &'static str, forms: &'static [&'static str]) -> State {
    State { prefix, country, forms }
}

/// The state that the first two letters name, or else the country, and the number without those letters.
pub fn state<'a>(number: &'a str, country: Option<&str>) -> Option<(&'static State, &'a str)> {
    let (prefix, rest) = number.split_at_checked(2)?;
    let prefix = if prefix == "GR" { "EL" } else { prefix };
    let named = STATES.iter().find(|state| state.prefix == prefix).map(|state| (state, rest));
    named.or_else(|| STATES.iter().find(|state| Some(state.country) == country).map(|state| (state, number)))
}

impl State {
    /// The number in its one spelling, if it has a form of this state.
    pub fn read(&self, number: &str) -> Option<String> {
        let is_old = self.prefix == "BE" && number.len() == 9;
        let number = if is_old { format!("0{number}") } else { number.to_owned() };
        let fits = |form: &&str| {
            form.len() == number.len()
                && form.bytes().zip(number.bytes()).all(|(form, b)| match form {
                    b'#' => b.is_ascii_digit(),
                    b'@' => b.is_ascii_uppercase(),
                    b'*' => b.is_ascii_digit() || b.is_ascii_uppercase(),
                    sign => b == sign,
                })
        };
        self.forms.iter().any(fits).then_some(number)
    }

    /// Whether the check digit of a number of this state's form is right, or nothing is known of it.
    pub fn is_right(&self, number: &str) -> bool {
        let d: Vec<u32> = number.chars().filter_map(|c| c.to_digit(10)).collect();
        let (last, head) = d.split_last().map_or((0, [].as_slice()), |(last, head)| (*last, head));
        let leads = !number.starts_with('0');
        match self.prefix {
            "AT" => (10 - (luhn_sum(head) + 4) % 10) % 10 == last,
            "BE" => 97 - value(&d, 0..8) % 97 == value(&d, 8..10),
            "BG" if d.len() == 9 => match weighted(head, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11 {
                10 => weighted(head, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11 % 10 == last,
                rest => rest == last,
            },
            "CY" => number.ends_with(cypriot_letter(&d)),
            "CZ" if d.len() == 8 => match 11 - weighted(head, &[8, 7, 6, 5, 4, 3, 2]) % 11 {
                11 => last == 1,
                rest => rest % 10 == last,
            },
            "DE" => leads && is_mod_11_10(&d),
            "HR" => is_mod_11_10(&d),
            "DK" => leads && weighted(&d, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11),
            "EE" => weighted(&d, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10),
            "EL" => weighted(head, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == last,
            "ES" => is_spanish(number, &d),
            "FI" => weighted(&d, &[7, 9, 10, 5, 8, 4, 2, 1]).is_multiple_of(11),
            "FR" => is_french(number, &d),
            // 0 of the old series, 42 of the new one (9755); 55 is taken too, as python-stdnum does.
            "GB" | "XI" if d.len() >= 9 => {
                matches!(weighted(&d, &[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97, 0 | 42 | 55)
            }
            "HU" => weighted(&d, &[9, 7, 3, 1, 9, 7, 3, 1]).is_multiple_of(10),
            "IE" => is_irish(number, &d),
            "IT" => passes_luhn(number),
            "LT" => is_lithuanian(head, last),
            "LU" => value(&d, 0..6) % 89 == value(&d, 6..8),
            "LV" if d.first().is_some_and(|first| *first > 3) => {
                weighted(&d, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3
            }
            "MT" => weighted(&d, &[3, 4, 6, 7, 8, 9, 10, 1]).is_multiple_of(37),
            "NL" => {
                weighted(&d, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 == d.get(8).copied().unwrap_or(10)
                    || modulo_97(&format!("NL{number}")) == Some(1)
            }
            "PL" => weighted(head, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == last,
            "PT" => (11 - weighted(head, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10 == last,
            "RO" => {
                let weights = [7, 5, 3, 2, 1, 7, 5, 3, 2];
                let start = weights.len() - head.len().min(weights.len());
                weighted(head, weights.get(start..).unwrap_or_default()) * 10 % 11 % 10 == last
            }
            "SE" => number.get(..10).is_some_and(passes_luhn),
            "SI" => match 11 - weighted(head, &[8, 7, 6, 5, 4, 3, 2]) % 11 {
                11 => false,
                rest => leads && rest % 10 == last,
            },
            "SK" => leads && value(&d, 0..10).is_multiple_of(11),
            _ => true,
        }
    }
}

fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

fn value(digits: &[u32], range: std::ops::Range<usize>) -> u64 {
    digits.get(range).unwrap_or_default().iter().fold(0, |value, digit| value * 10 + u64::from(*digit))
}

/// Every second digit doubled, the digits of the products added (ISO/IEC 7812).
fn luhn_sum(digits: &[u32]) -> u32 {
    let doubled = |digit: u32| digit * 2 / 10 + digit * 2 % 10;
    digits.iter().enumerate().map(|(at, digit)| if at % 2 == 0 { *digit } else { doubled(*digit) }).sum()
}

/// ISO 7064, MOD 11,10.
fn is_mod_11_10(digits: &[u32]) -> bool {
    let Some((last, head)) = digits.split_last() else { return false };
    let product = head.iter().fold(10, |product, digit| {
        let sum = (product + digit) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (product + last) % 10 == 1
}

fn cypriot_letter(digits: &[u32]) -> char {
    const ODD: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let of = |(at, digit): (usize, &u32)| match ODD.get(*digit as usize) {
        Some(odd) if at % 2 == 0 => *odd,
        _ => *digit,
    };
    letter(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", digits.iter().enumerate().map(of).sum::<u32>() % 26)
}

/// Persons: a letter modulo 23, of foreigners with X, Y, Z as 0, 1, 2. Others: Luhn's digit, or its letter.
fn is_spanish(number: &str, digits: &[u32]) -> bool {
    const PERSON: &[u8] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let first = number.chars().next().unwrap_or_default();
    let modulo = |lead: u64, count: usize| {
        let whole = lead * 10_u64.pow(7) + value(digits, 0..count);
        letter(PERSON, u32::try_from(whole % 23).unwrap_or_default())
    };
    match first {
        '0'..='9' => number.ends_with(modulo(0, 8)),
        'K' | 'L' | 'M' | 'X' => number.ends_with(modulo(0, 7)),
        'Y' => number.ends_with(modulo(1, 7)),
        'Z' => number.ends_with(modulo(2, 7)),
        _ => {
            let doubled = |digit: u32| digit * 2 / 10 + digit * 2 % 10;
            let of = |(at, digit): (usize, &u32)| if at % 2 == 0 { doubled(*digit) } else { *digit };
            let check = (10 - digits.iter().take(7).enumerate().map(of).sum::<u32>() % 10) % 10;
            let is_letter = number.ends_with(letter(b"JABCDEFGHI", check));
            let is_digit = digits.get(7) == Some(&check);
            if "NPQRSW".contains(first) { is_letter } else { is_letter || is_digit }
        }
    }
}

/// The SIREN by Luhn (Monaco's, which begin with 000, have none), the two digits before it modulo 97.
fn is_french(number: &str, digits: &[u32]) -> bool {
    let siren = number.get(2..).unwrap_or_default();
    let is_key = digits.len() < 11 || (value(digits, 2..11) * 100 + 12) % 97 == value(digits, 0..2);
    is_key && (siren.starts_with("000") || passes_luhn(siren))
}

/// The letter is modulo 23; a second letter counts nine times. Old numbers have theirs in the second place.
fn is_irish(number: &str, digits: &[u32]) -> bool {
    const LETTERS: &[u8] = b"WABCDEFGHIJKLMNOPQRSTUV";
    let place =
        |c: char| u32::try_from(LETTERS.iter().position(|b| char::from(*b) == c).unwrap_or(0)).unwrap_or(0);
    let (sum, check) = match digits {
        [first, rest @ ..] if rest.len() == 5 => {
            let rest: Vec<u32> = [0].iter().chain(rest).chain([first]).copied().collect();
            (weighted(&rest, &[8, 7, 6, 5, 4, 3, 2]), number.chars().nth(7))
        }
        _ => {
            let second = number.chars().nth(8).map_or(0, place);
            (weighted(digits, &[8, 7, 6, 5, 4, 3, 2]) + 9 * second, number.chars().nth(7))
        }
    };
    check == Some(letter(LETTERS, sum % 23))
}

/// Weights that run from 1 to 9 again and again, and from 3 where the first sum leaves 10.
fn is_lithuanian(head: &[u32], last: u32) -> bool {
    let run = |start: u32| -> Vec<u32> { (start..).take(head.len()).map(|at| at % 9 + 1).collect() };
    let check = match weighted(head, &run(0)) % 11 {
        10 => weighted(head, &run(2)) % 11 % 10,
        rest => rest,
    };
    head.last() == Some(&1) && check == last
}

fn letter(letters: &[u8], at: u32) -> char {
    letters.get(at as usize).map_or('?', |b| char::from(*b))
}

#[cfg(test)]
mod tests;
