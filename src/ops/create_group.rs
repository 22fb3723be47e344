//! Makes a sharing group with the rights of its members.

use crate::domain::fault::{Fault, Faults};
use crate::domain::group::{GroupKind, Rights};
use crate::domain::id::{MakeIds, MemberId};
use crate::domain::member::is_slug;
use crate::domain::time::Timestamp;
use crate::ops::create_member::{including, new_group, parse_name};
use crate::store::groups::{self, Group, Listed};
use crate::store::{Conn, Result, StoreError, members};

/// A new group, checked but for the existence of its members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGroup {
    pub slug: String,
    pub name: String,
    pub includes_alliance: bool,
    pub members: Vec<(MemberId, Rights)>,
}

impl NewGroup {
    /// Checks what was sent.
    pub fn parse(
        slug: Option<String>,
        name: Option<String>,
        includes_alliance: bool,
        members: Vec<(MemberId, Rights)>,
    ) -> std::result::Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        let slug = faults.required(slug, "/slug").filter(|slug| {
            let good = is_slug(slug);
            if !good {
                faults.add("/slug", "malformed", "Use 2 to 63 of a-z, 0-9 and -, not at the ends.");
            }
            good
        });
        let name = parse_name(&mut faults, name);
        let mut seen = std::collections::BTreeSet::new();
        for (index, (member, _)) in members.iter().enumerate() {
            if !seen.insert(*member) {
                faults.add(format!("/members/{index}"), "duplicate", "This member is listed twice.");
            }
        }
        let new = slug.zip(name).map(|(slug, name)| Self { slug, name, includes_alliance, members });
        faults.or(new)
    }
}

/// Why a group was not made.
#[derive(Debug, thiserror::Error)]
pub enum CreateGroupError {
    #[error("members that do not exist")]
    UnknownMembers(Vec<Fault>),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl crate::store::Retry for CreateGroupError {
    fn is_busy(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_busy())
    }
}

/// Inserts the group; `StoreError::Taken` if the slug is.
pub fn create_group(
    conn: &mut Conn,
    ids: &dyn MakeIds,
    now: Timestamp,
    new: &NewGroup,
) -> std::result::Result<Group, CreateGroupError> {
    let wanted: Vec<MemberId> = new.members.iter().map(|(id, _)| *id).collect();
    let known: Vec<MemberId> = members::find_many(conn, &wanted)?.iter().map(|member| member.id).collect();
    let unknown: Vec<Fault> = wanted
        .iter()
        .enumerate()
        .filter(|(_, id)| !known.contains(id))
        .map(|(index, _)| {
            Fault::new(format!("/members/{index}/member_id"), "unknown_member", "There is no such member.")
        })
        .collect();
    if !unknown.is_empty() {
        return Err(CreateGroupError::UnknownMembers(unknown));
    }
    Ok(insert(conn, ids, now, new)?)
}

fn insert(conn: &mut Conn, ids: &dyn MakeIds, now: Timestamp, new: &NewGroup) -> Result<Group> {
    groups::lock_for_making(conn)?;
    if groups::all(conn)?.iter().any(|group| group.slug == new.slug) {
        return Err(StoreError::Taken);
    }
    let group = new_group(ids, now, &new.slug, &new.name, GroupKind::Custom);
    let group = if new.includes_alliance { including(conn, group)? } else { group };
    let listed: Vec<Listed> = new
        .members
        .iter()
        .map(|(member_id, rights)| Listed {
            group_id: group.id,
            member_id: *member_id,
            contribute: rights.contribute,
            read: rights.read,
            keeper: false,
        })
        .collect();
    open(conn, ids, &group, &listed)?;
    Ok(group)
}

/// Stores a new group with its list, and has what `alliance` holds worked in if the group includes it.
pub(super) fn open(conn: &mut Conn, ids: &dyn MakeIds, group: &Group, listed: &[Listed]) -> Result<()> {
    groups::insert(conn, group, listed)?;
    if group.includes_alliance {
        groups::queue_alliance(conn, group.id, |report| {
            ids.make(&[b"queue", group.id.as_bytes(), report.as_bytes(), &[0; 4]])
        })?;
    }
    Ok(())
}
