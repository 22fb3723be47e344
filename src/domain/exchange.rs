//! Profiles as objects that others copy (STIX 2.1): their ids, and their places in one sequence for each group and
//! lens class.
//!
//! Who copies objects must be able to trust three things. Each has a moment of its own, and moments only increase.
//! An id and a version are the same bytes for ever. What ended says so, and an id that ended is never used again. So a
//! profile has an *incarnation*: it lasts as long as the class sees no less of the identifiers than before, under the same
//! label, and what comes after it has new ids.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

use super::handling::Tlp;
use super::id::{GroupId, SellerId};
use super::identifier::IdentifierType;
use super::lens::seller::{IdentifierView, SellerView};
use super::resolution::keys::{Key, KeyHasher};
use super::time::Timestamp;

/// Moments at the beginning of each sequence that are kept for what belongs to no profile.
pub const FRAME_MOMENTS: i64 = 1_000;

/// Objects at most for each part of a profile, and for the profile itself.
pub const OBJECTS_PER_PART: i64 = 4;
pub const OBJECTS_OF_PROFILE: i64 = 4;

/// An identifier that the class sees in full, and so has objects of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Part(pub IdentifierType, pub Key);

/// What the objects of an incarnation rest on: all that those say which have no versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// The label that they carry.
    pub tlp: Tlp,
    /// The identifiers that the class sees in full, sorted.
    pub open: Vec<Part>,
}

impl Parts {
    pub fn of(view: &SellerView, hasher: &KeyHasher) -> Self {
        let mut open: Vec<Part> = open(view, hasher).map(|(one, key)| Part(one.kind, key)).collect();
        open.sort();
        Self { tlp: view.handling.tlp, open }
    }

    /// Whether an incarnation that had these can go on.
    pub fn go_on_from(&self, before: &Self) -> bool {
        self.tlp == before.tlp && before.open.iter().all(|part| self.open.binary_search(part).is_ok())
    }
}

/// The identifiers that the class sees in full, each with a key of what is shown of it: another spelling is another
/// object.
pub fn open<'v>(
    view: &'v SellerView,
    hasher: &'v KeyHasher,
) -> impl Iterator<Item = (&'v IdentifierView, Key)> {
    let open = view.identifiers.iter().filter(|one| !one.masked);
    open.map(|one| {
        let platform = one.platform.as_deref().unwrap_or_default();
        let shown = format!("{} {platform} {}", one.kind.as_str(), one.value);
        (one, hasher.word("exchanged", &shown))
    })
}

/// The moments that a profile with so many parts takes up.
pub fn room(parts: usize) -> i64 {
    let parts = i64::try_from(parts).unwrap_or(i64::MAX / OBJECTS_PER_PART / 2);
    OBJECTS_OF_PROFILE + OBJECTS_PER_PART * parts
}

/// What is told of an object that was sent to be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub id: String,
    pub version: Timestamp,
    /// Why it was not taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// A name-based UUID (RFC 9562, version 5).
pub fn uuid_of(namespace: &[u8; 16], name: &[u8]) -> Uuid {
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, &[namespace.as_slice(), name].concat());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_ref()[..16]);
    Builder::from_sha1_bytes(bytes).into_uuid()
}

/// The id of the identity under whose name what a group exchanges stands, whoever contributed.
pub fn author(group: GroupId) -> Uuid {
    uuid_of(group.as_bytes(), b"identity")
}

/// The id of an incarnation of a profile.
pub fn profile_uuid(group: GroupId, class: &str, profile: SellerId, born: Timestamp) -> Uuid {
    let name = [class.as_bytes(), &[0], profile.as_bytes().as_slice(), &born.micros().to_be_bytes()].concat();
    uuid_of(group.as_bytes(), &name)
}

/// The id of something that belongs to a profile: it begins like the profile's own, by which it is found.
pub fn member_uuid(profile: Uuid, name: &[u8]) -> Uuid {
    let mut bytes = uuid_of(profile.as_bytes(), name).into_bytes();
    bytes[..FAMILY_BYTES].copy_from_slice(&profile.as_bytes()[..FAMILY_BYTES]);
    Uuid::from_bytes(bytes)
}

/// The name of an object of an identifier, among the objects of its profile.
pub fn named(role: &str, key: Key) -> Vec<u8> {
    [role.as_bytes(), &[0], &key.0.to_be_bytes()].concat()
}

/// Bytes that the ids of one profile's objects have in common.
const FAMILY_BYTES: usize = 6;

/// What an id says of the profile that it belongs to.
pub fn family(id: Uuid) -> i64 {
    id.as_bytes()[..FAMILY_BYTES].iter().fold(0, |family, byte| family << 8 | i64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_based_uuid_is_that_of_the_standard() {
        // RFC 9562, appendix A.4.
        let dns =
            [0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8];
        let id = uuid_of(&dns, b"www.example.com");
        assert_eq!(id.to_string(), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
    }

    #[test]
    fn what_belongs_to_a_profile_is_of_its_family_and_no_incarnation_has_the_id_of_another() {
        let (group, profile) = (GroupId([1; 16]), SellerId([2; 16]));
        let id = |class: &str, born: i64| profile_uuid(group, class, profile, Timestamp(born));
        let one = id("peer", 7);
        assert_eq!(one, id("peer", 7));
        assert!(one != id("peer", 8) && one != id("platform:x", 7));
        let [a, b] = [b"a", b"b"].map(|name| member_uuid(one, name));
        assert!(a != b && a != one);
        assert_eq!((family(a), family(b)), (family(one), family(one)));
        assert_eq!((a.get_version_num(), b.get_version_num()), (5, 5));
        assert_ne!(family(one), family(id("peer", 8)));
    }
}
