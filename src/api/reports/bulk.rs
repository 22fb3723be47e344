//! Files reports by the file, streamed both ways.
//!
//! The upload is read by a thread of its own. Its answers are spooled: a client that sends everything before it
//! reads anything cannot block itself.

use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, post, web};
use futures_util::{Stream, StreamExt};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use crate::api::Shared;
use crate::app::App;
use crate::domain::viewer::Viewer;
use crate::http::body::content_type;
use crate::http::caller::{Caller, WriteReports};
use crate::http::filing::terms;
use crate::http::problem::{Kind, Problem};
use crate::http::spool::Spool;
use crate::intake::accept::Terms;
use crate::intake::bulk::{Bulk, BulkError, Format, ResultLine, Upload};
use crate::intake::form::ReportForm;
use crate::ops::file_reports::{Order, Work};

/// Pieces of an upload that may wait to be read.
const PIECES_MAX: usize = 16;

/// Longest time between two pieces of an upload.
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// Files many reports: NDJSON (`application/x-ndjson`, one report per line) or CSV (`text/csv`, columns
/// in docs/API.md). The answer is NDJSON, one line for each line, in order. A bad line does not stop
/// the rest; sending a file again changes nothing.
#[utoipa::path(tag = "reports", security(("bearer" = [])),
    request_body(content((ReportForm = "application/x-ndjson"), (String = "text/csv"))),
    responses((status = 200, body = ResultLine, content_type = "application/x-ndjson")))]
#[post("/v1/reports/bulk")]
pub async fn file_reports_in_bulk(
    app: Shared,
    caller: Caller<WriteReports>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let format = match content_type(&request).as_str() {
        "application/x-ndjson" | "application/jsonl" | "application/ndjson" => Format::Ndjson,
        "text/csv" => Format::Csv,
        _ => return Err(Problem::new(Kind::UNSUPPORTED_TYPE, "Send application/x-ndjson or text/csv.")),
    };
    let permit = app.bulk_permits.clone().try_acquire_owned().map_err(|_| Problem::busy())?;
    let terms = terms(&app, &caller.viewer).await?;
    let spool = Spool::new().map_err(|error| Problem::internal(&error))?;
    let (pieces, incoming) = mpsc::channel(PIECES_MAX);
    actix_web::rt::spawn(forward(payload, pieces, PAUSE_MAX));

    let (opened, open) = oneshot::channel();
    let job = Job { app: app.get_ref().clone(), viewer: caller.viewer, terms, format, permit };
    let writer = spool.clone();
    std::thread::Builder::new()
        .name("bulk-upload".to_owned())
        .spawn(move || job.run(Pieces::new(incoming), &writer, opened))
        .map_err(|error| Problem::internal(&error))?;
    match open.await {
        Ok(Ok(())) => Ok(HttpResponse::Ok().content_type("application/x-ndjson").streaming(spool.read())),
        Ok(Err(BulkError::Header(faults))) => Err(Problem::invalid(faults)),
        Ok(Err(BulkError::Io(error))) => {
            Err(Problem::new(Kind::MALFORMED, format!("The upload broke off: {error}.")))
        }
        Err(_) => Err(Problem::internal(&"the upload thread ended")),
    }
}

/// Hands the pieces of the body to the reading thread, no faster than it takes them. A client that sends
/// nothing for longer than `pause_max` has broken off: it would hold one of few permits for ever.
async fn forward<E: std::fmt::Display>(
    mut payload: impl Stream<Item = Result<Bytes, E>> + Unpin,
    pieces: mpsc::Sender<io::Result<Bytes>>,
    pause_max: Duration,
) {
    loop {
        let piece = match tokio::time::timeout(pause_max, payload.next()).await {
            Ok(Some(piece)) => {
                piece.map_err(|error| io::Error::new(io::ErrorKind::UnexpectedEof, error.to_string()))
            }
            Ok(None) => return,
            Err(_) => {
                let detail = format!("nothing came for {} seconds", pause_max.as_secs());
                Err(io::Error::new(io::ErrorKind::TimedOut, detail))
            }
        };
        let broke = piece.is_err();
        if pieces.send(piece).await.is_err() || broke {
            return;
        }
    }
}

struct Job {
    app: Arc<App>,
    viewer: Viewer,
    terms: Terms,
    format: Format,
    permit: OwnedSemaphorePermit,
}

impl Job {
    fn run(self, pieces: Pieces, spool: &Spool, opened: oneshot::Sender<Result<(), BulkError>>) {
        let upload = match Upload::open(BufReader::with_capacity(64 * 1024, pieces), self.format) {
            Ok(upload) => upload,
            Err(error) => {
                drop(opened.send(Err(error)));
                return;
            }
        };
        if opened.send(Ok(())).is_err() {
            return;
        }
        let file = |reports| {
            let work = Work::Submit(reports);
            let at = self.app.now();
            let order = Order { member: self.viewer.member, actor: self.viewer.actor(), at, work };
            self.app.lane.submit_blocking(order)
        };
        let mut answer = |line: &ResultLine| {
            let mut bytes = serde_json::to_vec(line)?;
            bytes.push(b'\n');
            spool.write(&bytes)
        };
        let result = upload.run(&mut Bulk { terms: &self.terms, file: &file, answer: &mut answer });
        match result {
            Ok(tally) => tracing::info!(
                created = tally.created,
                unchanged = tally.unchanged,
                invalid = tally.invalid,
                conflict = tally.conflict,
                failed = tally.failed,
                "a bulk upload was filed"
            ),
            Err(error) => tracing::warn!(%error, "a bulk upload ended early"),
        }
        spool.finish();
        drop(self.permit);
    }
}

/// The pieces of a body as something to read from, on a thread that may block.
struct Pieces {
    incoming: mpsc::Receiver<io::Result<Bytes>>,
    piece: Bytes,
}

impl Pieces {
    fn new(incoming: mpsc::Receiver<io::Result<Bytes>>) -> Self {
        Self { incoming, piece: Bytes::new() }
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.incoming.blocking_recv() {
                Some(piece) => self.piece = piece?,
                None => return Ok(0),
            }
        }
        let length = buffer.len().min(self.piece.len());
        buffer[..length].copy_from_slice(&self.piece.split_to(length));
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    #[test]
    fn an_upload_that_stalls_breaks_off_after_what_came() {
        let came = ["one\n", "two\n"].map(|line| Ok::<_, io::Error>(Bytes::from(line)));
        let stalled = stream::iter(came).chain(stream::pending());
        let (pieces, incoming) = mpsc::channel(PIECES_MAX);
        actix_web::rt::System::new().block_on(forward(stalled, pieces, Duration::from_millis(50)));
        let mut text = String::new();
        let error = Pieces::new(incoming).read_to_string(&mut text).unwrap_err();
        assert_eq!((text.as_str(), error.kind()), ("one\ntwo\n", io::ErrorKind::TimedOut));
    }
}
