//! Invites a member into a group.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{SentInvitation, sent};
use crate::api::Shared;
use crate::api::groups::form_for;
use crate::domain::fault::{Fault, Faults};
use crate::domain::group::Rights;
use crate::domain::member::is_slug;
use crate::domain::membership::Act;
use crate::http::blocking;
use crate::http::caller::{Caller, ManageGroups};
use crate::http::problem::Problem;
use crate::ops::invite_member::{Invitee, invite_member};

/// Whom to invite, and what for.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GroupInvitationForm {
    /// The slug of a member.
    #[schema(required = true, example = "acme")]
    pub member: Option<String>,
    /// Whether it may share reports with the group. At least one of the two.
    pub contribute: bool,
    /// Whether it may read the group's pool.
    pub read: bool,
}

/// Invites a member into a group that the caller keeps. The answer does not depend on whether there is a member of
/// this slug.
#[utoipa::path(tag = "groups", security(("bearer" = [])), params(("group" = String, Path)),
    request_body = GroupInvitationForm, responses((status = 201, body = SentInvitation)))]
#[post("/v1/groups/{group}/invitations")]
pub async fn invite_into_group(
    app: Shared,
    caller: Caller<ManageGroups>,
    slug: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (viewer, slug) = (caller.viewer, slug.into_inner());
    let form: GroupInvitationForm = form_for(&app, &viewer, (&slug, Act::Invite), &request, payload).await?;
    let invitee = invitee(form).map_err(Problem::invalid)?;
    let (ids, now) = (app.ids.clone(), app.now());
    let made =
        blocking::write(&app, move |conn| invite_member(conn, ids.as_ref(), now, &viewer, &slug, &invitee))
            .await?;
    Ok(HttpResponse::Created().json(sent(made, now)))
}

fn invitee(form: GroupInvitationForm) -> Result<Invitee, Vec<Fault>> {
    let mut faults = Faults::default();
    let member_slug = faults.required(form.member, "/member").filter(|slug| {
        let good = is_slug(slug);
        if !good {
            faults.add("/member", "malformed", "Use 2 to 63 of a-z, 0-9 and -, not at the ends.");
        }
        good
    });
    let rights = Rights { contribute: form.contribute, read: form.read };
    if !rights.any() {
        faults.add("/read", "required", "Give it at least one of the two rights.");
    }
    faults.or(member_slug.map(|member_slug| Invitee { member_slug, rights }))
}
