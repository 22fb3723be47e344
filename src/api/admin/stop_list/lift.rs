//! Lets a stopped value link again.

use actix_web::{HttpResponse, post, web};

use super::StopOut;
use crate::api::Shared;
use crate::domain::id::StopId;
use crate::http::caller::{Caller, Operate};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::keep_stop_list::lift;

/// Lifts an entry: the value links again as if it had never been stopped. The entry stays on record, with when and
/// who. Twice is as once.
#[utoipa::path(tag = "admin", security(("bearer" = [])), params(("id" = StopId, Path)),
    responses((status = 200, body = StopOut)))]
#[post("/v1/admin/stop-list/{id}/lift")]
pub async fn lift_stop(
    app: Shared,
    caller: Caller<Operate>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: StopId = body::id(&id)?;
    let (now, actor) = (app.now(), caller.viewer.actor());
    let lifted = blocking::write(&app, move |conn| lift(conn, now, &actor, id)).await?;
    let lifted = lifted.ok_or_else(Problem::not_found)?;
    app.wake_resolver();
    Ok(HttpResponse::Ok().json(StopOut::from(lifted)))
}
