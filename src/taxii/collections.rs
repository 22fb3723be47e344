//! Collections: one for each sharing group that the caller reads or may contribute to.

use actix_web::{HttpRequest, HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Shared;
use super::answer::{Asker, STIX, resource};
use super::failure::Failure;
use super::frame::collection_id;
use crate::domain::group::{GroupKind, Rights};
use crate::domain::member::Scope;
use crate::domain::viewer::Viewer;
use crate::http::blocking;
use crate::http::caller::Anyone;
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

/// Lists the collections, one for each sharing group that the caller reads or may contribute to.
#[utoipa::path(tag = "taxii", path = "/taxii2/groups/collections/", security(("bearer" = []), ("basic" = [])),
    responses((status = 200, body = Collections, content_type = "application/taxii+json;version=2.1")))]
#[get("/taxii2/groups/collections{slash:/?}")]
pub async fn list_collections(app: Shared, asker: Asker<Anyone>) -> Result<HttpResponse, Failure> {
    let directory = blocking::read(&app, Directory::load).await?;
    let groups = directory.of_viewer(&asker.viewer).into_iter();
    let seen = groups.filter_map(|found| reached(&asker.viewer, found));
    resource(&Collections { collections: seen.map(|(group, rights)| collection(group, rights)).collect() })
}

/// Reads one collection.
#[utoipa::path(tag = "taxii", path = "/taxii2/groups/collections/{collection}/",
    security(("bearer" = []), ("basic" = [])), params(("collection" = String, Path)),
    responses((status = 200, body = Collection, content_type = "application/taxii+json;version=2.1")))]
#[get("/taxii2/groups/collections/{collection}{slash:/?}")]
pub async fn find_collection(
    app: Shared,
    asker: Asker<Anyone>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let (group, rights) = seen_one(&app, &asker.viewer, &request).await?;
    resource(&collection(group, rights))
}

/// The group whose collection the URL names by id or alias, if the caller reads it; else the same as if there were
/// none. One that it may only contribute to is there, and forbidden.
pub async fn readable_one(app: &Shared, viewer: &Viewer, request: &HttpRequest) -> Result<Group, Failure> {
    let (group, rights) = seen_one(app, viewer, request).await?;
    match rights.read {
        true if group.kind == GroupKind::Custom => Ok(readable(app, viewer, &group.slug).await?),
        true => Ok(group),
        false => Err(Problem::forbidden("You contribute to this collection and do not read it.").into()),
    }
}

/// The same of a group that the caller may contribute to.
pub async fn writable_one(app: &Shared, viewer: &Viewer, request: &HttpRequest) -> Result<Group, Failure> {
    let (group, rights) = seen_one(app, viewer, request).await?;
    match rights.contribute {
        true => Ok(group),
        false => Err(Problem::forbidden("You read this collection and do not contribute to it.").into()),
    }
}

async fn seen_one(app: &Shared, viewer: &Viewer, request: &HttpRequest) -> Result<(Group, Rights), Failure> {
    let name = request.match_info().get("collection").unwrap_or_default();
    let id = Uuid::try_parse(name).ok();
    let find = |directory: &Directory| {
        let found = directory.find(viewer, |group| match id {
            Some(id) => collection_id(group.id) == id,
            None => group.slug == name,
        });
        found.and_then(|found| reached(viewer, found))
    };
    let known = find(&*blocking::directory(app).await?);
    let found = match known {
        Some(found) => Some(found),
        // The group may be newer than what this node knows.
        None => find(&blocking::read(app, Directory::load).await?),
    };
    Ok(found.ok_or_else(Problem::not_found)?)
}

/// A group with the rights in it that the caller's credential reaches, if there are any.
fn reached(viewer: &Viewer, (group, rights): (Group, Rights)) -> Option<(Group, Rights)> {
    let read = rights.read && viewer.may(Scope::FeedRead);
    let rights = Rights { read, contribute: rights.contribute && viewer.may(Scope::ReportsWrite) };
    rights.any().then_some((group, rights))
}

fn collection(group: Group, rights: Rights) -> Collection {
    Collection {
        id: collection_id(group.id).to_string(),
        title: group.name,
        description: group.description,
        alias: group.slug,
        can_read: rights.read,
        can_write: rights.contribute,
        media_types: [STIX],
    }
}
