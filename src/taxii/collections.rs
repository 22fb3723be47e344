//! Collections: one for each sharing group that the caller reads.

use actix_web::{HttpRequest, HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Shared;
use super::answer::{Asker, STIX, resource};
use super::failure::Failure;
use super::frame::collection_id;
use crate::domain::viewer::Viewer;
use crate::http::blocking;
use crate::http::caller::ReadFeed;
use crate::http::groups::readable;
use crate::http::problem::Problem;
use crate::store::groups::{Directory, Group};

/// A collection, for the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct Collection {
    #[schema(format = "uuid")]
    pub id: String,
    pub title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The group's slug, which stands for the id in URLs too.
    pub alias: String,
    pub can_read: bool,
    pub can_write: bool,
    pub media_types: [&'static str; 1],
}

/// The collections of the caller; the list is left out where there is none.
#[derive(Debug, Serialize, ToSchema)]
pub struct Collections {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub collections: Vec<Collection>,
}

/// Lists the collections, one for each sharing group that the caller reads.
#[utoipa::path(tag = "taxii", path = "/taxii2/groups/collections/", security(("bearer" = []), ("basic" = [])),
    responses((status = 200, body = Collections, content_type = "application/taxii+json;version=2.1")))]
#[get("/taxii2/groups/collections{slash:/?}")]
pub async fn list_collections(app: Shared, asker: Asker<ReadFeed>) -> Result<HttpResponse, Failure> {
    let directory = blocking::read(&app, Directory::load).await?;
    resource(&Collections { collections: readable_of(&directory, &asker.viewer).map(collection).collect() })
}

/// Reads one collection.
#[utoipa::path(tag = "taxii", path = "/taxii2/groups/collections/{collection}/",
    security(("bearer" = []), ("basic" = [])), params(("collection" = String, Path)),
    responses((status = 200, body = Collection, content_type = "application/taxii+json;version=2.1")))]
#[get("/taxii2/groups/collections/{collection}{slash:/?}")]
pub async fn find_collection(
    app: Shared,
    asker: Asker<ReadFeed>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    resource(&collection(named(&app, &asker.viewer, &request).await?))
}

/// The group whose collection the URL names by id or alias, if the caller reads it; else the same as if there were
/// none.
pub async fn named(app: &Shared, viewer: &Viewer, request: &HttpRequest) -> Result<Group, Failure> {
    let name = request.match_info().get("collection").unwrap_or_default();
    let Ok(id) = Uuid::try_parse(name) else { return Ok(readable(app, viewer, name).await?) };
    let slug_in = |directory: &Directory| {
        readable_of(directory, viewer).find(|group| collection_id(group.id) == id).map(|group| group.slug)
    };
    let known = slug_in(&*blocking::directory(app).await?);
    let slug = match known {
        Some(slug) => Some(slug),
        // The group may be newer than what this node knows.
        None => slug_in(&blocking::read(app, Directory::load).await?),
    };
    Ok(readable(app, viewer, &slug.ok_or_else(Problem::not_found)?).await?)
}

fn readable_of(directory: &Directory, viewer: &Viewer) -> impl Iterator<Item = Group> {
    let groups = directory.of_viewer(viewer).into_iter();
    groups.filter(|(_, rights)| rights.read).map(|(group, _)| group)
}

fn collection(group: Group) -> Collection {
    Collection {
        id: collection_id(group.id).to_string(),
        title: group.name,
        description: group.description,
        alias: group.slug,
        can_read: true,
        can_write: false,
        media_types: [STIX],
    }
}
