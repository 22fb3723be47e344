//! What the caller's own member looked up.

use actix_web::{HttpRequest, HttpResponse, get};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::{Shared, answer_page, page};
use crate::domain::probing::Asking;
use crate::domain::time::Timestamp;
use crate::http::caller::{Caller, ReadAudit};
use crate::http::cursor::Cursors;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::store::look_ups::{self, Named};

page!(
    /// A page of look-ups, the latest first.
    LookUpPage of LookUpOut
);

/// What to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LookUpParams {
    pub cursor: Option<String>,
    /// 1 to 200; 50 by default.
    pub limit: Option<i64>,
}

/// That a value was tested.
#[derive(Debug, Serialize, ToSchema)]
pub struct LookUpOut {
    /// Dense, from 1, for each member.
    pub number: i64,
    pub at: Timestamp,
    /// User or key.
    pub actor: String,
    pub operation: Asking,
    /// Slug of the group that was asked.
    pub group: String,
    /// Type of the identifier.
    #[serde(rename = "type")]
    #[schema(example = "phone")]
    pub kind: String,
    /// Keyed hash of the value: the same where the same member asked for the same value.
    pub value_hash: String,
}

impl From<Named> for LookUpOut {
    fn from((row, group): Named) -> Self {
        Self {
            number: row.number,
            at: row.at,
            actor: row.actor,
            operation: row.operation,
            group,
            kind: row.kind,
            value_hash: HEXLOWER.encode(&row.value_hash),
        }
    }
}

/// Tells an owner which values its own member tested, when, where and with which user or key: of the values hashes.
/// Nothing is ever deleted from it.
#[utoipa::path(tag = "access", security(("bearer" = [])), params(LookUpParams),
    responses((status = 200, body = LookUpPage)))]
#[get("/v1/look-ups")]
pub async fn list_look_ups(
    app: Shared,
    caller: Caller<ReadAudit>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let viewer = caller.viewer;
    let params: LookUpParams = body::parameters(&request)?;
    let limit = body::limit(params.limit, 50, 200)?;
    let cursors = Cursors::new(&app.cursor_key, &viewer, "look-ups");
    let before: Option<i64> = params.cursor.map(|cursor| cursors.open(&cursor)).transpose()?;
    let asker = viewer.clone();
    let mut rows =
        blocking::read(&app, move |conn| look_ups::of_viewer(conn, &asker, before, limit + 1)).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(|(last, _)| cursors.seal(&last.number));
    let page = LookUpPage { items: rows.into_iter().map(LookUpOut::from).collect(), next };
    Ok(answer_page(&request, &page, page.next.as_deref()))
}
