//! Invites a member into a group, and takes the invitation back.

use super::keep_group::{Contradiction, GroupError, admit_to_change};
use crate::domain::group::Rights;
use crate::domain::id::{GroupInvitationId, MakeIds};
use crate::domain::membership::{Act, ChangeKind, INVITATION_DAYS, InvitationState, PENDING_MAX};
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;
use crate::store::group_invitations::{self, GroupInvitation};
use crate::store::{Conn, group_changes, groups};

/// Whom to invite, checked: a slug, of which there may be no member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitee {
    pub member_slug: String,
    pub rights: Rights,
}

/// Invites whoever has this slug. Whether somebody has it is not looked at, so nothing can depend on it.
pub fn invite_member(
    conn: &mut Conn,
    ids: &dyn MakeIds,
    now: Timestamp,
    viewer: &Viewer,
    slug: &str,
    invitee: &Invitee,
) -> Result<GroupInvitation, GroupError> {
    let (group, _) = admit_to_change(conn, viewer, slug, Act::Invite)?;
    let pending = group_invitations::pending_of_group(conn, group.id, now)?;
    if groups::seated(conn, &group)?.iter().any(|(member, _)| member.slug == invitee.member_slug) {
        return Err(Contradiction::InGroup.into());
    }
    if pending.iter().any(|one| one.member_slug == invitee.member_slug) {
        return Err(Contradiction::Invited.into());
    }
    if pending.len() >= PENDING_MAX {
        return Err(Contradiction::TooManyPending.into());
    }
    let (slug, at) = (invitee.member_slug.as_bytes(), now.micros().to_be_bytes());
    let id = ids.make(&[b"group-invitation", group.id.as_bytes(), slug, &at]);
    let invitation = GroupInvitation {
        group_id: group.id,
        id: GroupInvitationId(id),
        member_slug: invitee.member_slug.clone(),
        contribute: invitee.rights.contribute,
        read: invitee.rights.read,
        invited_by: viewer.member,
        created_at: now,
        expires_at: now.plus_seconds(INVITATION_DAYS * 86_400),
        accepted_at: None,
        revoked_at: None,
        declined_at: None,
        declined_by: None,
    };
    group_invitations::insert(conn, &invitation)?;
    let invited = (ChangeKind::Invited, invitation.member_slug.as_str());
    group_changes::append(conn, group.id, (now, viewer), invited, (invitee.rights, None))?;
    Ok(invitation)
}

/// Takes an invitation back; twice is as once. What was accepted is a membership, and over is over.
pub fn revoke_invitation(
    conn: &mut Conn,
    now: Timestamp,
    viewer: &Viewer,
    (slug, id): (&str, GroupInvitationId),
) -> Result<(), GroupError> {
    let (group, _) = admit_to_change(conn, viewer, slug, Act::Invite)?;
    let invitation = group_invitations::find(conn, group.id, id)?.ok_or(GroupError::NotFound)?;
    match invitation.state(now) {
        InvitationState::Revoked => return Ok(()),
        InvitationState::Accepted | InvitationState::Expired => return Err(Contradiction::Over.into()),
        InvitationState::Pending => {}
    }
    group_invitations::revoke(conn, &invitation, now)?;
    let revoked = (ChangeKind::Revoked, invitation.member_slug.as_str());
    Ok(group_changes::append(conn, group.id, (now, viewer), revoked, (invitation.rights(), None))?)
}
