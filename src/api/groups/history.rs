//! The changes of one profile.

use actix_web::{HttpRequest, HttpResponse, get, web};

use super::readable;
use crate::api::users::list::ListParams;
use crate::api::{Shared, answer_page, page};
use crate::domain::id::SellerId;
use crate::feed::{FeedEvent, Reader};
use crate::http::caller::{Caller, ReadSellers};
use crate::http::cursor::Cursors;
use crate::http::problem::Problem;
use crate::http::{blocking, body};

page!(
    /// A page of changes, oldest first.
    HistoryPage of FeedEvent
);

/// Lists the changes of a profile that the caller's lens could see, oldest first, without views.
/// The history of a profile that is gone stays readable.
#[utoipa::path(tag = "sellers", security(("bearer" = [])),
    params(("group" = String, Path), ("id" = SellerId, Path), ListParams),
    responses((status = 200, body = HistoryPage)))]
#[get("/v1/groups/{group}/sellers/{id}/history")]
pub async fn list_seller_history(
    app: Shared,
    caller: Caller<ReadSellers>,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (slug, id) = path.into_inner();
    let viewer = caller.viewer;
    let group = readable(&app, &viewer, &slug).await?;
    let id: SellerId = body::id(&id)?;
    let params: ListParams = body::parameters(&request)?;
    let limit = body::limit(params.limit, 50, 200)?;
    let cursors = Cursors::new(&app.cursor_key, &viewer, &format!("history {slug} {id}"));
    let after: i64 = params.cursor.map_or(Ok(0), |cursor| cursors.open(&cursor))?;
    let asker = viewer.clone();
    let mut items =
        blocking::read(&app, move |conn| Reader::new(&asker, &group).history(conn, id, after, limit + 1))
            .await?;
    if items.is_empty() && after == 0 {
        return Err(Problem::not_found());
    }
    let more = items.len() as i64 > limit;
    items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = items.last().filter(|_| more).map(|last| cursors.seal(&last.number));
    let page = HistoryPage { items, next };
    Ok(answer_page(&request, &page, page.next.as_deref()))
}
