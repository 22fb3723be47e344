//! The forms in which a snapshot is written down: each a pure mapping of what the viewer sees.

use std::io;

use serde::Serialize;
use utoipa::ToSchema;

use super::Seller;
use super::csv_cell::safe;
use super::table::{self, Cell};
use super::workbook::Book;

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
    /// The same table as a workbook.
    Xlsx,
}

/// Writes a snapshot down in a form, a piece after the other.
pub struct Pen {
    form: Form,
    written: Vec<u8>,
    book: Option<Book>,
}

impl Pen {
    pub fn new(form: Form) -> Self {
        Self { form, written: Vec::new(), book: None }
    }

    pub fn begin(&mut self, head: SnapshotHead) -> io::Result<()> {
        match self.form {
            Form::Lines => self.line(&SnapshotLine::Snapshot(head)),
            Form::Csv { byte_order_mark } => {
                if byte_order_mark {
                    self.written.extend_from_slice("\u{feff}".as_bytes());
                }
                self.row(table::columns().iter().map(|name| (*name).to_owned()))
            }
            Form::Xlsx => Ok(()),
        }
    }

    pub fn seller(&mut self, seller: &Seller) -> io::Result<()> {
        match self.form {
            Form::Lines => self.line(&SnapshotLine::Seller(seller)),
            Form::Csv { .. } => self.row(table::row(seller).into_iter().map(cell_of)),
            Form::Xlsx => self.book()?.row(table::row(seller)),
        }
    }

    /// Ends what is written and hands over what was not taken yet; of a workbook all, which is whole only now.
    pub fn end(mut self, end: SnapshotEnd, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        match self.form {
            Form::Lines => self.line(&SnapshotLine::End(end))?,
            Form::Csv { .. } => {}
            Form::Xlsx => {
                let book = self.book.take().map_or_else(Book::new, Ok)?;
                return book.finish(take);
            }
        }
        take(&self.written)
    }

    fn book(&mut self) -> io::Result<&mut Book> {
        let book = self.book.take().map_or_else(Book::new, Ok)?;
        Ok(self.book.insert(book))
    }

    /// Bytes that wait to be taken.
    pub fn waiting(&self) -> usize {
        self.written.len()
    }

    /// What was written since the last time.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.written)
    }

    fn line(&mut self, line: &SnapshotLine<'_>) -> io::Result<()> {
        serde_json::to_writer(&mut self.written, line)?;
        self.written.push(b'\n');
        Ok(())
    }

    /// A row after RFC 4180, its end included.
    fn row(&mut self, cells: impl Iterator<Item = String>) -> io::Result<()> {
        let mut row =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut self.written);
        row.write_record(cells)?;
        row.flush()
    }
}

/// A cell of a CSV file.
fn cell_of(cell: Cell) -> String {
    match cell {
        Cell::Number(number) => number.to_string(),
        Cell::Word(word) => word,
        Cell::Text(text) => safe(&text),
    }
}
