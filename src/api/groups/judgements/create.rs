//! Judges two reports or profiles, or proposes to.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::Shared;
use crate::api::groups::readable;
use crate::domain::fault::{Fault, Faults};
use crate::domain::id::{ReportId, SellerId};
use crate::domain::resolution::judgement::Verdict;
use crate::domain::viewer::Viewer;
use crate::feed::Reader;
use crate::feed::judging::{Judged, JudgementView};
use crate::http::caller::{Caller, Judge};
use crate::http::prefer::preferences;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::judge::{JudgeError, NewJudgement, REASON_CHARS_MAX, judge};
use crate::store::groups::Group;
use crate::store::{Retry, StoreError, pool};

/// What to say about which two.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct JudgementForm {
    /// Two reports, or two profiles of the group.
    #[schema(required = true, example = "sel_0190f3a2b4c58d6e8f00112233445566")]
    pub a: Option<String>,
    #[schema(required = true)]
    pub b: Option<String>,
    #[schema(required = true)]
    pub verdict: Option<Verdict>,
    /// 1 to 2,000 characters.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// Whether it is only said, to those who may judge.
    pub propose: bool,
}

/// A form that was read.
#[derive(Clone)]
struct Asked {
    both: [Judged; 2],
    verdict: Verdict,
    reason: String,
    propose: bool,
}

/// Says that two reports or profiles are about the same seller or about different ones, or that it is unsure.
/// It counts at once if the caller sees both in full; who does not may propose it.
///
/// `Prefer: wait=5` waits until a judgement has been worked in and returns the profiles that the two are in then.
#[utoipa::path(tag = "judgements", security(("bearer" = [])), params(("group" = String, Path)),
    request_body = JudgementForm, responses((status = 201, body = JudgementView)))]
#[post("/v1/groups/{group}/judgements")]
pub async fn create_judgement(
    app: Shared,
    caller: Caller<Judge>,
    slug: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let body = body::bytes(&request, payload).await?;
    let group = readable(&app, &caller.viewer, &slug).await?;
    let reading = body::reading_of::<JudgementForm>(&request, body).await?;
    let mut faults = Faults::starting_with(reading.faults);
    let asked = asked(reading.form.unwrap_or_default(), &mut faults);
    let asked = faults.or(asked).map_err(Problem::invalid)?;
    let wait = preferences(&request).wait.filter(|_| !asked.propose);
    let (ids, now) = (app.ids.clone(), app.now());
    let (viewer, of) = (caller.viewer.clone(), group.clone());
    let (mut said, reports) = blocking::write(&app, move |conn| {
        let reader = Reader::new(&viewer, &of);
        let [a, b] = asked.both;
        let sides = match (reader.side(conn, a)?, reader.side(conn, b)?) {
            (Some(a), Some(b)) => [a, b],
            (a, b) => return Err(Refused::Unknown([a.is_none(), b.is_none()])),
        };
        let reports = sides.each_ref().map(|side| side.report);
        let Asked { verdict, reason, propose, .. } = asked.clone();
        let new = NewJudgement { sides, verdict, reason, propose };
        let made = judge(conn, ids.as_ref(), now, &viewer, of.id, &new)?;
        Ok((reader.said(made), reports))
    })
    .await?;
    app.wake_resolver();
    if let Some(longest) = wait {
        said.sellers = outcome(&app, &caller.viewer, &group, reports, longest).await?;
    }
    Ok(HttpResponse::Created().json(said))
}

/// Waits until two reports have been worked in, or the time is up, and says which profiles they are in then.
async fn outcome(
    app: &Shared,
    viewer: &Viewer,
    group: &Group,
    reports: [ReportId; 2],
    longest: Duration,
) -> Result<Option<[SellerId; 2]>, Problem> {
    let id = group.id;
    app.wait_resolved(longest, || async {
        let queued = blocking::read(app, move |conn| pool::any_queued(conn, id, &reports)).await;
        queued.is_ok_and(|queued| !queued)
    })
    .await;
    let (viewer, group) = (viewer.clone(), group.clone());
    blocking::read(app, move |conn| Reader::new(&viewer, &group).outcome(conn, reports)).await
}

fn asked(form: JudgementForm, faults: &mut Faults) -> Option<Asked> {
    let mut id = |text: Option<String>, at: &str| {
        let text = faults.required(text, at)?;
        let parsed = text.parse::<Judged>().ok();
        if parsed.is_none() {
            faults.add(at, "malformed", "Give the id of a report, rep_…, or of a profile, sel_….");
        }
        parsed
    };
    let (a, b) = (id(form.a, "/a"), id(form.b, "/b"));
    match (a, b) {
        (Some(Judged::Report(_)), Some(Judged::Seller(_)))
        | (Some(Judged::Seller(_)), Some(Judged::Report(_))) => {
            faults.add("/b", "not_allowed", "Give two reports or two profiles.");
        }
        (Some(a), Some(b)) if a == b => faults.add("/b", "duplicate", "Give two different ones."),
        _ => {}
    }
    let verdict = faults.required(form.verdict, "/verdict");
    let reason = faults.required(form.reason, "/reason").map(|reason| reason.trim().to_owned());
    match &reason {
        Some(reason) if reason.is_empty() => faults.add("/reason", "required", "Say why."),
        Some(reason) if reason.chars().count() > REASON_CHARS_MAX => {
            faults.add("/reason", "too_long", format!("At most {REASON_CHARS_MAX} characters."));
        }
        _ => {}
    }
    Some(Asked { both: [a?, b?], verdict: verdict?, reason: reason?, propose: form.propose })
}

/// Why nothing was said.
enum Refused {
    /// Which of the two the caller may not know of.
    Unknown([bool; 2]),
    Judge(JudgeError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Judge(error.into())
    }
}

impl From<JudgeError> for Refused {
    fn from(error: JudgeError) -> Self {
        Self::Judge(error)
    }
}

impl Retry for Refused {
    fn is_busy(&self) -> bool {
        matches!(self, Self::Judge(error) if error.is_busy())
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Unknown(missing) => {
                let named = ["/a", "/b"].into_iter().zip(missing).filter(|(_, missing)| *missing);
                let fault =
                    |at| Fault::new(at, "unknown", "Nothing that you may know of in this group has this id.");
                Self::invalid(named.map(|(at, _)| fault(at)).collect())
            }
            Refused::Judge(error) => error.into(),
        }
    }
}
