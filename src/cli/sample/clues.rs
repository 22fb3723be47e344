//! What one report knows of its seller: some of the names, some of the identifiers.

use std::collections::BTreeSet;

use super::dice::Dice;
use super::filing::Occasion;
use super::sellers::{FORWARDER_ADDRESS, FORWARDER_PHONE};
use super::spelling;
use crate::domain::identifier::IdentifierType;
use crate::intake::form::{IdentifierForm, SellerForm};

/// Reports before this one may know no shop of the seller. Each such report is a component of its own,
/// and with more of them than a value's cap the seller's own phone would count as generic.
const TURNS_WITHOUT_SHOP: usize = 12;

/// What a report may tell beyond what it must, and how often, in percent.
const EXTRAS: [(IdentifierType, u32); 8] = [
    (IdentifierType::Domain, 40),
    (IdentifierType::Email, 15),
    (IdentifierType::Phone, 25),
    (IdentifierType::BankAccount, 15),
    (IdentifierType::CompanyRegistration, 45),
    (IdentifierType::PersonName, 35),
    (IdentifierType::BusinessName, 45),
    (IdentifierType::Address, 30),
];

pub fn seller(dice: &mut Dice, at: &Occasion<'_>) -> SellerForm {
    let [han, english, handle] = at.seller.names.each_ref().map(String::as_str);
    let names = match dice.below(5) {
        0 => vec![han.to_owned()],
        1 => vec![english.to_owned()],
        2 => vec![han.to_owned(), handle.to_owned()],
        3 => vec![english.to_uppercase()],
        _ => vec![english.to_owned(), han.to_owned()],
    };
    SellerForm {
        display_names: names,
        identifiers: identifiers(dice, at),
        ship_from: dice.chance(60).then(|| "CN".to_owned()),
    }
}

/// Whether a report names a shop of the seller; all later ones do.
pub fn knows_shop(turn: usize) -> bool {
    turn % 4 != 1 || turn >= TURNS_WITHOUT_SHOP
}

/// The types that tie this report to others on the seller. Along the turns they make a chain: the first
/// and the second report share an e-mail address, the second and the third a bank account.
fn ties(at: &Occasion<'_>) -> Vec<IdentifierType> {
    use IdentifierType::{BankAccount, CompanyRegistration, Email, Phone, Storefront};
    let money = if at.seller.has_own_bank() { BankAccount } else { Phone };
    let mut kinds = match at.turn % 4 {
        1 if !knows_shop(at.turn) => vec![Email, money],
        2 => vec![Storefront, money],
        3 => vec![Storefront, Email, Phone],
        _ => vec![Storefront, Email],
    };
    if at.turn == 0 && at.seller.is_collected {
        kinds.push(BankAccount);
    }
    if at.seller.is_twin {
        // In each report, so that the phone that the twins share joins no part of one to the other.
        kinds.push(CompanyRegistration);
    }
    if at.turn == 0 && at.seller.is_twin {
        kinds.push(Phone);
    }
    kinds
}

fn identifiers(dice: &mut Dice, at: &Occasion<'_>) -> Vec<IdentifierForm> {
    let mut kinds = BTreeSet::from_iter(ties(at));
    for (kind, percent) in EXTRAS {
        if dice.chance(percent) {
            kinds.insert(kind);
        }
    }
    let mut forms: Vec<IdentifierForm> =
        kinds.into_iter().filter_map(|kind| spelling::spell(dice, at.seller, kind, at.turn)).collect();
    if at.seller.is_forwarded && (at.turn == 0 || dice.chance(60)) {
        forms.push(spelling::phone(dice, FORWARDER_PHONE));
        forms.push(spelling::address(dice, FORWARDER_ADDRESS));
    }
    for form in &mut forms {
        form.source = form.kind.and_then(source).filter(|_| dice.chance(60)).map(str::to_owned);
        form.confidence = dice.chance(30).then(|| dice.between(60, 98));
    }
    forms
}

/// Where such an identifier is learnt, if not from the shop itself.
fn source(kind: IdentifierType) -> Option<&'static str> {
    match kind {
        IdentifierType::BankAccount => Some("purchase"),
        IdentifierType::Address => Some("shipment"),
        IdentifierType::Domain => Some("whois"),
        IdentifierType::CompanyRegistration | IdentifierType::Phone | IdentifierType::PersonName => {
            Some("platform_disclosed")
        }
        _ => None,
    }
}
