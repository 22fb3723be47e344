//! What is here: discovery and the one API root.

use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::ROOT;
use super::answer::{Asker, TAXII, resource};
use super::failure::Failure;
use crate::http::caller::Anyone;

/// The API roots of the server.
#[derive(Debug, Serialize, ToSchema)]
pub struct Discovery {
    pub title: &'static str,
    pub description: &'static str,
    pub default: &'static str,
    pub api_roots: [&'static str; 1],
}

/// An API root.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiRoot {
    pub title: &'static str,
    pub description: &'static str,
    pub versions: [&'static str; 1],
    /// Bytes of a body at most.
    pub max_content_length: usize,
}

/// Names the API root.
#[utoipa::path(tag = "taxii", path = "/taxii2/", security(("bearer" = []), ("basic" = [])),
    responses((status = 200, body = Discovery, content_type = "application/taxii+json;version=2.1")))]
#[get("/taxii2{slash:/?}")]
pub async fn discover(_: Asker<Anyone>) -> Result<HttpResponse, Failure> {
    resource(&Discovery {
        title: "Touchstone",
        description: "Sellers that members of the alliance reported, as the caller may see them.",
        default: ROOT,
        api_roots: [ROOT],
    })
}

/// Describes the API root.
#[utoipa::path(tag = "taxii", path = "/taxii2/groups/", security(("bearer" = []), ("basic" = [])),
    responses((status = 200, body = ApiRoot, content_type = "application/taxii+json;version=2.1")))]
#[get("/taxii2/groups{slash:/?}")]
pub async fn find_api_root(_: Asker<Anyone>) -> Result<HttpResponse, Failure> {
    resource(&ApiRoot {
        title: "Sharing groups",
        description: "A collection for each sharing group that the caller reads.",
        versions: [TAXII],
        max_content_length: crate::http::body::BODY_BYTES_MAX,
    })
}
