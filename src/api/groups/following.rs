//! One caller that follows the feed of one group, or a part of it, in whatever form it is delivered.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::readable;
use super::sellers::{minimum_risk, words};
use crate::api::Shared;
use crate::api::reports::list::time;
use crate::app::App;
use crate::app::heads::{Pace, Waiter, Woken};
use crate::domain::lens::change::ViewField;
use crate::domain::viewer::Viewer;
use crate::feed::Reader;
use crate::feed::follow::{Filter, Stretch};
use crate::feed::snapshot::Subject;
use crate::http::blocking;
use crate::http::caller::{Caller, ReadFeed};
use crate::http::cursor::Cursors;
use crate::http::problem::Problem;
use crate::store::groups::Group;
use crate::store::{Conn, Result as StoreResult};

/// The part of a feed that a request names.
#[derive(Debug, Clone, Copy, Default)]
pub struct Part<'p> {
    pub platform: Option<&'p str>,
    pub country: Option<&'p str>,
    /// The least score of risk.
    pub minimum_risk: Option<u8>,
    /// Names of fields, with commas between them.
    pub changed: Option<&'p str>,
}

/// A caller at the feed of a group that it reads.
#[derive(Clone)]
pub struct Following {
    app: Shared,
    request: HttpRequest,
    viewer: Viewer,
    group: Group,
    filter: Filter,
}

impl Following {
    pub fn open(
        app: Shared,
        request: HttpRequest,
        viewer: Viewer,
        group: Group,
        part: Part<'_>,
    ) -> Result<Self, Problem> {
        let words = words(part.platform, part.country, &app.hasher)?;
        let fields = part.changed.unwrap_or_default().split(',').filter(|name| !name.is_empty());
        let field = |name: &str| {
            let detail = || format!("Names of fields, with commas between them: {}.", ViewField::names());
            ViewField::parse_name(name)
                .ok_or_else(|| Problem::bad_parameter("changed", "not_allowed", detail()))
        };
        let fields = fields.map(field).collect::<Result<_, _>>()?;
        let minimum_risk = minimum_risk(part.minimum_risk)?;
        Ok(Self { app, request, viewer, group, filter: Filter { words, minimum_risk, fields } })
    }

    pub fn group(&self) -> &Group {
        &self.group
    }

    /// What a snapshot of this part is taken of.
    pub fn subject(&self) -> Subject {
        Subject {
            viewer: self.viewer.clone(),
            group: self.group.clone(),
            filter: self.filter.clone(),
            hasher: self.app.hasher.clone(),
        }
    }

    /// The number after which the caller reads on.
    pub async fn position(&self, cursor: Option<&str>, since: Option<&str>) -> Result<i64, Problem> {
        match (cursor, since) {
            (Some(_), Some(_)) => {
                let detail = "A cursor says already where to go on.";
                Err(Problem::bad_parameter("since", "contradiction", detail))
            }
            (Some(cursor), None) => self.cursors(|cursors| cursors.open(cursor)),
            (None, Some(since)) => self.since(since).await,
            (None, None) => Ok(0),
        }
    }

    async fn since(&self, since: &str) -> Result<i64, Problem> {
        let malformed = || {
            let detail = "Give the number of an event or an RFC 3339 time, such as 2026-03-31T00:00:00Z.";
            Problem::bad_parameter("since", "malformed", detail)
        };
        if since.bytes().all(|byte| byte.is_ascii_digit()) {
            let number: i64 = since.parse().map_err(|_| malformed())?;
            let head = self.read(|reader, conn| reader.head(conn)).await?;
            let detail = || format!("The last event is {head}: begin without a position.");
            return if number <= head {
                Ok(number)
            } else {
                Err(Problem::bad_parameter("since", "out_of_range", detail()))
            };
        }
        let time = time("since", Some(since)).map_err(|_| malformed())?.ok_or_else(malformed)?;
        self.read(move |reader, conn| reader.number_at(conn, time)).await
    }

    /// The cursor that goes on after this number, in this part of the feed.
    pub fn cursor(&self, number: i64) -> String {
        self.cursors(|cursors| cursors.seal(&number))
    }

    fn cursors<T>(&self, f: impl FnOnce(Cursors<'_>) -> T) -> T {
        let slug = &self.group.slug;
        let list = match self.filter.is_open() {
            true => format!("feed {slug}"),
            false => format!("feed {slug} {}", self.filter.name()),
        };
        f(Cursors::new(&self.app.cursor_key, &self.viewer, &list))
    }

    /// At most `limit` events after `after`.
    pub async fn stretch(&self, after: i64, limit: i64) -> Result<Stretch, Problem> {
        let (filter, hasher) = (self.filter.clone(), self.app.hasher.clone());
        self.read(move |reader, conn| reader.follow(conn, &filter, &hasher, after, limit)).await
    }

    /// Begins to watch this feed.
    pub fn waiter(&self) -> Waiter {
        self.app.heads.wait_for((self.group.id, self.class()))
    }

    pub fn pace(&self) -> Pace {
        self.app.pace
    }

    /// The same; where there are none yet, waits for some as long as is said.
    pub async fn awaited(&self, after: i64, limit: i64, longest: Duration) -> Result<Stretch, Problem> {
        let deadline = Instant::now() + longest;
        let mut waiter = self.waiter();
        let mut after = after;
        loop {
            let stretch = self.stretch(after, limit).await?;
            let left = deadline.saturating_duration_since(Instant::now());
            if !stretch.events.is_empty() || stretch.more || left.is_zero() {
                return Ok(stretch);
            }
            // What was looked at and left out is not looked at again.
            after = stretch.reached;
            if waiter.beyond(after, left).await != Woken::More {
                return Ok(stretch);
            }
            self.admit_again().await?;
        }
    }

    /// Finds out again whether the caller may read the group: a wait or a stream is long, and who was suspended or has
    /// left meanwhile must get nothing more.
    pub async fn admit_again(&self) -> Result<(), Problem> {
        let caller = Caller::<ReadFeed>::from_request(&self.request, &mut Payload::None).await?;
        readable(&self.app, &caller.viewer, &self.group.slug).await.map(drop)
    }

    fn class(&self) -> String {
        Reader::new(&self.viewer, &self.group).class().to_owned()
    }

    async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Reader<'_>, &mut Conn) -> StoreResult<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let (viewer, group) = (self.viewer.clone(), self.group.clone());
        let app: &Arc<App> = &self.app;
        blocking::read(app, move |conn| f(&Reader::new(&viewer, &group), conn)).await
    }
}
