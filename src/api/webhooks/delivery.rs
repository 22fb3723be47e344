//! What became of one event at a webhook, attempt by attempt.

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::deliveries::DeliveryOut;
use crate::api::Shared;
use crate::domain::id::WebhookId;
use crate::domain::time::Timestamp;
use crate::domain::webhook::Failure;
use crate::http::caller::{Caller, ManageWebhooks};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::store::deliveries::{self, LoggedAttempt};

/// One attempt to deliver an event.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttemptOut {
    /// Which of the event's it was, from 1, replays included.
    pub attempt: i32,
    /// When it ended.
    pub at: Timestamp,
    pub delivered: bool,
    /// The HTTP status, if there was an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<i32>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
}

/// What became of an event, with each attempt.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoggedDeliveryOut {
    #[serde(flatten)]
    pub delivery: DeliveryOut,
    /// Its last 50 attempts, the first of them first.
    pub log: Vec<AttemptOut>,
}

impl From<LoggedAttempt> for AttemptOut {
    fn from(row: LoggedAttempt) -> Self {
        Self {
            attempt: row.attempt,
            at: row.at,
            delivered: row.failure.is_none(),
            status: row.status,
            failure: row.failure,
            took_ms: row.took_ms,
        }
    }
}

/// What became of one event at a webhook, attempt by attempt.
#[utoipa::path(tag = "webhooks", security(("bearer" = [])),
    params(("id" = WebhookId, Path), ("number" = i64, Path, description = "Of the event in its feed")),
    responses((status = 200, body = LoggedDeliveryOut)))]
#[get("/v1/webhooks/{id}/deliveries/{number}")]
pub async fn find_delivery(
    app: Shared,
    caller: Caller<ManageWebhooks>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (id, number) = path.into_inner();
    let id: WebhookId = body::id(&id)?;
    let number: i64 = body::id(&number)?;
    let found =
        blocking::read(&app, move |conn| deliveries::logged(conn, &caller.viewer, id, number)).await?;
    let (delivery, attempts) = found.ok_or_else(Problem::not_found)?;
    let log = attempts.into_iter().map(AttemptOut::from).collect();
    Ok(HttpResponse::Ok().json(LoggedDeliveryOut { delivery: delivery.into(), log }))
}
