//! What the caller's member is invited into.

use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::Shared;
use crate::domain::id::GroupInvitationId;
use crate::domain::membership::offer;
use crate::domain::time::Timestamp;
use crate::http::blocking;
use crate::http::caller::{Caller, ManageGroups};
use crate::http::problem::Problem;
use crate::store::group_invitations;

/// An invitation of the caller's member, with what it must know to decide.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceivedInvitation {
    pub id: GroupInvitationId,
    /// Slug of the group.
    pub group: String,
    pub name: String,
    pub description: String,
    pub includes_alliance: bool,
    /// Whether every member will be told that the caller's is one; the keepers are in any case.
    pub members_named: bool,
    /// Slug of the keeper that invites.
    pub invited_by: String,
    pub invited_by_name: String,
    pub contribute: bool,
    pub read: bool,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// What the caller's member can accept or decline.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceivedInvitations {
    pub items: Vec<ReceivedInvitation>,
}

/// Lists the invitations that the caller's member can accept or decline, the oldest first.
#[utoipa::path(tag = "groups", security(("bearer" = [])), responses((status = 200, body = ReceivedInvitations)))]
#[get("/v1/group-invitations")]
pub async fn list_group_invitations(
    app: Shared,
    caller: Caller<ManageGroups>,
) -> Result<HttpResponse, Problem> {
    let (viewer, now) = (caller.viewer, app.now());
    let kind = viewer.kind;
    let open = blocking::read(&app, move |conn| group_invitations::open_for(conn, &viewer, now)).await?;
    let offered = open.into_iter().filter_map(|(invitation, group, keeper)| {
        let rights = offer(kind, invitation.rights())?;
        Some(ReceivedInvitation {
            id: invitation.id,
            group: group.slug,
            name: group.name,
            description: group.description,
            includes_alliance: group.includes_alliance,
            members_named: group.members_named,
            invited_by: keeper.slug,
            invited_by_name: keeper.name,
            contribute: rights.contribute,
            read: rights.read,
            created_at: invitation.created_at,
            expires_at: invitation.expires_at,
        })
    });
    Ok(HttpResponse::Ok().json(ReceivedInvitations { items: offered.collect() }))
}
