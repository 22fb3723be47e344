//! Who the caller is.

use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::id::MemberId;
use crate::domain::member::{MemberKind, Role, Scope};
use crate::domain::viewer::Credential;
use crate::http::caller::{Anyone, Caller};

/// The caller's member and what its credential allows.
#[derive(Serialize, ToSchema)]
pub struct MeOut {
    pub member_id: MemberId,
    pub member_slug: String,
    pub member_name: String,
    pub kind: MemberKind,
    /// User or key id.
    pub credential: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// What the credential may be used for.
    pub scopes: Vec<Scope>,
}

/// Tells who the caller is and what it may do.
#[utoipa::path(tag = "access", security(("bearer" = [])), responses((status = 200, body = MeOut)))]
#[get("/v1/me")]
pub async fn find_me(caller: Caller<Anyone>) -> HttpResponse {
    let viewer = caller.viewer;
    let role = match &viewer.credential {
        Credential::User { role, .. } => Some(*role),
        Credential::Key { .. } | Credential::Unattended => None,
    };
    let scopes = Scope::ALL.iter().copied().filter(|scope| viewer.may(*scope)).collect();
    HttpResponse::Ok().json(MeOut {
        credential: viewer.actor(),
        member_id: viewer.member,
        member_slug: viewer.member_slug,
        member_name: viewer.member_name,
        kind: viewer.kind,
        role,
        scopes,
    })
}
