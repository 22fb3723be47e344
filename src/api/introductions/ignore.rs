//! Puts a request aside.

use actix_web::{HttpResponse, post, web};

use super::{ReceivedOut, received_out};
use crate::api::Shared;
use crate::domain::id::IntroductionId;
use crate::http::caller::{AskIntroductions, Caller};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::introduce;

/// Puts a request aside. Who asks is told nothing; it may still be granted. Twice is as once.
#[utoipa::path(tag = "introductions", security(("bearer" = [])), params(("id" = IntroductionId, Path)),
    responses((status = 200, body = ReceivedOut)))]
#[post("/v1/introductions/received/{id}/ignore")]
pub async fn ignore_introduction(
    app: Shared,
    caller: Caller<AskIntroductions>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: IntroductionId = body::id(&id)?;
    let now = app.now();
    let ignored = blocking::write(&app, move |conn| introduce::ignore(conn, now, &caller.viewer, id)).await?;
    Ok(HttpResponse::Ok().json(received_out(ignored)))
}
