//! What the caller's own member is asked.

use actix_web::{HttpRequest, HttpResponse, get};

use super::list::IntroductionParams;
use super::{ReceivedOut, received_out};
use crate::api::{Shared, answer_page, page};
use crate::domain::id::IntroductionId;
use crate::domain::time::Timestamp;
use crate::http::caller::{Caller, ReadSellers};
use crate::http::cursor::Cursors;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::introduce::groups_read;
use crate::store::introductions;

page!(
    /// A page of requests, the latest first.
    ReceivedPage of ReceivedOut
);

/// Lists the introductions that the caller's member may grant, or has granted: who asks, about which profile, and why.
#[utoipa::path(tag = "introductions", security(("bearer" = [])), params(IntroductionParams),
    responses((status = 200, body = ReceivedPage)))]
#[get("/v1/introductions/received")]
pub async fn list_received_introductions(
    app: Shared,
    caller: Caller<ReadSellers>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let viewer = caller.viewer;
    let params: IntroductionParams = body::parameters(&request)?;
    let limit = body::limit(params.limit, 50, 200)?;
    let cursors = Cursors::new(&app.cursor_key, &viewer, "received introductions");
    let after = params.cursor.map(|cursor| cursors.open::<(i64, IntroductionId)>(&cursor)).transpose()?;
    let after = after.map(|(at, id)| (Timestamp(at), id));
    let (asked, now) = (viewer.clone(), app.now());
    let mut rows = blocking::read(&app, move |conn| {
        let groups = groups_read(conn, &asked)?;
        introductions::received(conn, &asked, &groups, now, after, limit + 1)
    })
    .await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let last = rows.last().filter(|_| more);
    let next = last.map(|(_, last, ..)| cursors.seal(&(last.created_at.micros(), last.id)));
    let page = ReceivedPage { items: rows.into_iter().map(received_out).collect(), next };
    Ok(answer_page(&request, &page, page.next.as_deref()))
}
