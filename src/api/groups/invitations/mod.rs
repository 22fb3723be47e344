//! Invitations into a group, for its keepers.

pub mod create;
pub mod list;
pub mod revoke;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::id::GroupInvitationId;
use crate::domain::membership::InvitationState;
use crate::domain::time::Timestamp;
use crate::store::group_invitations::GroupInvitation;

/// An invitation as the keepers see it: the same whether there is a member of this slug or not, until it accepts.
#[derive(Debug, Serialize, ToSchema)]
pub struct SentInvitation {
    pub id: GroupInvitationId,
    /// The slug that was given.
    pub member: String,
    pub contribute: bool,
    pub read: bool,
    /// `pending` also where it was declined.
    pub state: InvitationState,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

fn sent(invitation: GroupInvitation, now: Timestamp) -> SentInvitation {
    SentInvitation {
        state: invitation.state(now),
        id: invitation.id,
        member: invitation.member_slug,
        contribute: invitation.contribute,
        read: invitation.read,
        created_at: invitation.created_at,
        expires_at: invitation.expires_at,
    }
}
