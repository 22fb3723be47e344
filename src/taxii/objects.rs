//! The objects of a collection: pages of them, one by its id, their manifest and their versions.

use std::borrow::Cow;

use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use serde::Serialize;
use utoipa::ToSchema;

use super::Shared;
use super::answer::{Asker, STIX, TAXII, is_sent};
use super::collections::named;
use super::failure::Failure;
use super::filter::{Filter, Parameters, Wanted};
use super::page::{Entry, Page, Shelf};
use crate::domain::time::Timestamp;
use crate::feed::Reader;
use crate::http::caller::ReadFeed;
use crate::http::cursor::Cursors;
use crate::http::problem::{Kind, Problem};
use crate::http::{blocking, body};

/// Objects; the list is left out where there is none.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "documents what is written piece by piece")]
pub struct Envelope {
    more: bool,
    /// Where to go on, with the same parameters.
    next: Option<String>,
    objects: Option<Vec<serde_json::Value>>,
}

/// What there is of an object.
#[derive(Debug, Serialize, ToSchema)]
pub struct ManifestRecord<'e> {
    id: Cow<'e, str>,
    date_added: Timestamp,
    version: Timestamp,
    media_type: &'static str,
}

/// A page of a manifest.
#[derive(Debug, Serialize, ToSchema)]
pub struct Manifest<'e> {
    more: bool,
    /// As of an envelope: some clients never end without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    objects: Vec<ManifestRecord<'e>>,
}

/// The versions of an object.
#[derive(Debug, Serialize, ToSchema)]
pub struct Versions {
    more: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    versions: Vec<Timestamp>,
}

/// Reads objects in the order in which they were added. A seller that changed is added again, at a later moment.
#[utoipa::path(tag = "taxii", path = "/taxii2/groups/collections/{collection}/objects/",
    security(("bearer" = []), ("basic" = [])), params(("collection" = String, Path), Parameters),
    responses((status = 200, body = Envelope, content_type = "application/taxii+json;version=2.1")))]
#[get("/taxii2/groups/collections/{collection}/objects{slash:/?}")]
pub async fn list_objects(
    app: Shared,
    asker: Asker<ReadFeed>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    Ok(Reading::open(app, asker, request, "objects").await?.page().await?.envelope())
}

/// Reads what there is of the objects, without them.
#[utoipa::path(tag = "taxii", path = "/taxii2/groups/collections/{collection}/manifest/",
    security(("bearer" = []), ("basic" = [])), params(("collection" = String, Path), Parameters),
    responses((status = 200, body = Manifest, content_type = "application/taxii+json;version=2.1")))]
#[get("/taxii2/groups/collections/{collection}/manifest{slash:/?}")]
pub async fn read_manifest(
    app: Shared,
    asker: Asker<ReadFeed>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let turned = Reading::open(app, asker, request, "manifest").await?.page().await?;
    let record = |entry: &'_ Entry| ManifestRecord {
        id: Cow::Owned(entry.object().id.clone()),
        date_added: entry.added,
        version: entry.object().version,
        media_type: STIX,
    };
    let objects = turned.page.entries.iter().map(record).collect();
    turned.answer(&Manifest { more: turned.page.more, next: turned.next.clone(), objects })
}

/// Reads one object. There is one version of it: the last.
#[utoipa::path(tag = "taxii", path = "/taxii2/groups/collections/{collection}/objects/{object}/",
    security(("bearer" = []), ("basic" = [])),
    params(("collection" = String, Path), ("object" = String, Path), Parameters),
    responses((status = 200, body = Envelope, content_type = "application/taxii+json;version=2.1")))]
#[get("/taxii2/groups/collections/{collection}/objects/{object}{slash:/?}")]
pub async fn find_object(
    app: Shared,
    asker: Asker<ReadFeed>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    Ok(Reading::open_one(app, asker, request, "object").await?.page().await?.envelope())
}

/// Lists the versions of one object.
#[utoipa::path(tag = "taxii", path = "/taxii2/groups/collections/{collection}/objects/{object}/versions/",
    security(("bearer" = []), ("basic" = [])),
    params(("collection" = String, Path), ("object" = String, Path), Parameters),
    responses((status = 200, body = Versions, content_type = "application/taxii+json;version=2.1")))]
#[get("/taxii2/groups/collections/{collection}/objects/{object}/versions{slash:/?}")]
pub async fn list_versions(
    app: Shared,
    asker: Asker<ReadFeed>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let turned = Reading::open_one(app, asker, request, "versions").await?.page().await?;
    let versions = turned.page.entries.iter().map(|entry| entry.object().version).collect();
    turned.answer(&Versions { more: turned.page.more, next: turned.next.clone(), versions })
}

/// Refuses objects: reports are filed at `POST /v1/reports`.
#[utoipa::path(tag = "taxii", path = "/taxii2/groups/collections/{collection}/objects/",
    security(("bearer" = []), ("basic" = [])), params(("collection" = String, Path)),
    responses((status = 403, description = "No collection can be written")))]
#[post("/taxii2/groups/collections/{collection}/objects{slash:/?}")]
pub async fn add_objects(
    app: Shared,
    asker: Asker<ReadFeed>,
    request: HttpRequest,
    payload: actix_web::web::Payload,
) -> Result<HttpResponse, Failure> {
    body::bytes(&request, payload).await?;
    named(&app, &asker.viewer, &request).await?;
    if !is_sent(&request) {
        return Err(Problem::new(Kind::UNSUPPORTED_TYPE, format!("Send {TAXII}.")).into());
    }
    Err(Problem::forbidden("Nothing is written here. File reports at /v1/reports.").into())
}

/// Refuses to delete: what is withdrawn by those who reported it comes as a revoked version.
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
    named(&app, &asker.viewer, &request).await?;
    Err(Problem::forbidden("Nothing is deleted here. Retract your reports at /v1/reports.").into())
}

/// A request for objects of one collection.
struct Reading {
    app: Shared,
    viewer: crate::domain::viewer::Viewer,
    group: crate::store::groups::Group,
    wanted: Wanted,
    after: Timestamp,
    /// The list that a cursor is of, with everything that selects its content.
    list: String,
}

/// A page that was read, and where it goes on.
struct Turned {
    page: Page,
    next: Option<String>,
}

impl Reading {
    async fn open(
        app: Shared,
        asker: Asker<ReadFeed>,
        request: HttpRequest,
        list: &str,
    ) -> Result<Self, Failure> {
        Self::of(app, asker, request, list, None).await
    }

    /// Of one object, if it is there.
    async fn open_one(
        app: Shared,
        asker: Asker<ReadFeed>,
        request: HttpRequest,
        list: &str,
    ) -> Result<Self, Failure> {
        let id = request.match_info().get("object").unwrap_or_default().to_owned();
        let reading = Self::of(app, asker, request, list, Some(&id)).await?;
        let there = reading.read(Timestamp::default(), 1, Filter::of(id)).await?;
        if there.entries.is_empty() { Err(Problem::not_found().into()) } else { Ok(reading) }
    }

    async fn of(
        app: Shared,
        asker: Asker<ReadFeed>,
        request: HttpRequest,
        list: &str,
        id: Option<&str>,
    ) -> Result<Self, Failure> {
        let viewer = asker.viewer;
        let group = named(&app, &viewer, &request).await?;
        let mut parameters: Parameters = body::parameters(&request)?;
        if let Some(id) = id {
            // The URL says which object; that the standard has no such filters here is no fault.
            (parameters.id, parameters.kind) = (Some(id.to_owned()), None);
        }
        let wanted = parameters.read()?;
        let (filter, added_after) = (&wanted.filter, wanted.added_after);
        let list = format!("taxii {list} {} {filter:?} {added_after:?}", group.slug);
        let cursors = Cursors::new(&app.cursor_key, &viewer, &list);
        let cursor: Option<i64> = parameters.next.as_deref().map(|next| cursors.open(next)).transpose()?;
        let after = cursor.map(Timestamp).or(wanted.added_after).unwrap_or_default();
        Ok(Self { app, viewer, group, wanted, after, list })
    }

    async fn page(self) -> Result<Turned, Failure> {
        let page = self.read(self.after, self.wanted.limit, self.wanted.filter.clone()).await?;
        let cursors = Cursors::new(&self.app.cursor_key, &self.viewer, &self.list);
        let next = page.more.then(|| cursors.seal(&page.reached.micros()));
        Ok(Turned { page, next })
    }

    async fn read(&self, after: Timestamp, limit: usize, filter: Filter) -> Result<Page, Failure> {
        let (app, viewer, group) = (self.app.clone(), self.viewer.clone(), self.group.clone());
        let page = blocking::read(&self.app, move |conn| {
            let shelf = Shelf {
                reader: Reader::new(&viewer, &group),
                fragments: &app.fragments,
                hasher: &app.hasher,
            };
            shelf.page(conn, after, limit, &filter)
        });
        Ok(page.await?)
    }
}

impl Turned {
    fn envelope(&self) -> HttpResponse {
        let bytes: usize = self.page.entries.iter().map(|entry| entry.object().text.len() + 1).sum();
        let mut text = String::with_capacity(bytes + 200);
        text.push_str(if self.page.more { "{\"more\":true" } else { "{\"more\":false" });
        if let Some(next) = &self.next {
            text.push_str(",\"next\":\"");
            text.push_str(next);
            text.push('"');
        }
        for (index, entry) in self.page.entries.iter().enumerate() {
            text.push_str(if index == 0 { ",\"objects\":[" } else { "," });
            text.push_str(&entry.object().text);
        }
        text.push_str(if self.page.entries.is_empty() { "}" } else { "]}" });
        self.dated(text)
    }

    fn answer<T: Serialize>(&self, body: &T) -> Result<HttpResponse, Failure> {
        Ok(self.dated(serde_json::to_string(body).map_err(|error| Problem::internal(&error))?))
    }

    /// With the moments of the first and the last object; of an empty page, how far it looked.
    fn dated(&self, text: String) -> HttpResponse {
        let moment = |entry: Option<&Entry>| entry.map_or(self.page.reached, |entry| entry.added).to_string();
        HttpResponse::Ok()
            .content_type(TAXII)
            .insert_header(("x-taxii-date-added-first", moment(self.page.entries.first())))
            .insert_header(("x-taxii-date-added-last", moment(self.page.entries.last())))
            .body(text)
    }
}
