//! Makes a sharing group.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{GroupOut, group_out};
use crate::api::Shared;
use crate::domain::fault::{Fault, Faults};
use crate::domain::group::Rights;
use crate::domain::id::MemberId;
use crate::http::caller::{Caller, Operate};
use crate::http::problem::{Kind, Problem};
use crate::http::{blocking, body};
use crate::ops::create_group::{CreateGroupError, NewGroup, create_group as create};
use crate::store::groups;

/// A group to make.
#[derive(Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GroupForm {
    #[schema(required = true, example = "luxury-watches")]
    pub slug: Option<String>,
    #[schema(required = true)]
    pub name: Option<String>,
    /// Whether the group's pool also holds what is shared with `alliance`.
    pub includes_alliance: bool,
    #[schema(required = false)]
    pub members: Vec<GroupMemberForm>,
}

/// A member with its rights.
#[derive(Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GroupMemberForm {
    #[schema(required = true)]
    pub member_id: Option<String>,
    pub contribute: bool,
    pub read: bool,
}

/// Makes a sharing group.
#[utoipa::path(tag = "admin", security(("bearer" = [])), request_body = GroupForm,
    responses((status = 201, body = GroupOut)))]
#[post("/v1/admin/groups")]
pub async fn create_group(
    app: Shared,
    _caller: Caller<Operate>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let form: GroupForm = body::form(&request, payload).await?;
    let members = members(form.members).map_err(Problem::invalid)?;
    let new =
        NewGroup::parse(form.slug, form.name, form.includes_alliance, members).map_err(Problem::invalid)?;
    let (ids, now) = (app.ids.clone(), app.now());
    let made = blocking::write(&app, move |conn| {
        let group = create(conn, ids.as_ref(), now, &new)?;
        let listed = groups::listed(conn, group.id)?;
        Ok::<_, CreateGroupError>(group_out(group, listed))
    })
    .await;
    app.directory.forget();
    match made {
        Ok(group) => Ok(HttpResponse::Created().json(group)),
        Err(problem) if problem.is(Kind::CONFLICT) => {
            let detail = "There is a group with this slug.";
            Err(Problem::new(Kind::CONFLICT, detail).with(Fault::new("/slug", "taken", detail)))
        }
        Err(problem) => Err(problem),
    }
}

fn members(forms: Vec<GroupMemberForm>) -> Result<Vec<(MemberId, Rights)>, Vec<Fault>> {
    let mut faults = Faults::default();
    let mut members = Vec::new();
    for (index, form) in forms.into_iter().enumerate() {
        let at = format!("/members/{index}/member_id");
        let Some(id) = faults.required(form.member_id, &at) else { continue };
        match id.parse() {
            Ok(id) => members.push((id, Rights { contribute: form.contribute, read: form.read })),
            Err(_) => faults.add(at, "unknown_member", "There is no such member."),
        }
    }
    faults.or(Some(members))
}
