//! The reports of one profile that the caller sees one by one.

use actix_web::{HttpRequest, HttpResponse, get, web};

use super::readable;
use crate::api::users::list::ListParams;
use crate::api::{Shared, answer_page, page};
use crate::domain::id::{ReportId, SellerId};
use crate::domain::lens::contribution::ContributionView;
use crate::feed::Reader;
use crate::http::caller::{Caller, ReadSellers};
use crate::http::cursor::Cursors;
use crate::http::problem::Problem;
use crate::http::{blocking, body};

page!(
    /// A page of reports, the last filed first.
    ContributionPage of ContributionView
);

/// Lists the reports of a profile that the caller's lens shows one by one, the last filed first: all that
/// `contributions` of the profile has the last hundred of. Peers see none. A report that was changed a moment ago comes
/// back when that has been worked in.
#[utoipa::path(tag = "sellers", security(("bearer" = [])),
    params(("group" = String, Path), ("id" = SellerId, Path), ListParams),
    responses((status = 200, body = ContributionPage)))]
#[get("/v1/groups/{group}/sellers/{id}/contributions")]
pub async fn list_seller_contributions(
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
    let limit = usize::try_from(body::limit(params.limit, 50, 200)?).unwrap_or(usize::MAX);
    let cursors = Cursors::new(&app.cursor_key, &viewer, &format!("contributions {slug} {id}"));
    let before: Option<ReportId> = params.cursor.map(|cursor| cursors.open(&cursor)).transpose()?;
    let asker = viewer.clone();
    let found =
        blocking::read(&app, move |conn| Reader::new(&asker, &group).contributions(conn, id, before, limit));
    let (items, more) = found.await?.ok_or_else(Problem::not_found)?;
    let next = items.last().filter(|_| more).map(|last| cursors.seal(&last.report_id));
    let page = ContributionPage { items, next };
    Ok(answer_page(&request, &page, page.next.as_deref()))
}
