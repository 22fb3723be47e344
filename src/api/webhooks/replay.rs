//! Sends events again.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::WebhookOut;
use crate::api::Shared;
use crate::domain::fault::Faults;
use crate::domain::id::WebhookId;
use crate::http::caller::{Caller, ManageWebhooks};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::keep_webhooks;

/// From where.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReplayForm {
    /// The number of an event of the feed: those after it are sent.
    #[schema(required = true)]
    pub since: Option<i64>,
}

/// Sends what came after an event once more, and goes on from there. Each event has the id that it had before.
#[utoipa::path(tag = "webhooks", security(("bearer" = [])), params(("id" = WebhookId, Path)),
    request_body = ReplayForm, responses((status = 200, body = WebhookOut)))]
#[post("/v1/webhooks/{id}/replay")]
pub async fn replay_webhook(
    app: Shared,
    caller: Caller<ManageWebhooks>,
    id: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let reading = body::reading::<ReplayForm>(&request, payload).await?;
    let mut faults = Faults::starting_with(reading.faults);
    let since = faults.required(reading.form.unwrap_or_default().since, "/since");
    let since = faults.or(since).map_err(Problem::invalid)?;
    let id: WebhookId = body::id(&id)?;
    let now = app.now();
    let moved =
        blocking::write(&app, move |conn| keep_webhooks::replay(conn, now, &caller.viewer, id, since))
            .await?;
    app.webhooks.ring();
    Ok(HttpResponse::Ok().json(WebhookOut::from(moved)))
}
