//! Sends a dead letter once more.

use actix_web::{HttpResponse, post, web};

use super::deliveries::DeliveryOut;
use crate::api::Shared;
use crate::domain::id::WebhookId;
use crate::http::caller::{Caller, ManageWebhooks};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::keep_webhooks::recall;

/// Sends an event that was put aside once more, before what comes next. If it fails it is put aside again.
#[utoipa::path(tag = "webhooks", security(("bearer" = [])),
    params(("id" = WebhookId, Path), ("number" = i64, Path, description = "Of the event in its feed")),
    responses((status = 202, body = DeliveryOut)))]
#[post("/v1/webhooks/{id}/deliveries/{number}/retry")]
pub async fn retry_delivery(
    app: Shared,
    caller: Caller<ManageWebhooks>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (id, number) = path.into_inner();
    let id: WebhookId = body::id(&id)?;
    let number: i64 = body::id(&number)?;
    let now = app.now();
    let recalled = blocking::write(&app, move |conn| recall(conn, now, &caller.viewer, id, number)).await?;
    app.webhooks.ring();
    Ok(HttpResponse::Accepted().json(DeliveryOut::from(recalled)))
}
