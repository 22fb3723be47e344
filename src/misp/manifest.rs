//! The manifest: a line for each event, by which an instance knows what is new and what has changed.

use std::io;

use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, get, web};
use tokio::sync::oneshot;

use super::event::{Standing, Subject, summary};
use super::format::MispSummary;
use super::{Puller, Shared};
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;
use crate::feed::Reader;
use crate::http::problem::Problem;
use crate::http::scribe::{self, BrokenOff, GATHERED, Scribe};
use crate::http::{blocking, conditional, groups};
use crate::store::groups::Group;
use crate::store::{Conn, Db};

/// Places held in memory at once.
const TOGETHER: i64 = 1_000;

/// Raised when the same places come to another text, so that no instance goes on with the manifest that it keeps.
const MAPPING: u8 = 1;

/// Lists the events of a group's feed, by the ids under which they are found, each with the second of its version.
#[utoipa::path(tag = "misp", path = "/misp/{group}/manifest.json", operation_id = "read_misp_manifest", security(("bearer" = []), ("basic" = [])),
    params(("group" = String, Path)),
    responses((status = 200, body = std::collections::BTreeMap<String, MispSummary>), (status = 304)))]
#[get("/misp/{group}/manifest.json")]
pub async fn read_manifest(
    app: Shared,
    puller: Puller,
    slug: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let group = groups::readable(&app, &puller.viewer, &slug).await?;
    let listing = Listing { viewer: puller.viewer, group };
    let asked = listing.clone();
    let tag = blocking::read(&app, move |conn| asked.tag(conn)).await?;
    if conditional::has(request.headers(), &tag) {
        return Ok(conditional::unchanged(tag));
    }
    let (begun, begins) = oneshot::channel();
    let spool = scribe::begin(&app, move |db, scribe| listing.write(db, scribe, begun))?;
    let tag = begins.await.map_err(|_| Problem::internal(&"the manifest could not begin"))?;
    let mut response = HttpResponse::Ok();
    Ok(response.insert_header((ETAG, tag)).content_type("application/json").streaming(spool.read()))
}

/// What a manifest is of, and for whom.
#[derive(Clone)]
struct Listing {
    viewer: Viewer,
    group: Group,
}

impl Listing {
    /// What the manifest's text follows from, in short.
    fn tag(&self, conn: &mut Conn) -> crate::store::Result<String> {
        let reader = Reader::new(&self.viewer, &self.group);
        let reached = reader.reached(conn)?.micros();
        let (id, name, class) = (self.group.id, &self.group.name, reader.class());
        Ok(conditional::tag(format!("{MAPPING} {id} {name} {class} {reached}").as_bytes()))
    }

    fn write(&self, db: &Db, scribe: &mut Scribe, begun: oneshot::Sender<String>) -> Result<(), BrokenOff> {
        let reader = Reader::new(&self.viewer, &self.group);
        db.snapshot(|conn| {
            begun.send(self.tag(conn)?).map_err(|_| BrokenOff::Abandoned)?;
            let (mut after, mut text) = (Timestamp::default(), b"{".to_vec());
            loop {
                let places = reader.places_after(conn, after, TOGETHER)?;
                let Some(last) = places.last() else { break };
                let is_first = after == Timestamp::default();
                after = last.last;
                for (index, place) in places.iter().enumerate() {
                    if !is_first || index > 0 {
                        text.push(b',');
                    }
                    let subject = Subject::of(place, &self.group);
                    let line = summary(&subject, place.parts()?.tlp, Standing::of(place));
                    serde_json::to_writer(&mut text, &subject.event().to_string())
                        .map_err(io::Error::from)?;
                    text.push(b':');
                    serde_json::to_writer(&mut text, &line).map_err(io::Error::from)?;
                    if text.len() >= GATHERED {
                        scribe.write(&text)?;
                        text.clear();
                    }
                    scribe.note()?;
                }
            }
            text.push(b'}');
            Ok(scribe.write(&text)?)
        })
    }
}
