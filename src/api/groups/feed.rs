//! The feed of a group.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::readable;
use crate::api::{Shared, answer_page};
use crate::feed::{FeedEvent, Reader};
use crate::http::caller::{Caller, ReadFeed};
use crate::http::cursor::Cursors;
use crate::http::problem::Problem;
use crate::http::{blocking, body};

/// Where to begin, and how much.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FeedParams {
    /// As `next` of the last page; without it the feed begins at its first event.
    pub cursor: Option<String>,
    /// 1 to 500; 100 by default.
    pub limit: Option<i64>,
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

/// Reads the changes of a group in order. Reading from nothing to the end and applying each event's
/// view gives the same set as listing the profiles.
#[utoipa::path(tag = "sellers", security(("bearer" = [])), params(("group" = String, Path), FeedParams),
    responses((status = 200, body = FeedPage)))]
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
    let limit = body::limit(params.limit, 100, 500)?;
    let cursors = Cursors::new(&app.cursor_key, &viewer, &format!("feed {}", group.slug));
    let after: i64 = params.cursor.map_or(Ok(0), |cursor| cursors.open(&cursor))?;
    let (asker, slug) = (viewer.clone(), group.slug.clone());
    let (events, more) =
        blocking::read(&app, move |conn| Reader::new(&asker, &group).events(conn, after, limit)).await?;
    let next = cursors.seal(&events.last().map_or(after, |event| event.number));
    let page = FeedPage { group: slug, events, more, next };
    Ok(answer_page(&request, &page, more.then_some(page.next.as_str())))
}
