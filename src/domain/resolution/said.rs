//! What one identifier of a report says, read once for everything that resolution makes of it.

use super::super::identifier::{Identifier, IdentifierType};
use super::addresses;
use super::behind::mailbox_of;
use super::facts::Fact;
use super::keys::{Key, KeyHasher};
use super::names::{self, Reading};
use super::scripts::is_latin;

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
                let value = &identifier.value;
                reading.iter().flat_map(|reading| Fact::of_name(value, reading, hasher)).collect()
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

/// Names with a mailbox or domain that is made from them, a mailbox that an account goes by among those, and with the names
/// that follow from them; sorted.
pub(super) fn one_fact(said: &[Said<'_>]) -> Vec<[Key; 2]> {
    let named = || said.iter().filter_map(|one| Some((one.facts.first()?.key, one.reading.as_ref()?, one)));
    let names = || named().map(|(key, reading, _)| (key, reading));
    let of_names = named().flat_map(|(key, ours, one)| {
        let others = named().filter(move |(_, theirs, other)| {
            follows(&ours.comparable, &theirs.comparable)
                || is_transliteration(one.identifier, other.identifier)
        });
        others.map(move |(other, _, _)| [key, other])
    });
    let mut found: Vec<[Key; 2]> = said
        .iter()
        .filter_map(|one| {
            let label = match (one.identifier.kind, mailbox_of(one.identifier)) {
                (_, Some(mailbox)) => mailbox.split('@').next()?.to_owned(),
                (IdentifierType::Domain, None) => one.identifier.key.split('.').next()?.to_owned(),
                _ => return None,
            };
            let label: String = label.chars().filter(char::is_ascii_alphabetic).collect();
            Some((one.facts.first()?.key, label))
        })
        .flat_map(|(key, label)| {
            let made = names().filter(move |(_, name)| is_made_from(&label, &name.comparable));
            made.map(move |(name, _)| [name, key])
        })
        .chain(of_names)
        .filter(|[one, other]| one != other)
        .collect();
    found.sort();
    found.dedup();
    found
}

/// Whether a name has all words of another: what a seller is called, and what its shop is called after it.
fn follows(name: &str, shorter: &str) -> bool {
    let words = || name.split(' ');
    shorter.split(' ').all(|word| words().any(|one| one == word))
}

/// Whether two names of persons are in Latin letters and not: then they are taken for one person's. A shop's name in Latin
/// letters beside its owner's in others is a second name.
fn is_transliteration(one: &Identifier, other: &Identifier) -> bool {
    let are_persons = [one, other].iter().all(|name| name.kind == IdentifierType::PersonName);
    are_persons && is_latin(&one.value) != is_latin(&other.value)
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
