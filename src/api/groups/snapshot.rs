//! All of a group at one moment, and where the feed goes on from there.
//!
//! A thread of its own reads in one transaction, so that what it reads is one state whoever writes meanwhile, and
//! writes to a temporary file, so that the transaction lasts as long as reading does and no longer, however slowly the
//! client takes the answer.

use std::io;
use std::time::{Duration, Instant};

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get, web};
use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use utoipa::{IntoParams, ToSchema};

use super::feed::write_line;
use super::following::{Following, Part};
use super::readable;
use crate::api::Shared;
use crate::feed::Seller;
use crate::feed::snapshot::{Subject, Taker};
use crate::http::accept::NDJSON;
use crate::http::body;
use crate::http::caller::{Caller, ReadFeed};
use crate::http::problem::Problem;
use crate::http::spool::Spool;
use crate::store::{Db, StoreError};

/// Which part of the group.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SnapshotParams {
    /// Only profiles with a storefront or page on this platform (slug).
    pub platform: Option<String>,
    /// Only profiles with an identifier of this country (ISO 3166-1 alpha-2).
    pub country: Option<String>,
}

/// The first line of a snapshot: what it is of.
#[derive(Debug, Serialize, ToSchema)]
pub struct SnapshotHead {
    pub group: String,
    /// The number of the last feed event that is in it.
    pub number: i64,
    /// The cursor with which the feed goes on from it, in the same part.
    pub next: String,
}

/// The last line: that the snapshot is whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct SnapshotEnd {
    pub number: i64,
    /// How many sellers were in it.
    pub sellers: u64,
}

/// A line of a snapshot, under the name of what it is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SnapshotLine<'s> {
    Snapshot(SnapshotHead),
    Seller(&'s Seller),
    End(SnapshotEnd),
}

/// Longest time that the transaction stays open: meanwhile SQLite's log grows, and PostgreSQL keeps old rows.
const READING_MAX: Duration = Duration::from_secs(300);

/// Bytes gathered before they are written.
const GATHERED: usize = 64 * 1024;

/// Reads all profiles of a group, or of a part of it, at one moment: a line with the feed's number and cursor there,
/// a line for each seller by id, and a last line that says how many they were.
#[utoipa::path(tag = "sellers", security(("bearer" = [])), params(("group" = String, Path), SnapshotParams),
    responses((status = 200, body = SnapshotLine, content_type = "application/x-ndjson")))]
#[get("/v1/groups/{group}/snapshot")]
pub async fn read_snapshot(
    app: Shared,
    caller: Caller<ReadFeed>,
    slug: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let viewer = caller.viewer;
    let group = readable(&app, &viewer, &slug).await?;
    let params: SnapshotParams = body::parameters(&request)?;
    let part =
        Part { platform: params.platform.as_deref(), country: params.country.as_deref(), changed: None };
    let following = Following::open(app.clone(), request, viewer, group, part)?;
    let permit = app.snapshot_permits.clone().try_acquire_owned().map_err(|_| Problem::busy())?;
    let spool = Spool::new().map_err(|error| Problem::internal(&error))?;
    let (begun, begins) = oneshot::channel();
    let writing = Writing {
        spool: spool.clone(),
        begun: Some(begun),
        until: Instant::now() + READING_MAX,
        number: 0,
        sellers: 0,
        gathered: Vec::new(),
        _permit: permit,
    };
    let (subject, db) = (following.subject(), app.db.clone());
    std::thread::Builder::new()
        .name("snapshot".to_owned())
        .spawn(move || writing.run(&subject, &db))
        .map_err(|error| Problem::internal(&error))?;
    let number = begins.await.map_err(|_| Problem::internal(&"the snapshot could not begin"))?;
    let group = following.group().slug.clone();
    let first = SnapshotLine::Snapshot(SnapshotHead { group, number, next: following.cursor(number) });
    let mut line = Vec::new();
    write_line(&mut line, &first).map_err(|error| Problem::internal(&error))?;
    let lines = stream::iter([Ok(Bytes::from(line))]).chain(spool.read());
    Ok(HttpResponse::Ok().content_type(NDJSON).streaming(lines))
}

/// Writes a snapshot down, on a thread of its own.
struct Writing {
    spool: Spool,
    begun: Option<oneshot::Sender<i64>>,
    until: Instant,
    number: i64,
    sellers: u64,
    gathered: Vec<u8>,
    _permit: OwnedSemaphorePermit,
}

/// Why a snapshot broke off.
#[derive(Debug, thiserror::Error)]
enum BrokenOff {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("reading took longer than {} seconds", READING_MAX.as_secs())]
    TooLong,
    #[error("the client has gone")]
    Abandoned,
}

impl Writing {
    fn run(mut self, subject: &Subject, db: &Db) {
        let written = subject.snapshot(db, &mut self).and_then(|()| self.end());
        match written {
            Ok(()) => self.spool.finish(),
            Err(error) => {
                tracing::warn!(%error, sellers = self.sellers, "a snapshot broke off");
                self.spool.fail();
            }
        }
    }

    fn end(&mut self) -> Result<(), BrokenOff> {
        let end = SnapshotEnd { number: self.number, sellers: self.sellers };
        write_line(&mut self.gathered, &SnapshotLine::End(end))?;
        Ok(self.spool.write(&self.gathered)?)
    }
}

impl Taker<BrokenOff> for Writing {
    fn begin(&mut self, number: i64) -> Result<(), BrokenOff> {
        self.number = number;
        let waits = self.begun.take().is_some_and(|begun| begun.send(number).is_ok());
        if waits { Ok(()) } else { Err(BrokenOff::Abandoned) }
    }

    fn take(&mut self, seller: &Seller) -> Result<(), BrokenOff> {
        self.sellers += 1;
        write_line(&mut self.gathered, &SnapshotLine::Seller(seller))?;
        if self.gathered.len() < GATHERED {
            return Ok(());
        }
        self.spool.write(&self.gathered)?;
        self.gathered.clear();
        match (self.spool.is_abandoned(), Instant::now() > self.until) {
            (true, _) => Err(BrokenOff::Abandoned),
            (_, true) => Err(BrokenOff::TooLong),
            _ => Ok(()),
        }
    }
}
