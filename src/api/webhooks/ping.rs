//! Tries a webhook out.

use actix_web::{HttpResponse, post, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::Shared;
use crate::domain::id::WebhookId;
use crate::domain::webhook::Failure;
use crate::http::caller::{Caller, ManageWebhooks};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::store::webhooks;

/// How a message was received.
#[derive(Debug, Serialize, ToSchema)]
pub struct PingOut {
    pub delivered: bool,
    /// The HTTP status, if it answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// Sends a message of the type `ping`, once, and says how it was received. It is sent to a disabled webhook too, and
/// changes nothing.
#[utoipa::path(tag = "webhooks", security(("bearer" = [])), params(("id" = WebhookId, Path)),
    responses((status = 200, body = PingOut)))]
#[post("/v1/webhooks/{id}/ping")]
pub async fn ping_webhook(
    app: Shared,
    caller: Caller<ManageWebhooks>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: WebhookId = body::id(&id)?;
    let found = blocking::read(&app, move |conn| webhooks::find(conn, &caller.viewer, id)).await?;
    let (webhook, group) = found.ok_or_else(Problem::not_found)?;
    let Ok(_permit) = app.ping_permits.try_acquire() else { return Err(Problem::busy()) };
    let attempt = app.webhooks.ping(&webhook, &group).await;
    let out =
        PingOut { delivered: attempt.failure.is_none(), status: attempt.status, failure: attempt.failure };
    Ok(HttpResponse::Ok().json(out))
}
