//! Makes a member of a group its keeper, or a keeper a plain member again.

use super::keep_group::{Contradiction, GroupError, admit_to_change};
use crate::domain::membership::{Act, ChangeKind, may_give_up};
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;
use crate::store::{Conn, group_changes, groups};

/// Appoints or dismisses; twice is as once. A keeper may dismiss itself, unless nobody would keep the group.
pub fn set_keeper(
    conn: &mut Conn,
    now: Timestamp,
    viewer: &Viewer,
    (slug, member): (&str, &str),
    keeper: bool,
) -> Result<(), GroupError> {
    let (group, _) = admit_to_change(conn, viewer, slug, Act::Appoint)?;
    let seated = groups::seated(conn, &group)?;
    let found = seated.iter().find(|(one, _)| one.slug == member).ok_or(GroupError::NotFound)?;
    let (member, seat) = found;
    if seat.keeper == keeper {
        return Ok(());
    }
    let other_keepers = seated.iter().filter(|(one, seat)| seat.keeper && one.id != member.id).count();
    // Whoever steps down stays a member, and so would be one without a keeper.
    if !keeper && !may_give_up(true, other_keepers, seated.len()) {
        return Err(Contradiction::OnlyKeeper.into());
    }
    groups::set_keeper(conn, group.id, member.id, keeper)?;
    let kind = if keeper { ChangeKind::Appointed } else { ChangeKind::Dismissed };
    let changed = (kind, member.slug.as_str());
    Ok(group_changes::append(conn, group.id, (now, viewer), changed, (seat.rights, None))?)
}
