//! Who is in a group, or how many.

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::Shared;
use crate::domain::membership::{Act, Ruling, Seat, rule};
use crate::http::blocking;
use crate::http::caller::{Anyone, Caller};
use crate::http::problem::Problem;
use crate::ops::keep_group::{GroupError, admit};
use crate::store::groups;
use crate::store::members::Member;

/// A custom group's members, as far as the caller is told.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupMembers {
    pub count: usize,
    /// Whether every member is told who the others are.
    pub members_named: bool,
    /// Whether the caller's member is a keeper.
    pub keeper: bool,
    /// By slug; absent where only the keepers are told who is in the group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<Vec<GroupMember>>,
}

/// A member of a group.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupMember {
    pub slug: String,
    pub name: String,
    pub contribute: bool,
    pub read: bool,
    pub keeper: bool,
}

impl From<(Member, Seat)> for GroupMember {
    fn from((member, seat): (Member, Seat)) -> Self {
        let Seat { rights, keeper } = seat;
        Self {
            slug: member.slug,
            name: member.name,
            contribute: rights.contribute,
            read: rights.read,
            keeper,
        }
    }
}

/// Tells a member of a custom group who is in it, or how many are. To everybody else there is no such group; a
/// built-in group has no list.
#[utoipa::path(tag = "groups", security(("bearer" = [])), params(("group" = String, Path)),
    responses((status = 200, body = GroupMembers)))]
#[get("/v1/groups/{group}/members")]
pub async fn list_group_members(
    app: Shared,
    caller: Caller<Anyone>,
    slug: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let viewer = caller.viewer;
    let members = blocking::read(&app, move |conn| {
        let (group, seat) = admit(conn, &viewer, &slug, Act::SeeMembers)?;
        let named = rule(Act::SeeNames, group.kind, group.members_named, Some(seat)) == Ruling::Allowed;
        let seated = groups::seated(conn, &group)?;
        Ok::<_, GroupError>(GroupMembers {
            count: seated.len(),
            members_named: group.members_named,
            keeper: seat.keeper,
            members: named.then(|| seated.into_iter().map(GroupMember::from).collect()),
        })
    })
    .await?;
    Ok(HttpResponse::Ok().json(members))
}
