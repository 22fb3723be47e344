//! Makes a webhook.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{WebhookWithSecret, url};
use crate::api::Shared;
use crate::domain::fault::Faults;
use crate::http::caller::{Caller, ManageWebhooks};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::keep_webhooks::{self, NewWebhook};
use crate::store::groups;

/// A webhook to make.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WebhookForm {
    /// Of https, at port 443 or 8443, on the public Internet.
    #[schema(required = true, example = "https://hooks.example.com/touchstone")]
    pub url: Option<String>,
    /// Slug of a group that you read.
    #[schema(required = true, example = "alliance")]
    pub group: Option<String>,
    /// The number of the event after which to begin: 0 sends all. Without it only what comes is sent.
    pub since: Option<i64>,
}

/// Has the events of a group's feed sent to a URL.
#[utoipa::path(tag = "webhooks", security(("bearer" = [])), request_body = WebhookForm,
    responses((status = 201, body = WebhookWithSecret)))]
#[post("/v1/webhooks")]
pub async fn create_webhook(
    app: Shared,
    caller: Caller<ManageWebhooks>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let reading = body::reading::<WebhookForm>(&request, payload).await?;
    let mut faults = Faults::starting_with(reading.faults);
    let form = reading.form.unwrap_or_default();
    let url = faults.required(form.url, "/url").and_then(|text| url(&app, &text, &mut faults));
    let group = faults.required(form.group, "/group");
    let viewer = caller.viewer;
    if let Some(slug) = group.clone() {
        let asker = viewer.clone();
        let seated = blocking::read(&app, move |conn| groups::seat(conn, &asker, &slug)).await?;
        if !seated.is_some_and(|(_, seat)| seat.rights.read) {
            faults.add("/group", "unknown_group", "There is no such group that you read.");
        }
    }
    let new = url.zip(group).map(|(url, group)| NewWebhook { url, group, since: form.since });
    let new = faults.or(new).map_err(Problem::invalid)?;
    let (ids, now, group) = (app.ids.clone(), app.now(), new.group.clone());
    let made = blocking::write(&app, move |conn| {
        keep_webhooks::create_webhook(conn, ids.as_ref(), now, &viewer, &new)
    });
    let made = made.await?;
    app.webhooks.ring();
    Ok(HttpResponse::Created().json(WebhookWithSecret::from((made, group))))
}
