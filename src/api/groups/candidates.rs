//! The review queue.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::readable;
use crate::api::{Shared, answer_page, page};
use crate::domain::id::SellerId;
use crate::feed::Reader;
use crate::feed::review::{CandidatePosition, CandidateView};
use crate::http::caller::{Caller, ReadSellers};
use crate::http::cursor::Cursors;
use crate::http::problem::Problem;
use crate::http::{blocking, body};

page!(
    /// A page of candidates, those that promise most first.
    CandidatePage of CandidateView
);

/// What to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CandidateParams {
    pub cursor: Option<String>,
    /// 1 to 200; 50 by default.
    pub limit: Option<i64>,
    /// Only pairs with this profile.
    pub seller: Option<String>,
}

/// Lists pairs of profiles that may be one seller and that nobody has judged, those that promise most first: links
/// that were refused because the two sides contradict each other, likenesses that fall short, and values that both
/// have and that joined nobody.
#[utoipa::path(tag = "judgements", security(("bearer" = [])), params(("group" = String, Path), CandidateParams),
    responses((status = 200, body = CandidatePage)))]
#[get("/v1/groups/{group}/candidates")]
pub async fn list_candidates(
    app: Shared,
    caller: Caller<ReadSellers>,
    slug: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let viewer = caller.viewer;
    let group = readable(&app, &viewer, &slug).await?;
    let params: CandidateParams = body::parameters(&request)?;
    let limit = body::limit(params.limit, 50, 200)?;
    let of: Option<SellerId> = params
        .seller
        .as_deref()
        .map(str::parse)
        .transpose()
        .map_err(|_| Problem::bad_parameter("seller", "malformed", "Give the id of a profile, sel_…."))?;
    let list = format!("candidates {} {of:?}", group.slug);
    let cursors = Cursors::new(&app.cursor_key, &viewer, &list);
    let after = params.cursor.map(|cursor| cursors.open::<CandidatePosition>(&cursor)).transpose()?;
    let (asker, hasher) = (viewer.clone(), app.hasher.clone());
    let limit = usize::try_from(limit).unwrap_or_default();
    let (items, more) = blocking::read(&app, move |conn| {
        Reader::new(&asker, &group).candidates(conn, &hasher, of, after, limit)
    })
    .await?;
    let next = items.last().filter(|_| more);
    let next = next.map(|last| cursors.seal::<CandidatePosition>(&(last.expected_gain, last.a, last.b)));
    let page = CandidatePage { items, next };
    Ok(answer_page(&request, &page, page.next.as_deref()))
}
