//! What became of what was posted. Nothing can be posted, so there is nothing to tell.

use actix_web::{HttpResponse, get};

use super::answer::Asker;
use super::failure::Failure;
use crate::http::caller::ReadFeed;
use crate::http::problem::Problem;

/// Finds no status: no collection can be written.
#[utoipa::path(tag = "taxii", path = "/taxii2/groups/status/{id}/", security(("bearer" = []), ("basic" = [])),
    params(("id" = String, Path)), responses((status = 404, description = "There is none")))]
#[get("/taxii2/groups/status/{id}{slash:/?}")]
pub async fn find_status(_: Asker<ReadFeed>) -> Result<HttpResponse, Failure> {
    Err(Problem::not_found().into())
}
