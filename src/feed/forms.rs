//! The forms in which a snapshot is written down: each a pure mapping of what the viewer sees.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Seller, table};

/// The first line of a snapshot as lines of JSON: what it is of.
#[derive(Debug, Serialize, ToSchema)]
pub struct SnapshotHead {
    pub group: String,
    /// The number of the last feed event that is in it.
    pub number: i64,
    /// The cursor with which the feed goes on from it, in the same part; none in a file that was written without a
    /// caller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The last line: that the snapshot is whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct SnapshotEnd {
    pub number: i64,
    /// How many sellers were in it.
    pub sellers: u64,
}

/// A line of a snapshot, under the name of what it is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SnapshotLine<'s> {
    Snapshot(SnapshotHead),
    Seller(&'s Seller),
    End(SnapshotEnd),
}

/// How a snapshot is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Lines of JSON.
    Lines,
    /// A table for people; with a byte order mark, some programs see that it is UTF-8.
    Csv { byte_order_mark: bool },
}

/// Writes a snapshot down in a form, a piece after the other.
pub struct Pen {
    form: Form,
    written: Vec<u8>,
}

impl Pen {
    pub fn new(form: Form) -> Self {
        Self { form, written: Vec::new() }
    }

    pub fn begin(&mut self, head: SnapshotHead) -> std::io::Result<()> {
        match self.form {
            Form::Lines => self.line(&SnapshotLine::Snapshot(head)),
            Form::Csv { byte_order_mark } => {
                if byte_order_mark {
                    self.written.extend_from_slice("\u{feff}".as_bytes());
                }
                self.row(table::columns().iter().map(|name| (*name).to_owned()))
            }
        }
    }

    pub fn seller(&mut self, seller: &Seller) -> std::io::Result<()> {
        match self.form {
            Form::Lines => self.line(&SnapshotLine::Seller(seller)),
            Form::Csv { .. } => self.row(table::row(seller).into_iter()),
        }
    }

    pub fn end(&mut self, end: SnapshotEnd) -> std::io::Result<()> {
        match self.form {
            Form::Lines => self.line(&SnapshotLine::End(end)),
            Form::Csv { .. } => Ok(()),
        }
    }

    /// Bytes that wait to be taken.
    pub fn waiting(&self) -> usize {
        self.written.len()
    }

    /// What was written since the last time.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.written)
    }

    fn line(&mut self, line: &SnapshotLine<'_>) -> std::io::Result<()> {
        serde_json::to_writer(&mut self.written, line)?;
        self.written.push(b'\n');
        Ok(())
    }

    /// A row after RFC 4180, its end included.
    fn row(&mut self, cells: impl Iterator<Item = String>) -> std::io::Result<()> {
        let mut row =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut self.written);
        row.write_record(cells)?;
        row.flush()
    }
}
