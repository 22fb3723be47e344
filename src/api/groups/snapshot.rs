//! All of a group at one moment, and where the feed goes on from there.
//!
//! A thread of its own reads in one transaction, so that what it reads is one state whoever writes meanwhile, and
//! writes to a temporary file, so that the transaction lasts as long as reading does and no longer, however slowly the
//! client takes the answer.

use actix_web::http::header::{CONTENT_DISPOSITION, LINK, VARY};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get, web};
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use tokio::sync::oneshot;
use utoipa::IntoParams;

use super::following::{Following, Part};
use super::readable;
use crate::api::Shared;
use crate::feed::Seller;
use crate::feed::forms::{Form, Pen, SnapshotEnd, SnapshotHead, SnapshotLine};
use crate::feed::snapshot::Taker;
use crate::http::accept::{CSV, NDJSON, XLSX, preferred};
use crate::http::body;
use crate::http::caller::{Caller, ReadFeed};
use crate::http::problem::Problem;
use crate::http::scribe::{self, BrokenOff, GATHERED, Scribe};

/// Which part of the group.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SnapshotParams {
    /// Only profiles with a storefront or page on this platform (slug).
    pub platform: Option<String>,
    /// Only profiles with an identifier of this country (ISO 3166-1 alpha-2).
    pub country: Option<String>,
    /// Only profiles of this score of risk or a higher one, 0 to 100.
    pub minimum_risk: Option<u8>,
    /// `ndjson`, `csv` or `xlsx`, in place of the `Accept` header, which a link cannot have.
    pub format: Option<String>,
    /// Of `csv`, whether it begins with a byte order mark.
    pub bom: Option<bool>,
}

/// Reads all profiles of a group, or of a part of it, at one moment: a line with the feed's number and cursor there,
/// a line for each seller by id, and a last line that says how many they were; or a table for people as CSV or XLSX.
#[utoipa::path(tag = "sellers", security(("bearer" = [])), params(("group" = String, Path), SnapshotParams),
    responses((status = 200, content((SnapshotLine = "application/x-ndjson"), (String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
#[get("/v1/groups/{group}/snapshot")]
pub async fn read_snapshot(
    app: Shared,
    caller: Caller<ReadFeed>,
    slug: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let viewer = caller.viewer;
    let group = readable(&app, &viewer, &slug).await?;
    let params: SnapshotParams = body::parameters(&request)?;
    let part = Part {
        platform: params.platform.as_deref(),
        country: params.country.as_deref(),
        minimum_risk: params.minimum_risk,
        changed: None,
    };
    let following = Following::open(app.clone(), request.clone(), viewer, group, part)?;
    let form = form(&request, &params)?;
    let (begun, begins) = oneshot::channel();
    let subject = following.subject();
    let spool = scribe::begin(&app, move |db, scribe| {
        let mut writing = Writing { scribe, begun: Some(begun), number: 0, sellers: 0, pen: Pen::new(form) };
        subject.snapshot(db, &mut writing)?;
        writing.end()
    })?;
    let number = begins.await.map_err(|_| Problem::internal(&"the snapshot could not begin"))?;
    let next = following.cursor(number);
    let mut response = HttpResponse::Ok();
    response.insert_header((LINK, link_to_feed(&following.group().slug, &params, &next)));
    response.insert_header(("touchstone-feed-number", number));
    response.insert_header((VARY, "accept"));
    let extension = match form {
        Form::Lines => None,
        Form::Csv { .. } => Some("csv"),
        Form::Xlsx => Some("xlsx"),
    };
    if let Some(extension) = extension {
        let name = format!("{}-{number}.{extension}", following.group().slug.replace(':', "-"));
        response.insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")));
    }
    response.content_type(match form {
        Form::Lines => NDJSON,
        Form::Csv { .. } => "text/csv; charset=utf-8; header=present",
        Form::Xlsx => XLSX,
    });
    let mut pen = Pen::new(form);
    let head = SnapshotHead { group: following.group().slug.clone(), number, next: Some(next) };
    pen.begin(head).map_err(|error| Problem::internal(&error))?;
    let first = stream::iter([Ok(Bytes::from(pen.take()))]);
    Ok(response.streaming(first.chain(spool.read())))
}

/// The form that is asked for.
fn form(request: &HttpRequest, params: &SnapshotParams) -> Result<Form, Problem> {
    let csv = Form::Csv { byte_order_mark: params.bom == Some(true) };
    let form = match params.format.as_deref() {
        None => match preferred(request, &[NDJSON, CSV, XLSX]) {
            CSV => csv,
            XLSX => Form::Xlsx,
            _ => Form::Lines,
        },
        Some("ndjson") => Form::Lines,
        Some("csv") => csv,
        Some("xlsx") => Form::Xlsx,
        Some(_) => {
            let detail = "Must be one of: ndjson, csv, xlsx.";
            return Err(Problem::bad_parameter("format", "not_allowed", detail));
        }
    };
    if params.bom.is_some() && form != csv {
        return Err(Problem::bad_parameter("bom", "contradiction", "Only CSV has a byte order mark."));
    }
    Ok(form)
}

/// Where the feed of the same part goes on.
fn link_to_feed(group: &str, params: &SnapshotParams, cursor: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in [("platform", &params.platform), ("country", &params.country)] {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    if let Some(minimum) = params.minimum_risk {
        query.append_pair("minimum_risk", &minimum.to_string());
    }
    let query = query.append_pair("cursor", cursor).finish();
    format!("</v1/groups/{group}/feed?{query}>; rel=\"next\"")
}

/// Writes a snapshot down.
struct Writing<'s> {
    scribe: &'s mut Scribe,
    begun: Option<oneshot::Sender<i64>>,
    number: i64,
    sellers: u64,
    pen: Pen,
}

impl Writing<'_> {
    fn end(self) -> Result<(), BrokenOff> {
        let Self { scribe, number, sellers, pen, .. } = self;
        Ok(pen.end(SnapshotEnd { number, sellers }, |piece| scribe.write(piece))?)
    }
}

impl Taker<BrokenOff> for Writing<'_> {
    fn begin(&mut self, number: i64) -> Result<(), BrokenOff> {
        self.number = number;
        let waits = self.begun.take().is_some_and(|begun| begun.send(number).is_ok());
        if waits { Ok(()) } else { Err(BrokenOff::Abandoned) }
    }

    fn take(&mut self, seller: &Seller) -> Result<(), BrokenOff> {
        self.sellers += 1;
        self.pen.seller(seller)?;
        if self.pen.waiting() >= GATHERED {
            self.scribe.write(&self.pen.take())?;
        }
        self.scribe.note()
    }
}
