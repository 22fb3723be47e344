//! Raises how many other members must stand behind classes of goods before a peer of a group sees them.
//!
//! It is never lowered: whoever filed a report did so under the number that was in force.

use super::keep_group::{Contradiction, GroupError, admit_to_change};
use crate::domain::fault::Faults;
use crate::domain::lens::{K, K_MAX};
use crate::domain::membership::Act;
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;
use crate::store::groups::{self, Group};
use crate::store::{Conn, group_changes};

/// Checks what was sent.
pub fn parse_k(faults: &mut Faults, k: Option<i64>) -> Option<i32> {
    let k = faults.required(k, "/k")?;
    let parsed = usize::try_from(k).ok().filter(|k| (K..=K_MAX).contains(k));
    let parsed = parsed.and_then(|k| i32::try_from(k).ok());
    if parsed.is_none() {
        faults.add("/k", "out_of_range", format!("Must be from {K} to {K_MAX}."));
    }
    parsed
}

/// A keeper raises it for a group that it keeps. The same again changes nothing.
pub fn raise_k(
    conn: &mut Conn,
    now: Timestamp,
    viewer: &Viewer,
    slug: &str,
    k: i32,
) -> Result<Group, GroupError> {
    let (group, seat) = admit_to_change(conn, viewer, slug, Act::RaiseK)?;
    let before = group.k;
    let group = raise(conn, group, k)?;
    if group.k != before {
        group_changes::append_k(conn, group.id, (now, viewer), seat.rights, k)?;
    }
    Ok(group)
}

/// The operator raises it for a group that nobody keeps. Groups that include the alliance follow it, whoever keeps them:
/// they pool its reports.
pub fn raise_k_of_unkept(conn: &mut Conn, slug: &str, k: i32) -> Result<Group, GroupError> {
    groups::lock_for_making(conn)?;
    let found = groups::all(conn)?.into_iter().find(|group| group.slug == slug);
    let group = found.ok_or(GroupError::NotFound)?;
    if groups::listed(conn, group.id)?.iter().any(|entry| entry.keeper) {
        return Err(Contradiction::Kept.into());
    }
    raise(conn, group, k)
}

fn raise(conn: &mut Conn, group: Group, k: i32) -> Result<Group, GroupError> {
    if k < group.k {
        return Err(Contradiction::Lowered.into());
    }
    if k > group.k {
        groups::raise_k(conn, &group, k)?;
    }
    Ok(Group { k, ..group })
}
