//! Founds a sharing group that its members keep.

use data_encoding::BASE32_NOPAD;

use super::create_group::open;
use super::keep_group::{Contradiction, GroupError};
use crate::domain::fault::{Fault, Faults};
use crate::domain::group::{GroupKind, Rights, rights};
use crate::domain::id::MakeIds;
use crate::domain::membership::{ChangeKind, KEPT_MAX, SUFFIX_CHARS, is_slug_wish};
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;
use crate::ops::create_member::{including, new_group, parse_name};
use crate::store::groups::{self, Group, Listed};
use crate::store::{Conn, group_changes};

/// Longest description, in characters.
pub const DESCRIPTION_CHARS_MAX: usize = 2_000;

/// A group to found, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKeptGroup {
    /// What its slug begins with.
    pub slug: String,
    pub name: String,
    pub description: String,
    pub includes_alliance: bool,
    pub members_named: bool,
}

impl NewKeptGroup {
    /// Checks what was sent.
    pub fn parse(
        slug: Option<String>,
        name: Option<String>,
        description: Option<String>,
        [includes_alliance, members_named]: [bool; 2],
    ) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        let slug = faults.required(slug, "/slug").filter(|slug| {
            let good = is_slug_wish(slug);
            if !good {
                let most = 63 - SUFFIX_CHARS;
                faults.add(
                    "/slug",
                    "malformed",
                    format!("Use 2 to {most} of a-z, 0-9 and -, not at the ends."),
                );
            }
            good
        });
        let name = parse_name(&mut faults, name);
        let description = description.unwrap_or_default().trim().to_owned();
        if description.chars().count() > DESCRIPTION_CHARS_MAX {
            faults.add("/description", "too_long", format!("At most {DESCRIPTION_CHARS_MAX} characters."));
        }
        let new = slug.zip(name).map(|(slug, name)| Self {
            slug,
            name,
            description,
            includes_alliance,
            members_named,
        });
        faults.or(new)
    }
}

/// Inserts the group, with its founder as keeper. What is added to the slug is never another group's, so that
/// nobody learns by a taken one that there is a group.
pub fn found_group(
    conn: &mut Conn,
    ids: &dyn MakeIds,
    now: Timestamp,
    viewer: &Viewer,
    new: &NewKeptGroup,
) -> Result<(Group, Rights), GroupError> {
    groups::lock_for_making(conn)?;
    let kept = groups::kept_by(conn, viewer.member)?;
    if kept.len() >= KEPT_MAX {
        return Err(Contradiction::TooManyKept.into());
    }
    let is_same = |group: &Group| {
        let base = group.slug.len().checked_sub(SUFFIX_CHARS).and_then(|end| group.slug.get(..end));
        base == Some(new.slug.as_str())
    };
    if kept.iter().any(is_same) {
        return Err(Contradiction::Founded.into());
    }
    let slug = format!("{}-{}", new.slug, suffix(ids, now, viewer, &new.slug));
    let group = Group {
        description: new.description.clone(),
        members_named: new.members_named,
        ..new_group(ids, now, &slug, &new.name, GroupKind::Custom)
    };
    let group = if new.includes_alliance { including(conn, group)? } else { group };
    let all = Rights { contribute: true, read: true };
    let own = rights(GroupKind::Custom, viewer.kind, false, Some(all));
    let founder = Listed {
        group_id: group.id,
        member_id: viewer.member,
        contribute: own.contribute,
        read: own.read,
        keeper: true,
    };
    open(conn, ids, &group, &[founder])?;
    let founded = (ChangeKind::Founded, viewer.member_slug.as_str());
    group_changes::append(conn, group.id, (now, viewer), founded, (own, None))?;
    Ok((group, own))
}

/// Eight characters out of the random end of a fresh id.
fn suffix(ids: &dyn MakeIds, now: Timestamp, viewer: &Viewer, slug: &str) -> String {
    let at = now.micros().to_be_bytes();
    let [.., a, b, c, d, e] = ids.make(&[b"group-slug", viewer.member.as_bytes(), slug.as_bytes(), &at]);
    BASE32_NOPAD.encode(&[a, b, c, d, e]).to_ascii_lowercase()
}
