//! The door through which values are tested: limits first, then the record, then the answer, which says what is left.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

use super::blocking;
use super::problem::{Kind, Problem};
use crate::app::App;
use crate::domain::id::GroupId;
use crate::domain::identifier::Identifier;
use crate::domain::probing::{Asking, Quota};
use crate::domain::viewer::Viewer;
use crate::ops::look_up::{Question, note_look_up};

/// What the caller has left, for the headers of its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quotas(Vec<Quota>);

/// Lets the viewer ask a group for these values.
pub async fn look_up(
    app: &Arc<App>,
    viewer: &Viewer,
    group: GroupId,
    operation: Asking,
    mut values: Vec<Identifier>,
) -> Result<Quotas, Problem> {
    let quotas = throttle(app, viewer)?;
    values.sort();
    values.dedup_by(|a, b| a.kind == b.kind && a.key == b.key);
    let asked = values.len();
    let question = Question { viewer: viewer.clone(), at: app.now(), operation, group, values };
    let (ids, hasher, daily) = (app.ids.clone(), app.hasher.clone(), app.limits.daily);
    let noted =
        blocking::write(app, move |conn| note_look_up(conn, ids.as_ref(), &hasher, daily, &question)).await;
    let noted = noted.inspect_err(|problem| count_refusal(app, problem))?;
    app.metrics.looked_up(asked);
    if noted.canaries > 0 {
        app.alarm(viewer.member, noted.canaries);
        if leak!(CanariesTold) {
            return Err(Problem::forbidden("This is watched."));
        }
    }
    Ok(quotas.and(noted.quota))
}

/// Keeps requests that cost a member's budget apart.
pub fn throttle(app: &App, viewer: &Viewer) -> Result<Quotas, Problem> {
    app.throttle.admit(viewer, app.now()).map(|quotas| Quotas(Vec::from(quotas))).map_err(|exceeded| {
        app.metrics.refused();
        exceeded.into()
    })
}

/// Counts that somebody's budget did not suffice.
pub fn count_refusal(app: &App, problem: &Problem) {
    if problem.is(Kind::QUOTA_EXCEEDED) {
        app.metrics.refused();
    }
}

impl Quotas {
    /// With what is left of the budget.
    #[must_use]
    pub fn and(mut self, quota: Quota) -> Self {
        self.0.push(quota);
        self
    }

    /// Says in the answer what is left.
    pub fn stamp(&self, response: &mut HttpResponse) {
        write(response.headers_mut(), &self.0);
    }
}

/// `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-09).
pub(super) fn write(headers: &mut HeaderMap, quotas: &[Quota]) {
    let joined = |one: fn(&Quota) -> String| quotas.iter().map(one).collect::<Vec<_>>().join(", ");
    let policies =
        joined(|quota| format!("\"{}\";q={};w={}", quota.name, quota.allowed, quota.window_seconds));
    let left = joined(|quota| format!("\"{}\";r={};t={}", quota.name, quota.remaining, quota.reset_seconds));
    for (name, value) in [("ratelimit-policy", policies), ("ratelimit", left)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}
