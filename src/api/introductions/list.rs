//! What the caller's own member asks.

use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{IntroductionOut, by_request, introduction_out};
use crate::api::{Shared, answer_page, page};
use crate::domain::id::IntroductionId;
use crate::domain::time::Timestamp;
use crate::http::caller::{Caller, ReadSellers};
use crate::http::cursor::Cursors;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::introduce::groups_read;
use crate::store::{StoreError, introductions};

page!(
    /// A page of requests, the latest first.
    IntroductionPage of IntroductionOut
);

/// What to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct IntroductionParams {
    pub cursor: Option<String>,
    /// 1 to 200; 50 by default.
    pub limit: Option<i64>,
}

/// Lists the introductions that the caller's member asked for in groups that it reads, with who granted them.
#[utoipa::path(tag = "introductions", security(("bearer" = [])), params(IntroductionParams),
    responses((status = 200, body = IntroductionPage)))]
#[get("/v1/introductions")]
pub async fn list_introductions(
    app: Shared,
    caller: Caller<ReadSellers>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let viewer = caller.viewer;
    let params: IntroductionParams = body::parameters(&request)?;
    let limit = body::limit(params.limit, 50, 200)?;
    let cursors = Cursors::new(&app.cursor_key, &viewer, "introductions");
    let after = params.cursor.map(|cursor| cursors.open::<(i64, IntroductionId)>(&cursor)).transpose()?;
    let after = after.map(|(at, id)| (Timestamp(at), id));
    let asker = viewer.clone();
    let (rows, more, grants) = blocking::read(&app, move |conn| {
        let groups = groups_read(conn, &asker)?;
        let mut rows = introductions::sent(conn, &asker, &groups, after, limit + 1)?;
        let more = rows.len() as i64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let ids: Vec<IntroductionId> = rows.iter().map(|(row, _)| row.id).collect();
        let grants = by_request(introductions::grants(conn, &asker, &ids)?, &ids);
        Ok::<_, StoreError>((rows, more, grants))
    })
    .await?;
    let (now, mut grants) = (app.now(), grants);
    let last = rows.last().filter(|_| more);
    let next = last.map(|(last, _)| cursors.seal(&(last.created_at.micros(), last.id)));
    let items = rows.into_iter().map(|(row, group)| {
        let granted = grants.remove(&row.id).unwrap_or_default();
        introduction_out(row, group, granted, now)
    });
    let page = IntroductionPage { items: items.collect(), next };
    Ok(answer_page(&request, &page, page.next.as_deref()))
}
