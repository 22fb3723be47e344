//! The table as an XLSX workbook. Rows go to a temporary file as they come, so a workbook of any size takes little memory;
//! it can be read only when it is whole.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, Write};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::table::{Cell, columns, cut, without_controls};

/// Rows of a sheet below its head: what the format takes (ECMA-376 part 1, 18.3.1.73), less one.
const ROWS_MAX: u32 = 1_048_575;

/// Width of a column in characters: most values can be read, and all columns are found.
const WIDTH: f64 = 18.0;

/// A workbook that is being written.
pub struct Book {
    workbook: Workbook,
    sheets: usize,
    rows: u32,
    rows_max: u32,
}

impl Book {
    pub fn new() -> io::Result<Self> {
        Self::with(ROWS_MAX)
    }

    fn with(rows_max: u32) -> io::Result<Self> {
        let mut workbook = Workbook::new();
        // The time of writing would make two workbooks of one state differ.
        let made = ExcelDateTime::from_ymd(2000, 1, 1).map_err(broken)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
        let mut book = Self { workbook, sheets: 0, rows: 0, rows_max };
        book.begin_sheet()?;
        Ok(book)
    }

    /// A sheet with the names of the columns, which stay in view.
    fn begin_sheet(&mut self) -> io::Result<()> {
        self.sheets += 1;
        self.rows = 0;
        let name = match self.sheets {
            1 => "Sellers".to_owned(),
            sheet => format!("Sellers {sheet}"),
        };
        let bold = Format::new().set_bold();
        let columns = columns();
        let last = u16::try_from(columns.len() - 1).unwrap_or(u16::MAX);
        let sheet = self.workbook.add_worksheet_with_constant_memory().map_err(broken)?;
        sheet.set_name(name).map_err(broken)?;
        sheet.set_column_range_width(0, last, WIDTH).map_err(broken)?;
        sheet.set_freeze_panes(1, 1).map_err(broken)?;
        for (column, name) in (0..).zip(columns) {
            sheet.write_string_with_format(0, column, name, &bold).map_err(broken)?;
        }
        Ok(())
    }

    pub fn row(&mut self, cells: Vec<Cell>) -> io::Result<()> {
        if self.rows == self.rows_max {
            self.begin_sheet()?;
        }
        self.rows += 1;
        let sheet = self.workbook.worksheet_from_index(self.sheets - 1).map_err(broken)?;
        for (column, cell) in (0..).zip(cells) {
            write(sheet, (self.rows, column), cell).map_err(broken)?;
        }
        Ok(())
    }

    /// Ends the workbook and hands it over, a piece after the other.
    pub fn finish(mut self, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let mut file = tempfile::tempfile()?;
        self.save(&file)?;
        file.rewind()?;
        let mut piece = vec![0; 64 * 1024];
        loop {
            match file.read(&mut piece)? {
                0 => return Ok(()),
                read => take(&piece[..read])?,
            }
        }
    }

    fn save(&mut self, file: &File) -> io::Result<()> {
        let mut writer = BufWriter::new(file);
        self.workbook.save_to_writer(&mut writer).map_err(broken)?;
        writer.flush()
    }
}

/// Texts are cells of type text, which no program runs.
fn write(sheet: &mut Worksheet, (row, column): (u32, u16), cell: Cell) -> Result<(), XlsxError> {
    match cell {
        // Exact: a double holds every whole number below 2^53, and what is counted here is less.
        Cell::Number(number) => sheet.write_number(row, column, number as f64)?,
        Cell::Word(word) => sheet.write_string(row, column, word)?,
        Cell::Text(text) if text.is_empty() => return Ok(()),
        Cell::Text(text) => sheet.write_string(row, column, cut(without_controls(&text)))?,
    };
    Ok(())
}

fn broken(error: XlsxError) -> io::Error {
    io::Error::other(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(book: Book) -> Vec<u8> {
        let mut bytes = Vec::new();
        let taken = book.finish(|piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        });
        taken.expect("a workbook");
        bytes
    }

    fn book(rows_max: u32, rows: &[Vec<Cell>]) -> Book {
        let mut book = Book::with(rows_max).expect("a workbook");
        rows.iter().for_each(|row| book.row(row.clone()).expect("a row"));
        book
    }

    #[test]
    fn the_same_rows_give_the_same_bytes_at_any_time() {
        let rows = [vec![Cell::Word("sel_1".to_owned()), Cell::Number(3), Cell::Text("=1+1".to_owned())]];
        let first = written(book(10, &rows));
        std::thread::sleep(std::time::Duration::from_millis(2_100));
        assert!(first == written(book(10, &rows)), "something of the time of writing is in it");
    }

    #[test]
    fn rows_that_do_not_fit_a_sheet_go_on_in_another() {
        let rows = vec![vec![Cell::Number(1)]; 5];
        assert_eq!(book(2, &rows).sheets, 3);
        assert_eq!(book(5, &rows).sheets, 1);
    }
}
