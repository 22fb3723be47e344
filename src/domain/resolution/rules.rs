//! The classes of key, with their strata, caps and weights, in one table.
//!
//! Caps and weights are those of the measured specification of the method (stratified key graph):
//! the gap between honest degrees (2–4) and hubs (20 and more) is wide, so caps are insensitive.
//! Weights are bits of evidence as estimated by expectation–maximisation on labelled reports.

use super::super::identifier::{Identifier, IdentifierType};
use super::super::vocabulary::vocabulary;

/// A level of the key graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stratum {
    /// Joined by anchors.
    Accounts,
    /// Accounts joined by company registrations.
    Cores,
    /// Cores joined by other single values: the profiles.
    Profiles,
}

vocabulary!(
    /// What a key was made from.
    KeyClass {
        Storefront = "storefront",
        CompanyRegistration = "company_registration",
        BankAccount = "bank_account",
        Email = "email",
        Domain = "domain",
        Phone = "phone",
        Url = "url",
    }
);

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    pub class: KeyClass,
    pub stratum: Stratum,
    /// Most components of the stratum below that may carry a key which still links; an anchor has
    /// none.
    pub degree_max: usize,
    /// Evidence of agreement, in tenths of a bit, before the degree is taken off.
    pub decibits: i32,
}

const RULES: [Rule; 7] = {
    use KeyClass::*;
    use Stratum::*;
    [
        Rule { class: Storefront, stratum: Accounts, degree_max: usize::MAX, decibits: 123 },
        Rule { class: CompanyRegistration, stratum: Cores, degree_max: 15, decibits: 110 },
        Rule { class: BankAccount, stratum: Profiles, degree_max: 7, decibits: 121 },
        Rule { class: Email, stratum: Profiles, degree_max: 7, decibits: 120 },
        Rule { class: Domain, stratum: Profiles, degree_max: 7, decibits: 116 },
        Rule { class: Phone, stratum: Profiles, degree_max: 7, decibits: 119 },
        Rule { class: Url, stratum: Profiles, degree_max: 7, decibits: 116 },
    ]
};

impl KeyClass {
    pub const fn rule(self) -> &'static Rule {
        &RULES[self as usize]
    }

    /// The class of an identifier's key; weak identifiers make none.
    pub fn of(identifier: &Identifier) -> Option<Self> {
        match identifier.kind {
            IdentifierType::Storefront => Some(Self::Storefront),
            IdentifierType::CompanyRegistration => Some(Self::CompanyRegistration),
            IdentifierType::BankAccount => Some(Self::BankAccount),
            IdentifierType::Email => Some(Self::Email),
            IdentifierType::Domain => Some(Self::Domain),
            IdentifierType::Phone => Some(Self::Phone),
            // An Amazon item page is a catalogue entry that many sellers share.
            IdentifierType::Url if identifier.key.starts_with("listing/amazon/") => None,
            IdentifierType::Url => Some(Self::Url),
            IdentifierType::PersonName | IdentifierType::BusinessName | IdentifierType::Address => None,
        }
    }

    /// The kind of identifier that keys of this class are made from.
    pub const fn identifier_type(self) -> IdentifierType {
        match self {
            Self::Storefront => IdentifierType::Storefront,
            Self::CompanyRegistration => IdentifierType::CompanyRegistration,
            Self::BankAccount => IdentifierType::BankAccount,
            Self::Email => IdentifierType::Email,
            Self::Domain => IdentifierType::Domain,
            Self::Phone => IdentifierType::Phone,
            Self::Url => IdentifierType::Url,
        }
    }

    /// The score of a link over a key of this class and degree: what agreement is worth, less one
    /// bit for every doubling of the number of components that carry the value.
    pub fn score_decibits(self, degree: usize) -> i32 {
        let doublings = usize::BITS - degree.max(1).leading_zeros() - 1;
        self.rule().decibits - 10 * i32::try_from(doublings).unwrap_or(i32::MAX / 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_stands_at_its_own_place_in_the_table() {
        for rule in &RULES {
            assert_eq!(rule.class.rule().class, rule.class);
        }
    }

    #[test]
    fn a_widely_carried_value_is_worth_less() {
        assert_eq!(KeyClass::Email.score_decibits(1), 120);
        assert_eq!(KeyClass::Email.score_decibits(2), 110);
        assert_eq!(KeyClass::Email.score_decibits(7), 100);
    }
}
