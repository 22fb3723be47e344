//! What one identifier of a report says, read once for everything that resolution makes of it.

use super::super::identifier::{Identifier, IdentifierType};
use super::addresses;
use super::facts::{Fact, Key, KeyHasher};
use super::names::{self, Reading};

/// One identifier, read.
pub struct Said<'r> {
    pub identifier: &'r Identifier,
    /// Of a name.
    pub reading: Option<Reading>,
    /// Of an address, its comparable form; of one too vague to be one place, none.
    pub place: Option<String>,
    pub facts: Vec<Fact>,
}

impl<'r> Said<'r> {
    pub fn of(identifier: &'r Identifier, hasher: &KeyHasher) -> Self {
        let (mut reading, mut place) = (None, None);
        let facts = match identifier.kind {
            IdentifierType::PersonName | IdentifierType::BusinessName => {
                reading = names::read(&identifier.value);
                reading.iter().map(|reading| Fact::of_name(reading, hasher)).collect()
            }
            IdentifierType::Address => {
                let forms = addresses::Forms::of(&identifier.value);
                let facts = Fact::of_address(&forms, hasher);
                place = forms.fullest();
                facts
            }
            _ => Fact::of(identifier, hasher),
        };
        Self { identifier, reading, place, facts }
    }
}

/// Names with a mailbox or domain that is made from them, sorted.
pub(super) fn one_fact(said: &[Said<'_>], hasher: &KeyHasher) -> Vec<[Key; 2]> {
    let names = || {
        let named = said.iter().filter_map(|one| Some((one.facts.first()?, one.reading.as_ref()?)));
        named.map(|(fact, reading)| (fact.key, reading))
    };
    let mut found: Vec<[Key; 2]> = said
        .iter()
        .map(|one| one.identifier)
        .filter_map(|one| {
            let label = match one.kind {
                IdentifierType::Email => one.key.split('@').next()?,
                IdentifierType::Domain => one.key.split('.').next()?,
                _ => return None,
            };
            let label: String = label.chars().filter(char::is_ascii_alphabetic).collect();
            Some((hasher.key(one), label))
        })
        .flat_map(|(key, label)| {
            let made = names().filter(move |(_, name)| is_made_from(&label, &name.comparable));
            made.map(move |(name, _)| [name, key])
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

/// Letters that a name and a mailbox or domain have in common when it is no accident.
const COMMON_LETTERS: usize = 5;

/// Whether most of a label is words of a name.
fn is_made_from(label: &str, name: &str) -> bool {
    let common: usize = name
        .split(' ')
        .map(|word| word.trim_matches(|c: char| c.is_ascii_digit()))
        .map(|word| {
            if label.contains(word) || (label.len() >= COMMON_LETTERS && word.contains(label)) {
                word.len().min(label.len())
            } else {
                0
            }
        })
        .sum();
    common >= COMMON_LETTERS && common * 2 >= label.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_made_from_a_name_is_one_fact_with_it() {
        for (label, name) in [
            ("zhangwei", "wei zhang"),
            ("luckybags", "luckybags88"),
            ("xindashoes", "da shen shoes xin zhen"),
        ] {
            assert!(is_made_from(label, name), "{label} {name}");
        }
        for (label, name) in [
            ("coolstore", "wei zhang"),
            ("", "wei zhang"),
            ("wei", "wei zhang"),
            ("weirdsupplies", "wei zhang"),
        ] {
            assert!(!is_made_from(label, name), "{label} {name}");
        }
    }
}
