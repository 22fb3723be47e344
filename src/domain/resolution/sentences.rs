//! What resolution did and why, in plain English.
//!
//! One table of frames by class of key, one of words by type of identifier, one of endings by objection: whoever
//! translates the product translates this file. A sentence says what both sides carry, how many others carry it,
//! and what that is worth, so that a person can check it by hand.

use super::super::identifier::IdentifierType;
use super::rules::KeyClass;

/// An identifier as a sentence names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named<'v> {
    pub kind: IdentifierType,
    pub value: &'v str,
    /// Whose account it is at, where an id alone says little.
    pub platform: Option<&'v str>,
}

/// How the sentence of a link goes on after "Both reports".
enum Frame {
    /// An account that a platform issued: however many report it, it is one.
    Account,
    /// One value that otherwise separate sellers carry.
    Value,
    /// Two values at once.
    Both,
    /// What is alike and not equal.
    Alike,
    /// Nothing but somebody's word.
    Judged,
}

const fn frame(class: KeyClass) -> Frame {
    match class {
        KeyClass::Storefront => Frame::Account,
        KeyClass::Pair => Frame::Both,
        KeyClass::Likeness => Frame::Alike,
        KeyClass::Judgement => Frame::Judged,
        _ => Frame::Value,
    }
}

/// Whether a value of this type is an id that somebody issued.
const fn is_account(kind: IdentifierType) -> bool {
    matches!(kind, IdentifierType::Storefront | IdentifierType::Messaging | IdentifierType::PaymentHandle)
}

/// The words for a class of key whose value is not at hand.
const fn noun_of_class(class: KeyClass) -> &'static str {
    match class {
        KeyClass::Storefront | KeyClass::AccountId => "storefront",
        KeyClass::CompanyRegistration => "company number",
        KeyClass::BankAccount => "bank account",
        KeyClass::Email => "e-mail address",
        KeyClass::Domain => "domain",
        KeyClass::Phone => "phone",
        KeyClass::Url => "page",
        KeyClass::Messaging => "messenger account",
        KeyClass::PaymentHandle => "payment account",
        KeyClass::Wallet => "wallet",
        KeyClass::Parcel => "parcel or sender's account",
        KeyClass::Image => "picture",
        KeyClass::Docket => "court case",
        KeyClass::Address | KeyClass::Street => "address",
        KeyClass::NumberedName
        | KeyClass::CoinedName
        | KeyClass::Handle
        | KeyClass::UncommonName
        | KeyClass::Name => "name",
        KeyClass::Pair => "two values",
        KeyClass::Likeness => "name and address",
        KeyClass::Judgement => "a person's word",
    }
}

/// What a score amounts to, from so many tenths of a bit.
const STRENGTHS: [(i32, &str); 4] = [
    (200, "very strong evidence"),
    (110, "strong evidence"),
    (90, "good evidence"),
    (i32::MIN, "evidence only because so few others carry it"),
];

fn strength(score_decibits: i32) -> &'static str {
    STRENGTHS.iter().find(|(least, _)| score_decibits >= *least).map_or("", |(_, words)| words)
}

/// Why two reports are one seller's: both carry a key of this class, made from `named`, that `degree` components of
/// the stratum below carry (of an account: reports).
pub fn of_link(class: KeyClass, named: &[Named<'_>], degree: usize, score_decibits: i32) -> String {
    let what = what(class, named);
    let bits = format!("{} bits, {}", bits(score_decibits), strength(score_decibits));
    match frame(class) {
        Frame::Account => {
            format!("Both reports name {what}, as {degree} reports do: one account is one seller.")
        }
        Frame::Value => {
            format!("Both reports give {what}; {degree} otherwise separate sellers carry it ({bits}).")
        }
        Frame::Both => {
            format!(
                "Both reports give {what} at once; {degree} otherwise separate accounts carry both ({bits})."
            )
        }
        Frame::Alike => {
            format!("The reports give {what} that are nearly the same ({bits}).")
        }
        Frame::Judged => "Somebody who sees both reports judged that they are one seller's.".to_owned(),
    }
}

/// How the sentence of a refusal ends, by the name of the objection; `{a}` and `{b}` stand for the two sides.
const OBJECTIONS: [(&str, &str); 6] = [
    (
        "registrations",
        "but one side has the company number {a} and the other {b}, and one company has one number of a register",
    ),
    ("persons", "but one side names {a} and the other {b}, who cannot be one person"),
    ("branches", "but they look like branches of one organisation, {a} and {b}, each at its own address"),
    ("countries", "but all that says where they are places one side in {a} and the other in {b}"),
    ("judgement", "but an analyst has judged that they are different sellers"),
    ("falls_short", "but not nearly enough: that is worth {a} bits, and takes {b}"),
];

/// Why a link was refused.
pub fn of_refusal(
    class: KeyClass,
    named: &[Named<'_>],
    degree: usize,
    objection: &str,
    sides: &[String; 2],
) -> String {
    let ending = OBJECTIONS.iter().find(|(name, _)| *name == objection);
    let ending = ending.map_or("but the two contradict each other", |(_, ending)| ending);
    let ending = ending.replace("{a}", &sides[0]).replace("{b}", &sides[1]);
    let what = what(class, named);
    match frame(class) {
        Frame::Both => {
            format!("Both give {what} at once, which {degree} otherwise separate accounts do, {ending}.")
        }
        Frame::Alike => format!("They give {what} that are nearly the same, {ending}."),
        Frame::Judged => format!("Somebody judged that both are one seller's, {ending}."),
        Frame::Account | Frame::Value => {
            format!("Both give {what}, which {degree} otherwise separate sellers carry, {ending}.")
        }
    }
}

/// Why something that two profiles have in common does not make them one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hindrance {
    /// More than this many carry it.
    Wide(usize),
    /// No value of its kind joins by itself.
    NeverAlone,
    /// One mistake away from a phone that many carry.
    Mistyped,
    /// Each of two values is carried so widely that they meet by chance.
    ByChance,
    /// It may join, and was refused.
    Refused,
    /// Whether it may is not for this viewer to know.
    Untold,
}

/// What two profiles have in common, and why it does not make them one.
pub fn of_shared(class: KeyClass, named: &[Named<'_>], hindrance: Hindrance) -> String {
    let what = what(class, named);
    match hindrance {
        Hindrance::Wide(most) => {
            format!(
                "Both carry {what}, which more than {most} otherwise separate sellers carry: too many to join by it."
            )
        }
        Hindrance::NeverAlone => {
            format!(
                "Both carry {what}, which joins nobody by itself, only together with another value in one report."
            )
        }
        Hindrance::Mistyped => {
            format!("Both carry {what}, which is one digit away from a phone that many sellers carry.")
        }
        Hindrance::ByChance => {
            format!(
                "Both carry {what} in one report, but so many carry one or the other that they meet by chance."
            )
        }
        Hindrance::Refused => {
            format!("Both carry {what}, which may join them, but they contradict each other.")
        }
        Hindrance::Untold => {
            format!(
                "Both carry {what}. Such a value can join by itself, unless too many carry it or the two contradict each other."
            )
        }
    }
}

/// Why two profiles are not one, in a sentence: by how many links were refused, where the viewer may know, and how
/// many things that it sees both carry.
pub fn of_apart(refusals: Option<usize>, in_common: usize) -> String {
    match (refusals, in_common) {
        (Some(1), _) => "One link between them was refused.".to_owned(),
        (Some(refused @ 2..), _) => format!("{refused} links between them were refused."),
        (Some(0), 0) => "Nothing that is reported of the one points at the other.".to_owned(),
        (Some(0), _) => "What both carry is not enough to join them.".to_owned(),
        (None, 0) => "You see nothing in full that both carry.".to_owned(),
        (None, _) => "What you see both carry did not join them.".to_owned(),
    }
}

/// "the phone +86 …", or the two of a pair.
fn what(class: KeyClass, named: &[Named<'_>]) -> String {
    let one = |named: &Named<'_>| match named.platform {
        Some(platform) if is_account(named.kind) => {
            format!("the {} {} at {platform}", named.kind.noun(), named.value)
        }
        _ => format!("the {} {}", named.kind.noun(), named.value),
    };
    match named {
        [] if matches!(frame(class), Frame::Alike) => "names and addresses".to_owned(),
        [] if matches!(frame(class), Frame::Both) => noun_of_class(class).to_owned(),
        [] => format!("the same {}", noun_of_class(class)),
        [first] => one(first),
        [first, .., last] => format!("{} and {}", one(first), one(last)),
    }
}

/// Tenths of a bit as bits.
fn bits(decibits: i32) -> String {
    format!("{}{}.{}", if decibits < 0 { "-" } else { "" }, decibits.abs() / 10, decibits.abs() % 10)
}

#[cfg(test)]
mod tests {
    use super::super::partition::Objection;
    use super::*;

    const PHONE: Named<'_> = Named { kind: IdentifierType::Phone, value: "+86 13812345678", platform: None };
    const NAME: Named<'_> = Named { kind: IdentifierType::BusinessName, value: "Best Bags", platform: None };

    #[test]
    fn a_link_says_what_both_carry_how_many_others_do_and_what_that_is_worth() {
        assert_eq!(
            of_link(KeyClass::Phone, &[PHONE], 2, 109),
            "Both reports give the phone +86 13812345678; 2 otherwise separate sellers carry it \
             (10.9 bits, good evidence)."
        );
        assert_eq!(
            of_link(KeyClass::Pair, &[NAME, PHONE], 2, 230),
            "Both reports give the business name Best Bags and the phone +86 13812345678 at once; \
             2 otherwise separate accounts carry both (23.0 bits, very strong evidence)."
        );
        assert_eq!(
            of_link(KeyClass::Likeness, &[], 2, 150),
            "The reports give names and addresses that are nearly the same (15.0 bits, strong evidence)."
        );
    }

    #[test]
    fn an_account_is_named_with_whose_account_it_is() {
        let shop = Named { kind: IdentifierType::Storefront, value: "88405374", platform: Some("taobao") };
        assert_eq!(
            of_link(KeyClass::Storefront, &[shop], 11, 93),
            "Both reports name the storefront 88405374 at taobao, as 11 reports do: one account is one seller."
        );
    }

    #[test]
    fn every_class_and_every_strength_has_its_words() {
        for class in KeyClass::ALL {
            for score in [-35, 0, 95, 115, 320] {
                let sentence = of_link(*class, &[], 2, score);
                assert!(sentence.ends_with('.') && !sentence.contains("  "), "{sentence}");
            }
        }
    }

    #[test]
    fn every_objection_has_its_ending() {
        let sides = ["CN/A1".to_owned(), "CN/B2".to_owned()];
        for objection in Objection::ALL {
            let sentence = of_refusal(KeyClass::Phone, &[PHONE], 2, objection.as_str(), &sides);
            assert!(!sentence.contains("the two contradict"), "{sentence}");
        }
        let sentence = of_refusal(KeyClass::Phone, &[PHONE], 2, "registrations", &sides);
        assert!(sentence.contains("CN/A1") && sentence.contains("CN/B2"), "{sentence}");
    }
}
