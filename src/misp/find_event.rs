//! One event by its id.

use actix_web::{HttpRequest, HttpResponse, get, web};
use uuid::Uuid;

use super::event::{self, Subject};
use super::format::MispEventFile;
use super::{Puller, Shared};
use crate::domain::exchange::family;
use crate::domain::resolution::keys::KeyHasher;
use crate::domain::time::Timestamp;
use crate::feed::Reader;
use crate::http::problem::Problem;
use crate::http::{blocking, conditional, groups};
use crate::store::{Conn, Result as StoreResult};

/// Reads one event of a group's feed. A seller that is gone, or that lost something, is an event whose attributes and
/// objects are deleted.
#[utoipa::path(tag = "misp", path = "/misp/{group}/{event}.json", security(("bearer" = []), ("basic" = [])),
    params(("group" = String, Path), ("event" = String, Path)),
    responses((status = 200, body = MispEventFile), (status = 304)))]
#[get("/misp/{group}/{event}.json")]
pub async fn find_event(
    app: Shared,
    puller: Puller,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (slug, name) = path.into_inner();
    let viewer = puller.viewer;
    let group = groups::readable(&app, &viewer, &slug).await?;
    let (db, hasher) = (app.db.clone(), app.hasher.clone());
    // A place and its view must be of one state of the database.
    let found =
        blocking::run(move || db.snapshot(|conn| found(conn, &Reader::new(&viewer, &group), &name, &hasher)));
    let event = found.await??.ok_or_else(Problem::not_found)?;
    conditional::tagged(request.headers(), &event)
}

fn found(
    conn: &mut Conn,
    reader: &Reader<'_>,
    name: &str,
    hasher: &KeyHasher,
) -> StoreResult<Option<MispEventFile>> {
    let Ok(id) = Uuid::try_parse(name) else { return Ok(None) };
    let places = reader.places_of(conn, &[family(id)], Timestamp::default())?;
    let subjects = places.iter().map(|place| (place, Subject::of(place, reader.group)));
    let Some((place, subject)) =
        subjects.into_iter().find(|(_, subject)| subject.event().to_string() == name)
    else {
        return Ok(None);
    };
    if place.ended {
        return Ok(Some(event::ended(&subject, &place.parts()?, place.heir)));
    }
    let wares = reader.wares(conn, &[place.profile_id])?;
    let ware = wares.get(&place.profile_id).filter(|ware| ware.revision == place.revision);
    Ok(ware.map(|ware| event::living(&subject, &ware.view, hasher)))
}
