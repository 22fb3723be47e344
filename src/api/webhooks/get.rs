//! One webhook.

use actix_web::{HttpResponse, get, web};

use super::WebhookOut;
use crate::api::Shared;
use crate::domain::id::WebhookId;
use crate::http::caller::{Caller, ManageWebhooks};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::store::webhooks;

/// One webhook of the caller's member.
#[utoipa::path(tag = "webhooks", security(("bearer" = [])), params(("id" = WebhookId, Path)),
    responses((status = 200, body = WebhookOut)))]
#[get("/v1/webhooks/{id}")]
pub async fn find_webhook(
    app: Shared,
    caller: Caller<ManageWebhooks>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: WebhookId = body::id(&id)?;
    let found = blocking::read(&app, move |conn| webhooks::find(conn, &caller.viewer, id)).await?;
    Ok(HttpResponse::Ok().json(WebhookOut::from(found.ok_or_else(Problem::not_found)?)))
}
