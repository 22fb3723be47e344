//! The judgements that the caller may know of.

use actix_web::{HttpRequest, HttpResponse, get, web};

use crate::api::groups::readable;
use crate::api::users::list::ListParams;
use crate::api::{Shared, answer_page, page};
use crate::feed::Reader;
use crate::feed::judging::JudgementView;
use crate::http::caller::{Caller, ReadSellers};
use crate::http::cursor::Cursors;
use crate::http::problem::Problem;
use crate::http::{blocking, body};

page!(
    /// A page of judgements, newest first.
    JudgementPage of JudgementView
);

/// Lists what the caller's own member said, taken back or not, and for who may judge the open proposals on
/// what it sees in full.
#[utoipa::path(tag = "judgements", security(("bearer" = [])), params(("group" = String, Path), ListParams),
    responses((status = 200, body = JudgementPage)))]
#[get("/v1/groups/{group}/judgements")]
pub async fn list_judgements(
    app: Shared,
    caller: Caller<ReadSellers>,
    slug: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let viewer = caller.viewer;
    let group = readable(&app, &viewer, &slug).await?;
    let params: ListParams = body::parameters(&request)?;
    let limit = body::limit(params.limit, 50, 200)?;
    let cursors = Cursors::new(&app.cursor_key, &viewer, &format!("judgements {}", group.slug));
    let after = params.cursor.map(|cursor| cursors.open::<(i64, _)>(&cursor)).transpose()?;
    let after = after.map(|(at, id)| (crate::domain::time::Timestamp(at), id));
    let asker = viewer.clone();
    let limit = usize::try_from(limit).unwrap_or_default();
    let (items, more) =
        blocking::read(&app, move |conn| Reader::new(&asker, &group).judgements(conn, after, limit)).await?;
    let next = items.last().filter(|_| more);
    let next = next.map(|last| cursors.seal(&(last.created_at.micros(), last.id)));
    let page = JudgementPage { items, next };
    Ok(answer_page(&request, &page, page.next.as_deref()))
}
