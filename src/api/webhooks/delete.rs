//! Deletes a webhook.

use actix_web::{HttpResponse, delete, web};

use crate::api::Shared;
use crate::domain::id::WebhookId;
use crate::http::caller::{Caller, ManageWebhooks};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::keep_webhooks;

/// Deletes a webhook with its record. An event that is on its way may still come.
#[utoipa::path(tag = "webhooks", security(("bearer" = [])), params(("id" = WebhookId, Path)),
    responses((status = 204, description = "Deleted")))]
#[delete("/v1/webhooks/{id}")]
pub async fn delete_webhook(
    app: Shared,
    caller: Caller<ManageWebhooks>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: WebhookId = body::id(&id)?;
    let found =
        blocking::write(&app, move |conn| keep_webhooks::delete_webhook(conn, &caller.viewer, id)).await?;
    if found { Ok(HttpResponse::NoContent().finish()) } else { Err(Problem::not_found()) }
}
