//! Lists the caller's own colleagues.

use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use super::UserOut;
use crate::api::{Shared, answer_page, page};
use crate::domain::id::UserId;
use crate::http::caller::{Caller, ManageUsers};
use crate::http::cursor::Cursors;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::store::users;

page!(
    /// A page of users.
    UserPage of UserOut
);

/// Where to begin, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// As `next` of the page before.
    pub cursor: Option<String>,
    /// 1 to 200; 50 by default.
    pub limit: Option<i64>,
}

/// Lists the users of the caller's member.
#[utoipa::path(tag = "access", security(("bearer" = [])), params(ListParams),
    responses((status = 200, body = UserPage)))]
#[get("/v1/users")]
pub async fn list_users(
    app: Shared,
    caller: Caller<ManageUsers>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let params: ListParams = body::parameters(&request)?;
    let limit = body::limit(params.limit, 50, 200)?;
    let cursors = Cursors::new(&app.cursor_key, &caller.viewer, "users");
    let after: Option<UserId> = params.cursor.map(|cursor| cursors.open(&cursor)).transpose()?;
    let viewer = caller.viewer.clone();
    let mut found = blocking::read(&app, move |conn| users::list(conn, &viewer, after, limit + 1)).await?;
    let more = found.len() as i64 > limit;
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = found.last().filter(|_| more).map(|last| cursors.seal(&last.id));
    let page = UserPage { items: found.into_iter().map(UserOut::from).collect(), next };
    Ok(answer_page(&request, &page, page.next.as_deref()))
}
