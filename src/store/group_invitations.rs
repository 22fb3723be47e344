//! Invitations of members into groups. They name a slug, of which there may be no member.

use diesel::prelude::*;

use super::schema::{group_invitations, members, sharing_groups};
use super::{Conn, Result};
use crate::domain::group::Rights;
use crate::domain::id::{GroupId, GroupInvitationId, MemberId};
use crate::domain::membership::InvitationState;
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;
use crate::store::groups::Group;
use crate::store::members::Member;

/// One row of `group_invitations`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = group_invitations, treat_none_as_default_value = false)]
pub struct GroupInvitation {
    pub group_id: GroupId,
    pub id: GroupInvitationId,
    pub member_slug: String,
    pub contribute: bool,
    pub read: bool,
    pub invited_by: MemberId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub accepted_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    /// Not for who sent it.
    pub declined_at: Option<Timestamp>,
    pub declined_by: Option<String>,
}

impl GroupInvitation {
    pub const fn rights(&self) -> Rights {
        Rights { contribute: self.contribute, read: self.read }
    }

    /// Where it stands, for who sent it.
    pub fn state(&self, now: Timestamp) -> InvitationState {
        match self {
            Self { accepted_at: Some(_), .. } => InvitationState::Accepted,
            Self { revoked_at: Some(_), .. } => InvitationState::Revoked,
            Self { expires_at, .. } if *expires_at <= now => InvitationState::Expired,
            _ => InvitationState::Pending,
        }
    }
}

pub fn insert(conn: &mut Conn, invitation: &GroupInvitation) -> Result<()> {
    diesel::insert_into(group_invitations::table).values(invitation.clone()).execute(conn)?;
    Ok(())
}

/// Invitations of a group by id, after this one: for its keepers.
pub fn of_group(
    conn: &mut Conn,
    group: GroupId,
    after: Option<GroupInvitationId>,
    limit: i64,
) -> Result<Vec<GroupInvitation>> {
    let mut query = group_invitations::table
        .filter(group_invitations::group_id.eq(group))
        .select(GroupInvitation::as_select())
        .order(group_invitations::id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(group_invitations::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The invitations of a group that whoever sent them sees as pending.
pub fn pending_of_group(conn: &mut Conn, group: GroupId, now: Timestamp) -> Result<Vec<GroupInvitation>> {
    let query = group_invitations::table
        .filter(group_invitations::group_id.eq(group))
        .filter(group_invitations::accepted_at.is_null())
        .filter(group_invitations::revoked_at.is_null())
        .filter(group_invitations::expires_at.gt(now))
        .select(GroupInvitation::as_select());
    Ok(query.load(conn)?)
}

/// One invitation of a group: for its keepers.
pub fn find(conn: &mut Conn, group: GroupId, id: GroupInvitationId) -> Result<Option<GroupInvitation>> {
    let query = group_invitations::table.find((group, id)).select(GroupInvitation::as_select());
    Ok(query.first(conn).optional()?)
}

/// What the viewer's member can still accept or decline, with the group and who invites, the oldest first.
pub fn open_for(
    conn: &mut Conn,
    viewer: &Viewer,
    now: Timestamp,
) -> Result<Vec<(GroupInvitation, Group, Member)>> {
    let query = group_invitations::table
        .inner_join(sharing_groups::table)
        .inner_join(members::table)
        .filter(group_invitations::member_slug.eq(&viewer.member_slug))
        .filter(group_invitations::accepted_at.is_null())
        .filter(group_invitations::revoked_at.is_null())
        .filter(group_invitations::declined_at.is_null())
        .filter(group_invitations::expires_at.gt(now))
        .select((GroupInvitation::as_select(), Group::as_select(), Member::as_select()))
        .order((group_invitations::created_at, group_invitations::id));
    Ok(query.load(conn)?)
}

pub fn accept(conn: &mut Conn, invitation: &GroupInvitation, now: Timestamp) -> Result<()> {
    diesel::update(group_invitations::table.find((invitation.group_id, invitation.id)))
        .set(group_invitations::accepted_at.eq(now))
        .execute(conn)?;
    Ok(())
}

pub fn revoke(conn: &mut Conn, invitation: &GroupInvitation, now: Timestamp) -> Result<()> {
    diesel::update(group_invitations::table.find((invitation.group_id, invitation.id)))
        .set(group_invitations::revoked_at.eq(now))
        .execute(conn)?;
    Ok(())
}

pub fn decline(conn: &mut Conn, invitation: &GroupInvitation, now: Timestamp, actor: &str) -> Result<()> {
    diesel::update(group_invitations::table.find((invitation.group_id, invitation.id)))
        .set((group_invitations::declined_at.eq(now), group_invitations::declined_by.eq(actor)))
        .execute(conn)?;
    Ok(())
}
