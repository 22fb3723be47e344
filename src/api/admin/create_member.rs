//! Takes a member into the alliance.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::MemberOut;
use crate::api::Shared;
use crate::domain::fault::Fault;
use crate::http::caller::{Caller, Operate};
use crate::http::problem::{Kind, Problem};
use crate::http::{blocking, body};
use crate::ops::create_member::{NewMember, create_member as create};

/// A member to take in.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MemberForm {
    /// For URLs and group names; of a platform, the slug that storefronts are known by (`taobao`).
    #[schema(required = true, example = "acme")]
    pub slug: Option<String>,
    #[schema(required = true)]
    pub name: Option<String>,
    #[schema(required = true, example = "brand")]
    pub kind: Option<String>,
}

/// Takes a member in. A platform gets its drop box with it.
#[utoipa::path(tag = "admin", security(("bearer" = [])), request_body = MemberForm,
    responses((status = 201, body = MemberOut)))]
#[post("/v1/admin/members")]
pub async fn create_member(
    app: Shared,
    _caller: Caller<Operate>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let form: MemberForm = body::form(&request, payload).await?;
    let new = NewMember::parse(form.slug, form.name, form.kind).map_err(Problem::invalid)?;
    let (ids, now) = (app.ids.clone(), app.now());
    let member = blocking::write(&app, move |conn| create(conn, ids.as_ref(), now, &new)).await;
    app.directory.forget();
    match member {
        Ok(member) => Ok(HttpResponse::Created().json(MemberOut::from(member))),
        Err(problem) if problem.is(Kind::CONFLICT) => Err(Problem::new(
            Kind::CONFLICT,
            "There is a member with this slug.",
        )
        .with(Fault::new("/slug", "taken", "There is a member with this slug."))),
        Err(problem) => Err(problem),
    }
}
