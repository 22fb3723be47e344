//! What became of what was posted.

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, get};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Shared;
use super::answer::{Asker, TAXII};
use super::failure::Failure;
use crate::domain::exchange::Told;
use crate::domain::id::StatusId;
use crate::domain::time::Timestamp;
use crate::http::blocking;
use crate::http::caller::WriteReports;
use crate::http::problem::Problem;
use crate::store::{StoreError, statuses};

/// What became of objects that were posted together (TAXII 2.1 §4.3.1). It is complete from the first: nothing is
/// answered before all that was taken is durable.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusResource {
    #[schema(format = "uuid")]
    pub id: String,
    pub status: &'static str,
    pub request_timestamp: Timestamp,
    pub total_count: usize,
    pub success_count: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub successes: Vec<StatusDetail>,
    pub failure_count: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<StatusDetail>,
    pub pending_count: usize,
}

/// What became of one object.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusDetail {
    pub id: String,
    /// Of an object without versions, when it came.
    pub version: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// Reads what became of objects that the caller's member posted; for a day.
#[utoipa::path(tag = "taxii", path = "/taxii2/groups/status/{id}/", security(("bearer" = []), ("basic" = [])),
    params(("id" = String, Path)),
    responses((status = 200, body = StatusResource, content_type = "application/taxii+json;version=2.1")))]
#[get("/taxii2/groups/status/{id}{slash:/?}")]
pub async fn find_status(
    app: Shared,
    asker: Asker<WriteReports>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let id = request.match_info().get("id").unwrap_or_default();
    let id = Uuid::try_parse(id).map_err(|_| Problem::not_found())?;
    let (viewer, id) = (asker.viewer, StatusId(id.into_bytes()));
    let found = blocking::read(&app, move |conn| {
        let status = statuses::find(conn, &viewer, id)?;
        status.map(|status| Ok::<_, StoreError>((status.at, status.told()?))).transpose()
    });
    let (at, told) = found.await?.ok_or_else(Problem::not_found)?;
    status_of(HttpResponse::Ok(), (id, at), told)
}

/// Answers with a status.
pub fn status_of(
    mut response: HttpResponseBuilder,
    (id, at): (StatusId, Timestamp),
    told: Vec<Told>,
) -> Result<HttpResponse, Failure> {
    let total_count = told.len();
    let detail = |one: Told| StatusDetail { id: one.id, version: one.version, message: one.failure };
    let (successes, failures): (Vec<_>, Vec<_>) =
        told.into_iter().map(detail).partition(|one| one.message.is_none());
    let resource = StatusResource {
        id: Uuid::from_bytes(*id.as_bytes()).to_string(),
        status: "complete",
        request_timestamp: at,
        total_count,
        success_count: successes.len(),
        successes,
        failure_count: failures.len(),
        failures,
        pending_count: 0,
    };
    let text = serde_json::to_string(&resource).map_err(|error| Problem::internal(&error))?;
    Ok(response.content_type(TAXII).body(text))
}
