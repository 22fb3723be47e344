//! The objects of a collection: pages of them, one by its id, their manifest and their versions.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::Shared;
use super::answer::{Asker, STIX, TAXII};
use super::collections::readable_one;
use super::failure::Failure;
use super::filter::{Filter, Parameters, Wanted};
use super::page::{Entry, Page, Shelf};
use crate::app::sheets::{Asked, Rest, Sheet};
use crate::domain::lens::class::Class;
use crate::domain::time::Timestamp;
use crate::feed::Reader;
use crate::http::caller::ReadFeed;
use crate::http::cursor::Cursors;
use crate::http::pieces::Pieces;
use crate::http::problem::Problem;
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
pub struct ManifestRecord {
    id: String,
    date_added: Timestamp,
    version: Timestamp,
    media_type: &'static str,
}

/// A page of a manifest.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "documents what is written piece by piece")]
pub struct Manifest {
    more: bool,
    /// As of an envelope: some clients never end without it.
    next: Option<String>,
    objects: Option<Vec<ManifestRecord>>,
}

/// The versions of an object.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "documents what is written piece by piece")]
pub struct Versions {
    more: bool,
    next: Option<String>,
    versions: Option<Vec<Timestamp>>,
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
    Reading::open(app, asker, request, "objects").await?.answer(objects).await
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
    Reading::open(app, asker, request, "manifest").await?.answer(records).await
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
    Reading::open_one(app, asker, request, "object").await?.answer(objects).await
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
    Reading::open_one(app, asker, request, "versions").await?.answer(versions).await
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
        let group = readable_one(&app, &viewer, &request).await?;
        let mut parameters: Parameters = body::parameters(&request)?;
        if let Some(id) = id {
            // The URL says which object; that the standard has no such filters here is no fault.
            (parameters.id, parameters.kind) = (Some(id.to_owned()), None);
        }
        let wanted = parameters.read()?;
        let (filter, added_after) = (&wanted.filter, wanted.added_after);
        let list = format!("taxii {list} {} {filter:?} {added_after:?}", group.slug);
        let opened = |next| Cursors::new(&app.cursor_key, &viewer, &list).open(next);
        let cursor: Option<i64> = parameters.next.as_deref().map(opened).transpose()?;
        let after = cursor.map(Timestamp).or(wanted.added_after).unwrap_or_default();
        Ok(Self { app, viewer, group, wanted, after, list })
    }

    /// Answers with a page, of which `write` writes what comes after `more` and the cursor.
    async fn answer(self, write: Write) -> Result<HttpResponse, Failure> {
        let sheet = self.sheet(write).await?;
        let begin = match sheet.more {
            true => {
                let cursors = Cursors::new(&self.app.cursor_key, &self.viewer, &self.list);
                format!("{{\"more\":true,\"next\":\"{}\"", cursors.seal(&sheet.reached.micros()))
            }
            false => "{\"more\":false".to_owned(),
        };
        Ok(HttpResponse::Ok()
            .content_type(TAXII)
            .insert_header(("x-taxii-date-added-first", sheet.first.to_string()))
            .insert_header(("x-taxii-date-added-last", sheet.last.to_string()))
            .body(Pieces::new(begin, Rest(sheet))))
    }

    /// The page, from before if the collection is where it was then.
    async fn sheet(&self, write: Write) -> Result<Arc<Sheet>, Failure> {
        let class = Class::of(self.viewer.kind, &self.viewer.member_slug).to_string();
        let head = self.app.gate.collection((self.group.id, class.clone())).await.map_err(Problem::from)?;
        let (list, after, limit) = (self.list.clone(), self.after, self.wanted.limit);
        let asked = Asked { group: self.group.id, class, list, after, limit };
        if let Some(sheet) = self.app.sheets.known(&asked, head) {
            return Ok(sheet);
        }
        let page = self.read(after, limit, self.wanted.filter.clone()).await?;
        let moment = |entry: Option<&Entry>| entry.map_or(page.reached, |entry| entry.added);
        let sheet = Arc::new(Sheet {
            more: page.more,
            reached: page.reached,
            first: moment(page.entries.first()),
            last: moment(page.entries.last()),
            rest: write(&page.entries).map_err(|error| Problem::internal(&error))? + "}",
        });
        self.app.sheets.keep(asked, head, sheet.clone());
        Ok(sheet)
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

/// Writes what an answer has of the objects of a page.
type Write = fn(&[Entry]) -> serde_json::Result<String>;

fn objects(entries: &[Entry]) -> serde_json::Result<String> {
    if entries.is_empty() {
        return Ok(String::new());
    }
    let bytes: usize = entries.iter().map(|entry| entry.object().text.len() + 1).sum();
    let mut text = String::with_capacity(bytes + 20);
    for (index, entry) in entries.iter().enumerate() {
        text.push_str(if index == 0 { ",\"objects\":[" } else { "," });
        text.push_str(&entry.object().text);
    }
    text.push(']');
    Ok(text)
}

fn records(entries: &[Entry]) -> serde_json::Result<String> {
    let record = |entry: &Entry| ManifestRecord {
        id: entry.object().id.clone(),
        date_added: entry.added,
        version: entry.object().version,
        media_type: STIX,
    };
    listed("objects", entries.iter().map(record).collect())
}

fn versions(entries: &[Entry]) -> serde_json::Result<String> {
    listed("versions", entries.iter().map(|entry| entry.object().version).collect())
}

/// A list, left out where it is empty: TAXII has no empty ones.
fn listed<T: Serialize>(name: &str, items: Vec<T>) -> serde_json::Result<String> {
    match items.is_empty() {
        true => Ok(String::new()),
        false => Ok(format!(",\"{name}\":{}", serde_json::to_string(&items)?)),
    }
}
