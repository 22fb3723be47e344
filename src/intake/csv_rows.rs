//! The rows of a CSV file, each within a limit. A quote that is never closed makes one row of all that
//! follows it, and the reader of the `csv` crate would hold that in memory, however long the file is.

use std::io::{self, BufRead};

use csv::StringRecord;
use csv_core::{ReadRecordResult, ReaderBuilder, Terminator};

/// Why a row could not be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// It is longer than the limit.
    TooLong,
    /// It is not UTF-8.
    NotText,
}

/// Reads a CSV file row by row.
pub struct Rows<R> {
    reader: R,
    parser: csv_core::Reader,
    row_bytes_max: usize,
    line: u64,
    /// The cells of a row, one behind the other.
    text: Vec<u8>,
    /// Where in `text` each of them ends.
    ends: Vec<usize>,
}

impl<R: BufRead> Rows<R> {
    /// Reads rows of at most `row_bytes_max` bytes, counted as they stand in the file.
    pub fn new(reader: R, row_bytes_max: usize) -> Self {
        // A carriage return before it is trimmed; taken as an end of its own it would count twice.
        let parser = ReaderBuilder::new().terminator(Terminator::Any(b'\n')).build();
        Self { reader, parser, row_bytes_max, line: 1, text: vec![0; 4096], ends: vec![0; 64] }
    }

    /// The line on which the row begins that was read last, or that could not be read.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Reads the next row, its cells trimmed; `None` at the end of the file. A row that is unfit is read
    /// to its end too, so that the next one can follow.
    pub fn next_row(&mut self) -> io::Result<Option<Result<StringRecord, Unfit>>> {
        self.skip_empty_lines()?;
        let (mut length, mut written, mut ended) = (0_usize, 0_usize, 0_usize);
        loop {
            let input = self.reader.fill_buf()?;
            let (text, ends) = (&mut self.text[written..], &mut self.ends[ended..]);
            let (state, taken, wrote, cells) = self.parser.read_record(input, text, ends);
            self.reader.consume(taken);
            length = length.saturating_add(taken);
            (written, ended) = (written + wrote, ended + cells);
            let too_long = length > self.row_bytes_max;
            match state {
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::Record if too_long => return Ok(Some(Err(Unfit::TooLong))),
                ReadRecordResult::Record => return Ok(Some(self.record(written, ended))),
                // Only the end of the row is still of interest: its text is written over.
                _ if too_long => (written, ended) = (0, 0),
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::InputEmpty => {}
            }
        }
    }

    /// The parser passes over empty lines as well, but does not tell on which line it met the row.
    fn skip_empty_lines(&mut self) -> io::Result<()> {
        loop {
            self.line = self.parser.line();
            let input = self.reader.fill_buf()?;
            let empty = input.iter().take_while(|byte| **byte == b'\n').count();
            if empty == 0 {
                return Ok(());
            }
            self.reader.consume(empty);
            self.parser.set_line(self.line + empty as u64);
        }
    }

    fn record(&self, written: usize, ended: usize) -> Result<StringRecord, Unfit> {
        let mut record = StringRecord::with_capacity(written, ended);
        let mut start = 0;
        for end in self.ends.iter().take(ended) {
            let cell = self.text.get(start..*end).unwrap_or_default();
            let cell = std::str::from_utf8(cell).map_err(|_| Unfit::NotText)?;
            record.push_field(cell.trim());
            start = *end;
        }
        Ok(record)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read};

    use super::*;

    /// What is found in a file of rows of at most 32 bytes: on which line, and its cells or what is
    /// wrong with it.
    fn rows(file: &[u8]) -> Vec<(u64, Result<Vec<String>, Unfit>)> {
        // Less than a row at a time, so that rows come in pieces.
        let mut rows = Rows::new(BufReader::with_capacity(7, file), 32);
        let mut found = Vec::new();
        while let Some(row) = rows.next_row().expect("readable") {
            let cells = row.map(|record| record.iter().map(str::to_owned).collect());
            found.push((rows.line(), cells));
        }
        found
    }

    fn cells(cells: &[&str]) -> Result<Vec<String>, Unfit> {
        Ok(cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn rows_are_read_with_quotes_spaces_and_windows_line_ends() {
        let found = rows("a , b,\"c \"\"d\"\",\n真皮\"\r\n\n\n,\"\"\r\ne".as_bytes());
        let expected = [(1, cells(&["a", "b", "c \"d\",\n真皮"])), (5, cells(&["", ""])), (6, cells(&["e"]))];
        assert_eq!(found, expected);
        assert!(rows(b"").is_empty());
        assert!(rows(b"\n\n").is_empty());
    }

    #[test]
    fn a_row_that_is_no_text_does_not_stop_the_next() {
        let found = rows(b"a,\xff\nb,c\n");
        assert_eq!(found, [(1, Err(Unfit::NotText)), (2, cells(&["b", "c"]))]);
    }

    #[test]
    fn the_end_of_a_row_counts_for_its_length() {
        let (longest, too_long) = ("x".repeat(31), "y".repeat(32));
        let found = rows(format!("{too_long}\n{longest}\n{longest}\n").as_bytes());
        let fits = || cells(&[longest.as_str()]);
        assert_eq!(found, [(1, Err(Unfit::TooLong)), (2, fits()), (3, fits())]);
    }

    #[test]
    fn a_row_with_a_cell_that_is_too_long_does_not_stop_the_next() {
        let long = "x".repeat(10_000);
        let found = rows(format!("a,b\nc,\"{long}\n\"\"\n\",d\n\ne,f").as_bytes());
        let expected = [(1, cells(&["a", "b"])), (2, Err(Unfit::TooLong)), (6, cells(&["e", "f"]))];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_quote_that_is_never_closed_makes_one_row_of_the_rest() {
        let rest = "c,d\n".repeat(1_000);
        let found = rows(format!("a,b\nc,\"d\n{rest}").as_bytes());
        assert_eq!(found, [(1, cells(&["a", "b"])), (2, Err(Unfit::TooLong))]);
    }

    #[test]
    fn a_row_without_end_takes_no_more_memory_than_the_limit_allows() {
        const LIMIT: usize = 1 << 16;
        for byte in *b"x,\"" {
            let bare = io::repeat(byte).take(1 << 20);
            let quoted = b"\"a\n".as_slice().chain(io::repeat(byte).take(1 << 20));
            for file in [Box::new(bare) as Box<dyn Read>, Box::new(quoted) as Box<dyn Read>] {
                let mut rows = Rows::new(BufReader::new(file), LIMIT);
                assert_eq!(rows.next_row().expect("readable"), Some(Err(Unfit::TooLong)));
                assert!(rows.text.len() <= 2 * LIMIT, "{} bytes", rows.text.len());
                assert!(rows.ends.len() <= 2 * LIMIT, "{} cells", rows.ends.len());
                assert_eq!(rows.next_row().expect("readable"), None);
            }
        }
    }
}
