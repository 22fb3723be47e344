//! Lists webhooks.

use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::WebhookOut;
use crate::api::Shared;
use crate::http::blocking;
use crate::http::caller::{Caller, ManageWebhooks};
use crate::http::problem::Problem;
use crate::store::webhooks;

/// All webhooks of a member; there are 20 at most.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookList {
    pub items: Vec<WebhookOut>,
}

/// Lists the webhooks of the caller's member, the oldest first.
#[utoipa::path(tag = "webhooks", security(("bearer" = [])), responses((status = 200, body = WebhookList)))]
#[get("/v1/webhooks")]
pub async fn list_webhooks(app: Shared, caller: Caller<ManageWebhooks>) -> Result<HttpResponse, Problem> {
    let found = blocking::read(&app, move |conn| webhooks::of_viewer(conn, &caller.viewer)).await?;
    Ok(HttpResponse::Ok().json(WebhookList { items: found.into_iter().map(WebhookOut::from).collect() }))
}
