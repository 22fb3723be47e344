//! What became of each event at a webhook.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::{Shared, answer_page, page};
use crate::delivery::message_id;
use crate::domain::id::WebhookId;
use crate::domain::time::Timestamp;
use crate::domain::webhook::{DeliveryState, Failure};
use crate::http::caller::{Caller, ManageWebhooks};
use crate::http::cursor::Cursors;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::store::deliveries::{self, Delivery};
use crate::store::webhooks;

page!(
    /// A page of deliveries, the last event first.
    DeliveryPage of DeliveryOut
);

/// What to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveryParams {
    pub cursor: Option<String>,
    /// 1 to 200; 50 by default.
    pub limit: Option<i64>,
    /// Only those in this state; `dead` lists the dead letters.
    pub state: Option<String>,
}

/// What became of an event.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryOut {
    /// Of the event in its feed.
    pub number: i64,
    /// The `webhook-id` of its message.
    pub message_id: String,
    pub state: DeliveryState,
    /// Ever made, replays included.
    pub attempts: i32,
    pub first_attempt_at: Timestamp,
    pub last_attempt_at: Timestamp,
    /// The HTTP status of the last attempt, if there was an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<i32>,
    /// Why the last attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

impl From<Delivery> for DeliveryOut {
    fn from(row: Delivery) -> Self {
        Self {
            number: row.number,
            message_id: message_id(row.webhook_id, row.number),
            state: row.state,
            attempts: row.attempts,
            first_attempt_at: row.first_at,
            last_attempt_at: row.last_at,
            status: row.status,
            failure: row.failure,
        }
    }
}

/// Lists what became of the last 10,000 events, the last one first.
#[utoipa::path(tag = "webhooks", security(("bearer" = [])), params(("id" = WebhookId, Path), DeliveryParams),
    responses((status = 200, body = DeliveryPage)))]
#[get("/v1/webhooks/{id}/deliveries")]
pub async fn list_deliveries(
    app: Shared,
    caller: Caller<ManageWebhooks>,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let id: WebhookId = body::id(&id)?;
    let params: DeliveryParams = body::parameters(&request)?;
    let limit = body::limit(params.limit, 50, 200)?;
    let state = params.state.as_deref().map(|name| {
        let names = || format!("One of: {}.", DeliveryState::names());
        DeliveryState::parse_name(name).ok_or_else(|| Problem::bad_parameter("state", "not_allowed", names()))
    });
    let state = state.transpose()?;
    let list = format!("deliveries {id} {state:?}");
    let cursors = Cursors::new(&app.cursor_key, &caller.viewer, &list);
    let before: Option<i64> = params.cursor.map(|cursor| cursors.open(&cursor)).transpose()?;
    let viewer = caller.viewer.clone();
    let found = blocking::read(&app, move |conn| {
        if webhooks::find(conn, &viewer, id)?.is_none() {
            return Ok(None);
        }
        deliveries::of_webhook(conn, &viewer, id, state, before, limit + 1).map(Some)
    });
    let mut found = found.await?.ok_or_else(Problem::not_found)?;
    let more = found.len() as i64 > limit;
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = found.last().filter(|_| more).map(|last| cursors.seal(&last.number));
    let page = DeliveryPage { items: found.into_iter().map(DeliveryOut::from).collect(), next };
    Ok(answer_page(&request, &page, page.next.as_deref()))
}
