//! Changes a webhook.

use actix_web::{HttpRequest, HttpResponse, patch, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{WebhookOut, url};
use crate::api::Shared;
use crate::domain::fault::Faults;
use crate::domain::id::WebhookId;
use crate::domain::webhook::WebhookState;
use crate::http::caller::{Caller, ManageWebhooks};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::keep_webhooks::{self, Change};

/// What to change; what is not named stays.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WebhookChange {
    pub url: Option<String>,
    /// `active` also takes up again what the server has disabled, where it was.
    pub state: Option<WebhookState>,
}

/// Changes where events are sent to, or whether. What failed before is tried again at once.
#[utoipa::path(tag = "webhooks", security(("bearer" = [])), params(("id" = WebhookId, Path)),
    request_body = WebhookChange, responses((status = 200, body = WebhookOut)))]
#[patch("/v1/webhooks/{id}")]
pub async fn change_webhook(
    app: Shared,
    caller: Caller<ManageWebhooks>,
    id: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let reading = body::reading::<WebhookChange>(&request, payload).await?;
    let mut faults = Faults::starting_with(reading.faults);
    let form = reading.form.unwrap_or_default();
    let url = form.url.and_then(|text| url(&app, &text, &mut faults));
    let change = faults.or(Some(Change { url, state: form.state })).map_err(Problem::invalid)?;
    let id: WebhookId = body::id(&id)?;
    let now = app.now();
    let changed = blocking::write(&app, move |conn| {
        keep_webhooks::change_webhook(conn, now, &caller.viewer, id, &change)
    });
    let changed = changed.await?;
    app.webhooks.ring();
    Ok(HttpResponse::Ok().json(WebhookOut::from(changed)))
}
