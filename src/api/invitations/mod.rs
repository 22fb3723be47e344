//! Invitations to become a user.

pub mod accept;
pub mod create;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::id::{InvitationId, MemberId, UserId};
use crate::domain::member::Role;
use crate::domain::time::Timestamp;
use crate::store::invitations::Invitation;

/// Whom to invite.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct InvitationForm {
    /// If given, only this address may accept.
    pub email: Option<String>,
    #[schema(required = true, example = "analyst")]
    pub role: Option<String>,
}

/// An invitation with its token, which is shown this once.
#[derive(Serialize, ToSchema)]
pub struct InvitationOut {
    pub id: InvitationId,
    pub member_id: MemberId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    pub role: Role,
    pub expires_at: Timestamp,
    /// Hand this over; `POST /v1/invitations/accept` takes it.
    pub token: String,
}

/// The new user.
#[derive(Serialize, ToSchema)]
pub struct AcceptedOut {
    pub user_id: UserId,
    pub member_id: MemberId,
    pub email: String,
    pub role: Role,
}

pub(super) fn invitation_out(invitation: Invitation, token: &SecretString) -> InvitationOut {
    InvitationOut {
        id: invitation.id,
        member_id: invitation.member_id,
        email: Some(invitation.email.text().into_owned()).filter(|email| !email.is_empty()),
        role: invitation.role,
        expires_at: invitation.expires_at,
        token: token.expose_secret().to_owned(),
    }
}
