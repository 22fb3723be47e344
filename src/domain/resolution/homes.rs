//! In which country a seller is at home, by all that it gave.
//!
//! Sellers lend each other mailboxes and phones, and have them of one agent, across borders; and many a seller has a
//! company or a number abroad. So a side is at home in a country only if several signs of two kinds say so,
//! which are nearly all, and only then does it speak against another that is as surely at home elsewhere.
//!
//! Of what is said often a little is mistaken, so signs are counted; and by their doublings, so that of the thousand
//! reports of one account not every next one changes what the account says.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::super::identifier::{Identifier, IdentifierType};
use super::rules::{KeyClass, doublings};

/// What places a seller in a country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Sign {
    Phone,
    Address,
    BankAccount,
    CompanyRegistration,
}

impl Sign {
    /// The sign that a value of this class would be itself.
    fn of_class(class: KeyClass) -> Option<Self> {
        match class {
            KeyClass::Phone => Some(Self::Phone),
            KeyClass::Address => Some(Self::Address),
            _ => None,
        }
    }
}

/// A country, and what says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Home {
    /// ISO 3166-1 alpha-2.
    country: [u8; 2],
    by: Sign,
}

impl Home {
    /// `None` if the identifier says nothing about where its seller is.
    pub fn of(identifier: &Identifier) -> Option<Self> {
        let by = match identifier.kind {
            IdentifierType::Phone => Sign::Phone,
            IdentifierType::Address => Sign::Address,
            IdentifierType::BankAccount => Sign::BankAccount,
            // Who sells in a state of the EU needs a VAT number of it, wherever it is.
            IdentifierType::CompanyRegistration if identifier.scheme.as_deref() != Some("vat") => {
                Sign::CompanyRegistration
            }
            _ => return None,
        };
        let country = identifier.country.as_deref()?.as_bytes().try_into().ok()?;
        Some(Self { country, by })
    }

    /// One of a few, for worlds made at random.
    #[cfg(test)]
    pub fn example(number: usize) -> Self {
        let by = [Sign::Phone, Sign::Address, Sign::BankAccount, Sign::CompanyRegistration][number % 4];
        Self { country: [*b"CN", *b"TR"][number / 4 % 2], by }
    }

    /// Of several territories between which sellers move freely, the first.
    fn region(self) -> [u8; 2] {
        match &self.country {
            b"CN" | b"HK" | b"MO" | b"TW" => *b"CN",
            b"GB" | b"GG" | b"IM" | b"JE" => *b"GB",
            country => *country,
        }
    }
}

/// How much each sign counts.
pub type Homes = BTreeMap<Home, usize>;

/// How much a sign counts that an account gave so often: the last power of two.
pub const fn weight(times: usize) -> usize {
    1 << doublings(times)
}

/// Whether sellers of different countries lend each other values of this class, have them of one agent, or chose the same.
pub const fn is_lent(class: KeyClass) -> bool {
    matches!(
        class,
        KeyClass::Handle
            | KeyClass::UncommonName
            | KeyClass::Email
            | KeyClass::Messaging
            | KeyClass::Phone
            | KeyClass::Address
            | KeyClass::Parcel
    )
}

/// Where two sides are at home, if each surely is in a country of its own. What the link between them is over says
/// nothing here, since both have it.
pub fn are_abroad(ours: &Homes, theirs: &Homes, over: KeyClass) -> Option<[String; 2]> {
    let (one, other) = (at_home(ours, over)?, at_home(theirs, over)?);
    (one != other).then(|| [one, other].map(|region| String::from_utf8_lossy(&region).into_owned()))
}

/// Fewest signs that place a seller in a country: of one report all may be mistaken at once.
///
/// Low in the unit tests, so that sellers in the laws' small worlds are at home somewhere.
const SIGNS_MIN: usize = if cfg!(test) { 2 } else { 4 };

/// Of so many signs one at most may place a seller elsewhere than where it is at home.
const STRAY_ONE_IN: usize = 5;

fn at_home(side: &Homes, over: KeyClass) -> Option<[u8; 2]> {
    let signs = || side.iter().filter(|(home, _)| Some(home.by) != Sign::of_class(over));
    let all: usize = signs().map(|(_, weight)| weight).sum();
    let mut of_region: BTreeMap<[u8; 2], (usize, BTreeSet<Sign>)> = BTreeMap::new();
    for (home, weight) in signs() {
        let (known, kinds) = of_region.entry(home.region()).or_default();
        *known += weight;
        kinds.insert(home.by);
    }
    let is_home = |(weight, kinds): &(usize, BTreeSet<Sign>)| {
        *weight >= SIGNS_MIN && kinds.len() >= 2 && weight * STRAY_ONE_IN >= all * (STRAY_ONE_IN - 1)
    };
    of_region.into_iter().find(|(_, signs)| is_home(signs)).map(|(region, _)| region)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn homes(signs: &[(&str, Sign, usize)]) -> Homes {
        let home = |country: &str, by| Home { country: country.as_bytes().try_into().unwrap(), by };
        signs.iter().map(|(country, by, weight)| (home(country, *by), *weight)).collect()
    }

    #[test]
    fn a_seller_is_at_home_where_two_kinds_of_signs_and_nearly_all_place_it() {
        use Sign::{Address, CompanyRegistration, Phone};
        let chinese = homes(&[("CN", Phone, 2), ("HK", Address, 2)]);
        let turkish = homes(&[("TR", Phone, 1), ("TR", CompanyRegistration, 4)]);
        let abroad = || Some(["CN".to_owned(), "TR".to_owned()]);
        assert_eq!(are_abroad(&chinese, &turkish, KeyClass::Email), abroad());
        assert_eq!(are_abroad(&chinese, &turkish, KeyClass::Phone), None, "what is shared places nobody");
        let mostly = homes(&[("TR", Phone, 8), ("TR", Address, 8), ("CN", Address, 4)]);
        assert_eq!(are_abroad(&chinese, &mostly, KeyClass::Email), abroad());
        for other in [
            homes(&[]),
            homes(&[("TR", Phone, 8)]),
            homes(&[("TR", Phone, 2), ("TR", Address, 2), ("CN", CompanyRegistration, 2)]),
            homes(&[("TW", Phone, 2), ("CN", Address, 2)]),
        ] {
            assert_eq!(are_abroad(&chinese, &other, KeyClass::Email), None, "{other:?}");
        }
    }
}
