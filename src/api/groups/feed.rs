//! The feed of a group: pages of JSON, lines of it to the end, or a stream of events that goes on.

use std::io;
use std::time::Duration;

use actix_web::http::header::{CONTENT_ENCODING, HeaderName, HeaderValue, VARY};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get, web};
use futures_util::{Stream, stream};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::following::{Following, Part};
use super::readable;
use super::streaming::all_events;
use crate::api::{Shared, answer_page_from};
use crate::feed::FeedEvent;
use crate::feed::follow::Stretch;
use crate::http::accept::{NDJSON, preferred};
use crate::http::body;
use crate::http::caller::{Caller, ReadFeed};
use crate::http::event_stream::{EVENT_STREAM, LAST_EVENT_ID};
use crate::http::prefer::preferences;
use crate::http::problem::Problem;

/// Where to begin, how much, and which part.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FeedParams {
    /// As `next` of the last answer; without it the feed begins at its first event.
    pub cursor: Option<String>,
    /// Instead of a cursor: the number of an event, after which to begin, or an RFC 3339 time.
    pub since: Option<String>,
    /// 1 to 500; 100 by default. Of lines and of a stream any number; all by default.
    pub limit: Option<i64>,
    /// Only profiles with a storefront or page on this platform (slug).
    pub platform: Option<String>,
    /// Only profiles with an identifier of this country (ISO 3166-1 alpha-2).
    pub country: Option<String>,
    /// Only profiles of this score of risk or a higher one, 0 to 100.
    pub minimum_risk: Option<u8>,
    /// Only changes of one of these fields of a seller, with commas between them.
    pub changed: Option<String>,
}

/// A page of the feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedPage {
    pub group: String,
    pub events: Vec<FeedEvent>,
    /// Whether more events are there already.
    pub more: bool,
    /// Where to go on, now or later: present on every page.
    pub next: String,
}

/// The last line of a feed that is read line by line. Without it the answer broke off.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedEnd {
    pub more: bool,
    pub next: String,
}

/// The media type of pages.
const PAGES: &str = "application/json";

/// Events of one page at most, and those that lines are read by.
const PAGE_MAX: i64 = 500;

/// Reads the changes of a group in order. Reading from nothing to the end and applying each event's
/// view gives the same set as listing the profiles, with the same filters.
///
/// `Accept: application/x-ndjson` gives one event a line to the end of the feed, and a last line with `more` and
/// `next`. `Prefer: wait=20` waits for events where there are none yet.
///
/// `Accept: text/event-stream` gives them as server-sent events, and goes on with what comes. `Last-Event-ID` goes on
/// after an event, in place of `cursor` and `since`; `Prefer: wait=20` ends the stream when none came for so long.
#[utoipa::path(tag = "sellers", security(("bearer" = [])),
    params(("group" = String, Path), FeedParams, ("Last-Event-ID" = Option<String>, Header, description = "Of a stream: the last `id` that was received.")),
    responses((status = 200, content((FeedPage = "application/json"), (FeedEvent = "application/x-ndjson"), (FeedEvent = "text/event-stream")))))]
#[get("/v1/groups/{group}/feed")]
pub async fn read_feed(
    app: Shared,
    caller: Caller<ReadFeed>,
    slug: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let viewer = caller.viewer;
    let group = readable(&app, &viewer, &slug).await?;
    let params: FeedParams = body::parameters(&request)?;
    let form = preferred(&request, &[PAGES, NDJSON, EVENT_STREAM]);
    let (usual, most) = if form == PAGES { (100, PAGE_MAX) } else { (i64::MAX, i64::MAX) };
    let limit = body::limit(params.limit, usual, most)?;
    let part = Part {
        platform: params.platform.as_deref(),
        country: params.country.as_deref(),
        minimum_risk: params.minimum_risk,
        changed: params.changed.as_deref(),
    };
    let following = Following::open(app, request.clone(), viewer, group, part)?;
    let wait = preferences(&request).wait;
    let mut response = if form == EVENT_STREAM {
        // A client that comes back repeats the request as it was, and says beside it how far it came.
        let last = request.headers().get(LAST_EVENT_ID).filter(|id| !id.is_empty());
        let after = match last {
            Some(id) => following.position(Some(id.to_str().unwrap_or_default()), None).await?,
            None => following.position(params.cursor.as_deref(), params.since.as_deref()).await?,
        };
        HttpResponse::Ok()
            .content_type(EVENT_STREAM)
            // A compressor holds back what is small, and so do proxies that are not told.
            .insert_header((CONTENT_ENCODING, "identity"))
            .insert_header((HeaderName::from_static("x-accel-buffering"), "no"))
            .streaming(all_events(following, after, limit, wait))
    } else {
        let after = following.position(params.cursor.as_deref(), params.since.as_deref()).await?;
        let stretch = following.awaited(after, limit.min(PAGE_MAX), wait.unwrap_or(Duration::ZERO)).await?;
        if form == NDJSON {
            HttpResponse::Ok().content_type(NDJSON).streaming(all_lines(following, stretch, limit))
        } else {
            let Stretch { events, reached, more } = stretch;
            let next = following.cursor(reached);
            let page = FeedPage { group: following.group().slug.clone(), events, more, next };
            answer_page_from(&request, &page, more.then_some(page.next.as_str()), &["since"])
        }
    };
    response.headers_mut().append(VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

/// What is still to be sent.
enum Rest {
    Lines { stretch: Stretch, left: i64 },
    Nothing,
}

/// A stretch after the other as lines, each read when the last one was taken, and the last line.
fn all_lines(following: Following, first: Stretch, limit: i64) -> impl Stream<Item = io::Result<Bytes>> {
    let first = Rest::Lines { stretch: first, left: limit };
    stream::try_unfold((following, first), |(following, rest)| async move {
        let Rest::Lines { stretch, left } = rest else { return Ok(None) };
        let left = left - stretch.events.len() as i64;
        let mut lines = Vec::new();
        for event in &stretch.events {
            write_line(&mut lines, event)?;
        }
        if !stretch.more || left == 0 {
            let end = FeedEnd { more: stretch.more, next: following.cursor(stretch.reached) };
            write_line(&mut lines, &end)?;
            return Ok(Some((Bytes::from(lines), (following, Rest::Nothing))));
        }
        let broken = |problem: Problem| io::Error::other(problem.to_string());
        following.admit_again().await.map_err(broken)?;
        let stretch = following.stretch(stretch.reached, left.min(PAGE_MAX)).await.map_err(broken)?;
        Ok(Some((Bytes::from(lines), (following, Rest::Lines { stretch, left }))))
    })
}

fn write_line<T: Serialize>(lines: &mut Vec<u8>, line: &T) -> io::Result<()> {
    serde_json::to_writer(&mut *lines, line)?;
    lines.push(b'\n');
    Ok(())
}
