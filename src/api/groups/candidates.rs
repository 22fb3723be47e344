//! The review queue.

use actix_web::{HttpRequest, HttpResponse, get, web};

use super::readable;
use crate::api::users::list::ListParams;
use crate::api::{Shared, answer_page, page};
use crate::feed::Reader;
use crate::feed::review::{CandidatePosition, CandidateView};
use crate::http::caller::{Caller, ReadSellers};
use crate::http::cursor::Cursors;
use crate::http::problem::Problem;
use crate::http::{blocking, body};

page!(
    /// A page of candidates, the likeliest first.
    CandidatePage of CandidateView
);

/// Lists pairs of profiles that may be one seller and that nobody has judged, the likeliest first: links
/// that were refused because the two sides contradict each other.
#[utoipa::path(tag = "judgements", security(("bearer" = [])), params(("group" = String, Path), ListParams),
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
    let params: ListParams = body::parameters(&request)?;
    let limit = body::limit(params.limit, 50, 200)?;
    let cursors = Cursors::new(&app.cursor_key, &viewer, &format!("candidates {}", group.slug));
    let after = params.cursor.map(|cursor| cursors.open::<CandidatePosition>(&cursor)).transpose()?;
    let (asker, hasher) = (viewer.clone(), app.hasher.clone());
    let limit = usize::try_from(limit).unwrap_or_default();
    let (items, more) =
        blocking::read(&app, move |conn| Reader::new(&asker, &group).candidates(conn, &hasher, after, limit))
            .await?;
    let next = items.last().filter(|_| more);
    let next = next.map(|last| cursors.seal::<CandidatePosition>(&(last.worth(), last.a, last.b)));
    let page = CandidatePage { items, next };
    Ok(answer_page(&request, &page, page.next.as_deref()))
}
