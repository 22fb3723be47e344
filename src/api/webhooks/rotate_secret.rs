//! Gives a webhook a new secret.

use actix_web::{HttpResponse, post, web};

use super::WebhookWithSecret;
use crate::api::Shared;
use crate::domain::id::WebhookId;
use crate::http::caller::{Caller, ManageWebhooks};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::keep_webhooks;

/// Gives it a new secret. For a day the old one signs along, so that receivers can be changed one after the other.
#[utoipa::path(tag = "webhooks", security(("bearer" = [])), params(("id" = WebhookId, Path)),
    responses((status = 200, body = WebhookWithSecret)))]
#[post("/v1/webhooks/{id}/rotate-secret")]
pub async fn rotate_webhook_secret(
    app: Shared,
    caller: Caller<ManageWebhooks>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: WebhookId = body::id(&id)?;
    let now = app.now();
    let rotated =
        blocking::write(&app, move |conn| keep_webhooks::rotate_secret(conn, now, &caller.viewer, id))
            .await?;
    Ok(HttpResponse::Ok().json(WebhookWithSecret::from(rotated)))
}
