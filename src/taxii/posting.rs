//! Takes objects: the reports among them are filed, and a status says what became of each.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, delete, post, web};
use aws_lc_rs::digest::{SHA256, digest};
use uuid::Builder;

use super::Shared;
use super::answer::{Asker, TAXII, is_sent};
use super::collections::{readable_one, writable_one};
use super::failure::Failure;
use super::form::EnvelopeForm;
use super::posted::{Posted, understand};
use super::status::{StatusResource, status_of};
use crate::domain::id::StatusId;
use crate::http::caller::{ReadFeed, WriteReports};
use crate::http::filing::{file, order, terms};
use crate::http::problem::{Kind, Problem};
use crate::http::{blocking, body};
use crate::ops::file_reports::consignment::Consignment;
use crate::ops::file_reports::{Order, Work};

/// Objects that are understood at once; more would keep other requests of the thread waiting.
const AT_ONCE_MAX: usize = 20;

/// Takes objects: a `report` with our extension is filed, revised or, if it is revoked, retracted; what it refers to
/// adds identifiers. 202 means that all that was taken is durable, and the status tells of each object.
#[utoipa::path(tag = "taxii", path = "/taxii2/groups/collections/{collection}/objects/",
    security(("bearer" = []), ("basic" = [])), params(("collection" = String, Path)),
    request_body(content = super::objects::Envelope, content_type = "application/taxii+json;version=2.1"),
    responses((status = 202, body = StatusResource, content_type = "application/taxii+json;version=2.1")))]
#[post("/taxii2/groups/collections/{collection}/objects{slash:/?}")]
pub async fn add_objects(
    app: Shared,
    asker: Asker<WriteReports>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Failure> {
    let bytes = body::bytes(&request, payload).await?;
    let group = writable_one(&app, &asker.viewer, &request).await?;
    if !is_sent(&request) {
        return Err(Problem::new(Kind::UNSUPPORTED_TYPE, format!("Send {TAXII}.")).into());
    }
    let hash = digest(&SHA256, &bytes);
    let reading = body::reading_of::<EnvelopeForm>(&request, bytes).await?;
    let Some(form) = reading.form else { return Err(Problem::invalid(reading.faults).into()) };
    let (terms, at, slug) = (terms(&app, &asker.viewer).await?, app.now(), group.slug);
    let small = form.objects.len() <= AT_ONCE_MAX;
    let read = move || understand(form, reading.faults, at, (&slug, &terms));
    let read = if small { read() } else { blocking::run(read).await? };
    let Posted { reports, objects } = read.map_err(Problem::invalid)?;

    let id = app.ids.make(&[b"status", asker.viewer.member.as_bytes(), hash.as_ref()]);
    let id = StatusId(Builder::from_random_bytes(id).into_uuid().into_bytes());
    let sent = Arc::new(Consignment { id, reports, objects });
    let order = Order { at, ..order(&app, &asker.viewer, Work::Consign(sent.clone())) };
    let outcomes = file(&app, order).await?;
    status_of(HttpResponse::Accepted(), (id, at), sent.told(&outcomes))
}

/// Refuses to delete: a report is taken back by a revoked version of it, or at `/v1/reports`.
#[utoipa::path(tag = "taxii", path = "/taxii2/groups/collections/{collection}/objects/{object}/",
    security(("bearer" = []), ("basic" = [])),
    params(("collection" = String, Path), ("object" = String, Path)),
    responses((status = 403, description = "Nothing is deleted here")))]
#[delete("/taxii2/groups/collections/{collection}/objects/{object}{slash:/?}")]
pub async fn delete_object(
    app: Shared,
    asker: Asker<ReadFeed>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    readable_one(&app, &asker.viewer, &request).await?;
    let detail = "Nothing is deleted here. Post your report revoked, or retract it at /v1/reports.";
    Err(Problem::forbidden(detail).into())
}
