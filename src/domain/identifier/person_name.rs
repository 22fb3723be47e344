//! Name of a person.
//!
//! Rules: ours. A name has a letter of some script and at most 200 characters. The key forgets case,
//! punctuation and, between Chinese characters, spaces; matching names that are written differently is the
//! resolver's work. A name alone is weak: many people share one.

use super::{Fault, Identifier, RawIdentifier, Strength, text};

pub const STRENGTH: Strength = Strength::Weak;

pub fn parse(raw: &RawIdentifier<'_>) -> Result<Identifier, Fault> {
    text::parse_name(raw)
}

/// `Z*** W***`, `张**`: the first character of each word.
pub fn mask(value: &str) -> String {
    let initials = value.split_whitespace().filter_map(|word| {
        let first = word.chars().next()?;
        Some(if text::is_unspaced(first) { format!("{first}**") } else { format!("{first}***") })
    });
    initials.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::IdentifierType::PersonName;
    use super::super::text::testing::{assert_stable, parsed, raw, refused};
    use super::*;

    #[test]
    fn spellings_of_one_name_meet_in_one_key() {
        for (typed, value, key) in [
            ("Zhang  Wei", "Zhang Wei", "zhang wei"),
            ("ZHANG, Wei.", "ZHANG, Wei.", "zhang wei"),
            ("Ｚｈａｎｇ Ｗｅｉ", "Zhang Wei", "zhang wei"),
            ("张伟", "张伟", "张伟"),
            ("张 伟", "张 伟", "张伟"),
            ("张\u{200b}伟", "张伟", "张伟"),
            ("Seán O’Brien", "Seán O’Brien", "seán obrien"),
            ("Jean-Pierre", "Jean-Pierre", "jean pierre"),
        ] {
            let identifier = parsed(&raw(PersonName, typed));
            assert_eq!((identifier.value.as_str(), identifier.key.as_str()), (value, key), "{typed:?}");
            assert_stable(&identifier);
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let long = "x y".repeat(70);
        for (typed, code) in [
            ("", "required"),
            ("N/A", "placeholder"),
            ("未知", "placeholder"),
            ("★", "placeholder"),
            ("13812341234", "malformed"),
            (long.as_str(), "malformed"),
        ] {
            assert_eq!(refused(&raw(PersonName, typed)), ("value", code), "{typed:?}");
        }
    }

    #[test]
    fn the_mask_keeps_the_first_character_of_each_word() {
        for (value, masked) in [("Zhang Wei", "Z*** W***"), ("张伟", "张**"), ("Łukasz", "Ł***"), ("", "")]
        {
            assert_eq!(mask(value), masked);
        }
    }
}
