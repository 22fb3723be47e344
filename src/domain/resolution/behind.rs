//! What stands behind an identifier: the account that a page is the page of, the mailbox or phone that an account goes by.

use super::super::identifier::{self, Identifier, IdentifierType, RawIdentifier};
use super::facts::Fact;
use super::keys::KeyHasher;
use super::mistyping::phone_key;
use super::rules::KeyClass;

/// The shop, or the account at a messenger, that a URL is the page of.
pub(super) fn page_of(kind: IdentifierType, value: &str) -> Option<Identifier> {
    let as_kind = |kind| identifier::parse(&RawIdentifier { value, ..RawIdentifier::bare(kind) }).ok();
    let is_url = kind == IdentifierType::Url;
    is_url.then(|| as_kind(IdentifierType::Storefront).or_else(|| as_kind(IdentifierType::Messaging)))?
}

/// The mailbox or phone that an account at a messenger or payment service goes by: the account says no more than it
/// does, and meets it where another reporter gave it as what it is.
pub(super) fn behind(account: &str, service: Option<&str>, hasher: &KeyHasher) -> Option<Fact> {
    if account.starts_with('+') {
        return Some(Fact { key: phone_key(dialled(account), hasher), class: KeyClass::Phone });
    }
    let email = mailbox_behind(account, service)?;
    Some(Fact { key: hasher.key(&email), class: KeyClass::Email })
}

fn mailbox_behind(account: &str, service: Option<&str>) -> Option<Identifier> {
    let mailbox = match service {
        Some("qq") => format!("{account}@qq.com"),
        _ if account.contains('@') && !account.starts_with('@') => account.to_owned(),
        _ => return None,
    };
    let raw = RawIdentifier { value: &mailbox, ..RawIdentifier::bare(IdentifierType::Email) };
    identifier::parse(&raw).ok()
}

/// The key of the mailbox that an identifier is or goes by.
pub(super) fn mailbox_of(identifier: &Identifier) -> Option<String> {
    match identifier.kind {
        IdentifierType::Email => Some(identifier.key.clone()),
        IdentifierType::Messaging | IdentifierType::PaymentHandle => {
            mailbox_behind(&identifier.value, identifier.platform.as_deref()).map(|email| email.key)
        }
        IdentifierType::Url => mailbox_of(&page_of(identifier.kind, &identifier.value)?),
        _ => None,
    }
}

/// The digits of the phone that an identifier is or goes by.
pub(super) fn dialled_of(identifier: &Identifier) -> Option<String> {
    let value = identifier.value.as_str();
    match identifier.kind {
        IdentifierType::Phone => Some(dialled(value).to_owned()),
        IdentifierType::Messaging | IdentifierType::PaymentHandle => {
            value.starts_with('+').then(|| dialled(value).to_owned())
        }
        IdentifierType::Url => dialled_of(&page_of(identifier.kind, value)?),
        _ => None,
    }
}

/// What of `+86 13812345678` two people who write down one phone agree on: they take it for a number of
/// different countries more often than two countries have one that long.
pub(super) fn dialled(phone: &str) -> &str {
    match phone.split_once(' ') {
        Some((_, national)) if national.len() >= TELLING_DIGITS => national,
        _ => phone,
    }
}

/// Digits from which a phone number without its country is one that few have.
const TELLING_DIGITS: usize = 10;

#[cfg(test)]
mod tests {
    use super::super::facts::Facts;
    use super::super::stops::StopList;
    use super::*;

    #[test]
    fn the_digits_of_a_phone_are_known_whatever_it_was_given_as() {
        let raw = |kind, value, platform| RawIdentifier { value, platform, ..RawIdentifier::bare(kind) };
        let given = [
            raw(IdentifierType::Phone, "+86 138 1234 5678", None),
            raw(IdentifierType::Messaging, "+86 138 1234 5678", Some("whatsapp")),
            raw(IdentifierType::PaymentHandle, "+86 138 1234 5678", Some("alipay")),
            raw(IdentifierType::Url, "https://wa.me/8613812345678", None),
        ];
        let phones = given.map(|raw| {
            let identifier = identifier::parse(&raw).expect("an identifier");
            Facts::said([&identifier].into_iter(), 0, &KeyHasher::new([5; 32]), &StopList::default()).phones
        });
        assert_eq!(phones[0][0].1, "13812345678");
        assert!(phones.iter().all(|one| *one == phones[0]), "{phones:?}");
    }
}
