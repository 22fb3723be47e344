//! What the stop-list does to resolution: a stopped value is as if the report had not given it. It makes no key, so
//! it links nobody, alone or in a pair; it is not compared; and it contradicts nothing.

use std::collections::HashSet;

use super::super::identifier::{Identifier, IdentifierType};
use super::super::stop_list::{Target, shipped};
use super::behind::{dialled_of, mailbox_of};
use super::keys::{Key, KeyHasher};
use super::mistyping::{WidePhones, is_mistyped, phone_key};
use super::rules::KeyClass;
use super::said::Said;

/// The values that are stopped, ready to be looked up. The same targets in any order make the same list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StopList {
    values: HashSet<(IdentifierType, String)>,
    /// Whatever would have met a stopped value meets its key.
    keys: HashSet<Key>,
    mail_hosts: HashSet<String>,
    phones: WidePhones,
    addresses: HashSet<Place>,
}

impl StopList {
    pub fn of<'t>(targets: impl IntoIterator<Item = &'t Target>, hasher: &KeyHasher) -> Self {
        let mut list = Self::default();
        for target in targets {
            list.add(target, hasher);
        }
        list
    }

    /// What a new installation stops.
    pub fn shipped(hasher: &KeyHasher) -> Self {
        Self::of(&shipped::targets(), hasher)
    }

    fn add(&mut self, target: &Target, hasher: &KeyHasher) {
        if let Some(host) = target.mail_host() {
            self.mail_hosts.insert(host.to_owned());
            return;
        }
        let Target { kind, value, key, platform } = target.clone();
        self.values.insert((kind, key.clone()));
        let stopped = Identifier { kind, value, key, platform, country: None, scheme: None };
        let said = Said::of(&stopped, hasher);
        let place = said.place.as_deref().and_then(Place::of);
        // Its house and street may be another town's too, unless they are all that was said.
        let says_more = place.as_ref().is_some_and(|place| place.numbers.len() > 1);
        let meeting = said.facts.iter().filter(|fact| !(says_more && fact.class == KeyClass::Street));
        self.keys.extend(meeting.map(|fact| fact.key));
        self.addresses.extend(place);
        if let Some(digits) = dialled_of(&stopped) {
            self.phones.insert(phone_key(&digits, hasher), digits);
        }
    }

    /// Whether an identifier of a report is stopped: because it is a stopped value, in whatever
    /// spelling; or goes by one, as a PayPal account by a mailbox; or is a mailbox of a stopped host, a phone one
    /// mistake away from a stopped one, or a unit at a stopped address.
    pub fn stops(&self, said: &Said<'_>) -> bool {
        let Said { identifier, facts, .. } = said;
        facts.iter().any(|fact| self.keys.contains(&fact.key))
            || (facts.iter().any(|fact| fact.class == KeyClass::Email) && self.stops_host_of(identifier))
            || (facts.iter().any(|fact| fact.class == KeyClass::Phone) && self.is_slip(identifier))
            || said.place.as_ref().is_some_and(|place| self.is_at_one(place))
            // What makes no key by itself may still be compared.
            || (facts.is_empty() && self.values.contains(&(identifier.kind, identifier.key.clone())))
    }

    fn stops_host_of(&self, identifier: &Identifier) -> bool {
        if self.mail_hosts.is_empty() {
            return false;
        }
        let Some(mailbox) = mailbox_of(identifier) else { return false };
        let mut host = mailbox.rsplit_once('@').map(|(_, host)| host);
        while let Some(name) = host {
            if self.mail_hosts.contains(name) {
                return true;
            }
            host = name.split_once('.').map(|(_, above)| above);
        }
        false
    }

    fn is_slip(&self, identifier: &Identifier) -> bool {
        dialled_of(identifier).is_some_and(|digits| is_mistyped(&digits, &self.phones))
    }

    fn is_at_one(&self, place: &str) -> bool {
        !self.addresses.is_empty()
            && Place::of(place)
                .is_some_and(|place| self.addresses.iter().any(|stopped| stopped.holds(&place)))
    }
}

/// An address by the numbers in it and the names of its street. A forwarder's customers add numbers of their own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Place {
    numbers: Vec<String>,
    names: Vec<String>,
}

impl Place {
    /// From the comparable form.
    fn of(place: &str) -> Option<Self> {
        let (numbers, names) = place.split_once('/')?;
        let words = |text: &str| text.split(' ').map(str::to_owned).collect();
        Some(Self { numbers: words(numbers), names: words(names) })
    }

    fn holds(&self, other: &Self) -> bool {
        self.numbers.iter().all(|number| other.numbers.contains(number))
            && self.names.iter().all(|name| other.names.contains(name))
    }
}

#[cfg(test)]
mod tests;
