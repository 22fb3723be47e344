//! Lists API keys.

use actix_web::{HttpRequest, HttpResponse, get};

use super::KeyOut;
use crate::api::users::list::ListParams;
use crate::api::{Shared, answer_page, page};
use crate::domain::id::KeyId;
use crate::http::caller::{Caller, ManageKeys};
use crate::http::cursor::Cursors;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::store::keys;

page!(
    /// A page of keys.
    KeyPage of KeyOut
);

/// Lists the keys of the caller's member, revoked ones included.
#[utoipa::path(tag = "access", security(("bearer" = [])), params(ListParams),
    responses((status = 200, body = KeyPage)))]
#[get("/v1/keys")]
pub async fn list_keys(
    app: Shared,
    caller: Caller<ManageKeys>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let params: ListParams = body::parameters(&request)?;
    let limit = body::limit(params.limit, 50, 200)?;
    let cursors = Cursors::new(&app.cursor_key, &caller.viewer, "keys");
    let after: Option<KeyId> = params.cursor.map(|cursor| cursors.open(&cursor)).transpose()?;
    let viewer = caller.viewer.clone();
    let mut found = blocking::read(&app, move |conn| keys::list(conn, &viewer, after, limit + 1)).await?;
    let more = found.len() as i64 > limit;
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = found.last().filter(|_| more).map(|last| cursors.seal(&last.id));
    let page = KeyPage { items: found.into_iter().map(KeyOut::from).collect(), next };
    Ok(answer_page(&request, &page, page.next.as_deref()))
}
