//! Accepts or declines an invitation into a group.

use super::keep_group::GroupError;
use crate::domain::group::Rights;
use crate::domain::id::GroupInvitationId;
use crate::domain::membership::{ChangeKind, offer};
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;
use crate::store::group_invitations::{self, GroupInvitation};
use crate::store::groups::{self, Group, Listed};
use crate::store::{Conn, group_changes};

/// Takes the viewer's member into the group, with the rights that it was invited with and its kind can have.
pub fn accept_invitation(
    conn: &mut Conn,
    now: Timestamp,
    viewer: &Viewer,
    id: GroupInvitationId,
) -> Result<(Group, Rights), GroupError> {
    let (invitation, group, rights) = open(conn, now, viewer, id)?;
    let entry = Listed {
        group_id: group.id,
        member_id: viewer.member,
        contribute: rights.contribute,
        read: rights.read,
        keeper: false,
    };
    // The operator may have listed it with no right at all.
    groups::let_go(conn, group.id, viewer.member)?;
    groups::take_in(conn, entry, viewer.kind)?;
    group_invitations::accept(conn, &invitation, now)?;
    let accepted = (ChangeKind::Accepted, viewer.member_slug.as_str());
    group_changes::append(conn, group.id, (now, viewer), accepted, (rights, None))?;
    Ok((group, rights))
}

/// Declines. Whoever sent the invitation is not told.
pub fn decline_invitation(
    conn: &mut Conn,
    now: Timestamp,
    viewer: &Viewer,
    id: GroupInvitationId,
) -> Result<(), GroupError> {
    let (invitation, _, _) = open(conn, now, viewer, id)?;
    Ok(group_invitations::decline(conn, &invitation, now, &viewer.actor())?)
}

/// An invitation that the viewer's member may still answer, under the lock.
fn open(
    conn: &mut Conn,
    now: Timestamp,
    viewer: &Viewer,
    id: GroupInvitationId,
) -> Result<(GroupInvitation, Group, Rights), GroupError> {
    groups::lock_for_making(conn)?;
    let all = group_invitations::open_for(conn, viewer, now)?.into_iter();
    let mut offers = all.filter_map(|(one, group, _)| Some((offer(viewer.kind, one.rights())?, one, group)));
    let found = offers.find(|(_, one, _)| one.id == id);
    found.map(|(rights, one, group)| (one, group, rights)).ok_or(GroupError::NotFound)
}
