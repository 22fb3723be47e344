//! Reports by the file: NDJSON or CSV of any length, in flat memory.
//!
//! Lines are read, accepted and committed in stretches, each limited in lines and in bytes; every line gets one answer, in order, and a
//! bad line does not stop the rest. Every line is idempotent, so an upload that broke off is simply
//! sent again.

use std::io::{self, BufRead, Chain, Cursor, Read};

use csv::StringRecord;
use serde::Serialize;
use utoipa::ToSchema;

use super::accept::{Terms, accept};
use super::csv_form::{Row, check_header};
use super::csv_rows::{Rows, Unfit};
use crate::domain::fault::Fault;
use crate::domain::id::ReportId;
use crate::domain::json;
use crate::domain::report::Accepted;
use crate::intake::form::ReportForm;
use crate::ops::file_reports::{Outcome, ReportError};

/// Longest line, or row of a CSV, in bytes with its end.
pub const LINE_BYTES_MAX: usize = 1 << 20;

/// Lines that are committed together.
const STRETCH: usize = 500;

/// Bytes of input after which a stretch is committed, however few its lines are: what a stretch takes in
/// memory is some multiple of them.
const STRETCH_BYTES: usize = 4 << 20;

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Ndjson,
    Csv,
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineStatus {
    /// A new report.
    Created,
    /// The same report was there already.
    Unchanged,
    /// Refused; the errors say why.
    Invalid,
    /// The external id is taken by other content.
    Conflict,
    /// The server could not store it; send it again.
    Failed,
}

/// The answer to one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ResultLine {
    /// Number of the line, from 1; a CSV's header is line 1.
    pub line: u64,
    pub status: LineStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<ReportId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// JSON Pointers into the line, or column names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
}

/// How many lines came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub created: u64,
    pub unchanged: u64,
    pub invalid: u64,
    pub conflict: u64,
    pub failed: u64,
}

impl Tally {
    fn count(&mut self, status: LineStatus) {
        match status {
            LineStatus::Created => self.created += 1,
            LineStatus::Unchanged => self.unchanged += 1,
            LineStatus::Invalid => self.invalid += 1,
            LineStatus::Conflict => self.conflict += 1,
            LineStatus::Failed => self.failed += 1,
        }
    }

    pub fn lines(&self) -> u64 {
        self.created + self.unchanged + self.invalid + self.conflict + self.failed
    }
}

/// What a bulk upload works with.
pub struct Bulk<'b> {
    pub terms: &'b Terms,
    /// Files a stretch and waits until it is durable.
    pub file: &'b dyn Fn(Vec<Accepted>) -> Outcome,
    /// Takes the answers, in order.
    pub answer: &'b mut dyn FnMut(&ResultLine) -> io::Result<()>,
}

/// Why a file was refused before its first line.
#[derive(Debug, thiserror::Error)]
pub enum BulkError {
    #[error("the header of the file is wrong")]
    Header(Vec<Fault>),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A file whose beginning was found good.
pub enum Upload<R> {
    Ndjson(Marked<R>),
    Csv(Box<Rows<Marked<R>>>, StringRecord),
}

/// A file whose first bytes were looked at.
type Marked<R> = Chain<Cursor<Vec<u8>>, R>;

/// Takes a byte order mark away, which is no part of the content. Reads on until there are as many bytes
/// as it has: from a network they may come one by one.
fn without_mark<R: BufRead>(mut reader: R) -> io::Result<Marked<R>> {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    let mut start = Vec::with_capacity(MARK.len());
    reader.by_ref().take(MARK.len() as u64).read_to_end(&mut start)?;
    if start == MARK {
        start.clear();
    }
    Ok(Cursor::new(start).chain(reader))
}

impl<R: BufRead> Upload<R> {
    /// Reads what must be right before the first line can be: of a CSV, its header.
    pub fn open(reader: R, format: Format) -> Result<Self, BulkError> {
        let reader = without_mark(reader)?;
        match format {
            Format::Ndjson => Ok(Self::Ndjson(reader)),
            Format::Csv => {
                let mut rows = Rows::new(reader, LINE_BYTES_MAX);
                let header = rows.next_row()?.unwrap_or_else(|| Ok(StringRecord::new()));
                let header = header.map_err(|why| BulkError::Header(vec![unfit("header", why)]))?;
                check_header(&header).map_err(BulkError::Header)?;
                Ok(Self::Csv(Box::new(rows), header))
            }
        }
    }

    /// Files every line. An error means that reading or answering failed; what was answered stands.
    pub fn run(self, bulk: &mut Bulk<'_>) -> io::Result<Tally> {
        let mut stretch = Stretch::default();
        match self {
            Self::Ndjson(reader) => read_ndjson(reader, bulk, &mut stretch)?,
            Self::Csv(rows, header) => read_csv(*rows, &header, bulk, &mut stretch)?,
        }
        stretch.flush(bulk)?;
        Ok(stretch.tally)
    }
}

fn read_ndjson<R: BufRead>(mut reader: R, bulk: &mut Bulk<'_>, stretch: &mut Stretch) -> io::Result<()> {
    let mut number = 0;
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = read_line(&mut reader, &mut line);
        number += 1;
        match read {
            Ok(false) => return Ok(()),
            Ok(true) if line.trim_ascii().is_empty() => {}
            Ok(true) if line.len() > LINE_BYTES_MAX => {
                stretch.push(bulk, number, Err(vec![too_long()]), 0)?;
            }
            Ok(true) => {
                let reading = json::read::<ReportForm>(line.trim_ascii());
                stretch.push(bulk, number, accept(reading.form, reading.faults, bulk.terms), line.len())?;
            }
            Err(error) => return stretch.broke_off(bulk, number, &error),
        }
    }
}

/// Reads one line without its end; of one that is too long, only its beginning is kept. False at the
/// end of the file.
fn read_line<R: BufRead>(reader: &mut R, line: &mut Vec<u8>) -> io::Result<bool> {
    let limit = LINE_BYTES_MAX as u64 + 1;
    if reader.by_ref().take(limit).read_until(b'\n', line)? == 0 {
        return Ok(false);
    }
    if line.len() > LINE_BYTES_MAX && line.last() != Some(&b'\n') {
        loop {
            let buffer = reader.fill_buf()?;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let (used, done) = end.map_or((buffer.len(), buffer.is_empty()), |end| (end + 1, true));
            reader.consume(used);
            if done {
                break;
            }
        }
    }
    Ok(true)
}

fn read_csv<R: BufRead>(
    mut rows: Rows<R>,
    header: &StringRecord,
    bulk: &mut Bulk<'_>,
    stretch: &mut Stretch,
) -> io::Result<()> {
    loop {
        let row = match rows.next_row() {
            Ok(Some(row)) => row,
            Ok(None) => return Ok(()),
            Err(error) => return stretch.broke_off(bulk, rows.line(), &error),
        };
        let (line, bytes) = match row {
            Ok(record) if record.iter().all(str::is_empty) && record.len() < header.len() => continue,
            Ok(record) => (accept_row(header, &record, bulk.terms), record.as_slice().len()),
            Err(why) => (Err(vec![unfit("row", why)]), 0),
        };
        stretch.push(bulk, rows.line(), line, bytes)?;
    }
}

fn accept_row(header: &StringRecord, record: &StringRecord, terms: &Terms) -> Result<Accepted, Vec<Fault>> {
    let Row { form, faults, places } = Row::read(header, record);
    accept(Some(form), faults, terms).map_err(|faults| places.by_column(faults))
}

fn unfit(what: &str, why: Unfit) -> Fault {
    match why {
        Unfit::TooLong => too_long(),
        Unfit::NotText => Fault::new("", "invalid_utf8", format!("The {what} is not valid UTF-8.")),
    }
}

fn too_long() -> Fault {
    Fault::new("", "too_long", format!("A line is limited to {LINE_BYTES_MAX} bytes."))
}

/// Lines that wait to be committed together.
#[derive(Default)]
struct Stretch {
    tally: Tally,
    /// The number of each line and its faults, or the external id of what it says.
    lines: Vec<(u64, Result<String, Vec<Fault>>)>,
    /// What the good ones among them say.
    good: Vec<Accepted>,
    /// Bytes of input that all of this was read from.
    bytes: usize,
}

impl Stretch {
    fn push(
        &mut self,
        bulk: &mut Bulk<'_>,
        number: u64,
        line: Result<Accepted, Vec<Fault>>,
        bytes: usize,
    ) -> io::Result<()> {
        self.bytes += bytes;
        let line = line.map(|accepted| {
            let external_id = accepted.report.external_id.clone();
            self.good.push(accepted);
            external_id
        });
        self.lines.push((number, line));
        let full = self.lines.len() >= STRETCH || self.bytes >= STRETCH_BYTES;
        if full { self.flush(bulk) } else { Ok(()) }
    }

    /// The upload ended in the middle: what came whole is filed, and the break is answered too.
    fn broke_off(&mut self, bulk: &mut Bulk<'_>, number: u64, error: &io::Error) -> io::Result<()> {
        let detail = format!("The upload broke off here ({error}); send the file again.");
        self.push(bulk, number, Err(vec![Fault::new("", "truncated", detail)]), 0)
    }

    fn flush(&mut self, bulk: &mut Bulk<'_>) -> io::Result<()> {
        self.bytes = 0;
        let mut outcomes = match (bulk.file)(std::mem::take(&mut self.good)) {
            Ok(outcomes) => outcomes.into_iter(),
            Err(error) => {
                tracing::error!(%error, "a stretch of a bulk upload could not be stored");
                Vec::new().into_iter()
            }
        };
        for (line, accepted) in std::mem::take(&mut self.lines) {
            let answer = match accepted {
                Err(errors) => {
                    ResultLine { line, status: LineStatus::Invalid, id: None, external_id: None, errors }
                }
                Ok(external_id) => answer_to(line, external_id, outcomes.next()),
            };
            self.tally.count(answer.status);
            (bulk.answer)(&answer)?;
        }
        Ok(())
    }
}

fn answer_to(
    line: u64,
    external_id: String,
    outcome: Option<Result<crate::ops::file_reports::Filed, ReportError>>,
) -> ResultLine {
    let (status, id, errors) = match outcome {
        Some(Ok(filed)) if filed.changed => (LineStatus::Created, Some(filed.stored.id), Vec::new()),
        Some(Ok(filed)) => (LineStatus::Unchanged, Some(filed.stored.id), Vec::new()),
        Some(Err(ReportError::Conflict { id, stored_digest })) => {
            let detail = format!("This external id is taken by other content, with SHA-256 {stored_digest}.");
            (LineStatus::Conflict, Some(id), vec![Fault::new("/external_id", "conflict", detail)])
        }
        Some(Err(_)) | None => {
            let fault = Fault::new("", "not_stored", "The line could not be stored; send it again.");
            (LineStatus::Failed, None, vec![fault])
        }
    };
    ResultLine { line, status, id, external_id: Some(external_id), errors }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::io::BufReader;

    use super::*;
    use crate::domain::time::parse_date;

    /// Reports in each stretch that a file is committed in.
    fn stretches(lines: usize, line: &str) -> Vec<usize> {
        let today = parse_date("2026-06-01").unwrap();
        let terms = Terms { today, may_share_with: Vec::new(), external_id: None };
        let sizes = RefCell::new(Vec::new());
        let file = |reports: Vec<Accepted>| {
            sizes.borrow_mut().push(reports.len());
            Ok(Vec::new())
        };
        let mut answered = 0;
        let mut answer = |_: &ResultLine| {
            answered += 1;
            Ok(())
        };
        let text = format!("{line}\n").repeat(lines);
        let upload = Upload::open(text.as_bytes(), Format::Ndjson).unwrap();
        upload.run(&mut Bulk { terms: &terms, file: &file, answer: &mut answer }).unwrap();
        assert_eq!(answered, lines);
        sizes.into_inner()
    }

    fn line(narrative: usize) -> String {
        format!(
            r#"{{"infringement_type": "counterfeit_goods", "narrative": "{}",
                "seller": {{"identifiers": [{{"type": "email", "value": "jian@bags.shop"}}]}}}}"#,
            "x".repeat(narrative)
        )
        .replace('\n', " ")
    }

    #[test]
    fn a_byte_order_mark_that_comes_byte_by_byte_is_no_part_of_the_content() {
        for text in ["\u{feff}{}\n", "{}\n", "a", "\u{feff}", ""] {
            let slow = BufReader::with_capacity(1, text.as_bytes());
            let mut read = String::new();
            without_mark(slow).unwrap().read_to_string(&mut read).unwrap();
            assert_eq!(read, text.trim_start_matches('\u{feff}'));
        }
    }

    #[test]
    fn short_lines_are_committed_by_the_five_hundred() {
        assert_eq!(stretches(1_200, &line(10)), [500, 500, 200]);
    }

    #[test]
    fn long_lines_are_committed_before_they_fill_the_memory() {
        let line = line(19_000);
        let sizes = stretches(500, &line);
        assert!(sizes.iter().all(|size| size * line.len() <= STRETCH_BYTES + line.len()), "{sizes:?}");
        assert!(sizes.len() > 1, "{sizes:?}");
    }

    #[test]
    fn long_lines_that_are_wrong_count_as_well() {
        let wrong = format!(r#"{{"narrative": 1, "goods": "{}"}}"#, "x".repeat(60_000));
        let sizes = stretches(200, &wrong);
        assert!(sizes.len() > 2, "{sizes:?}");
    }
}
