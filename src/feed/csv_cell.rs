//! Texts as cells of a CSV file that spreadsheet programs neither run nor change.

use super::table::{cut, without_controls};

/// A text as a cell that no spreadsheet program runs or changes.
///
/// What would begin a formula (OWASP's list, in full width too) gets an apostrophe before it, which shows a text to be
/// one; also behind a semicolon, where programs set to much of Europe begin another cell, and behind what they skip.
/// So does a text that looks like a number or a date and is no short number: its last digits or its zeros would be
/// lost, or it would become a day. Control characters, which could end a row or hide what follows, become blanks.
pub fn safe(text: &str) -> String {
    let text = without_controls(text);
    let mut cell = String::with_capacity(text.len() + 1);
    for (at, piece) in text.split(';').enumerate() {
        let bare = piece.trim_start_matches(is_skipped);
        if at > 0 {
            cell.push(';');
        }
        cell.push_str(&piece[..piece.len() - bare.len()]);
        if bare.starts_with(FORMULA) {
            cell.push('\'');
        }
        cell.push_str(bare);
    }
    if would_change(&cell) {
        cell.insert(0, '\'');
    }
    cut(cell)
}

/// What begins a formula.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Whether some program looks behind a character in front of a cell.
fn is_skipped(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '"')
}

/// Whether a text looks like a number or a date that a program would store as another one.
fn would_change(cell: &str) -> bool {
    let of_numbers = |byte: u8| byte.is_ascii_digit() || b"-/.,: eE".contains(&byte);
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    let short = digits == cell.len() && digits <= DIGITS_MAX && (digits == 1 || !cell.starts_with('0'));
    digits > 0 && cell.bytes().all(of_numbers) && !short
}

/// Longest number that programs show as it is.
const DIGITS_MAX: usize = 11;

#[cfg(test)]
mod tests {
    use super::super::table::{CELL_MAX, CUT_OFF};
    use super::*;

    const CELLS: &[(&str, &str)] = &[
        ("=1+1", "'=1+1"),
        ("+86 138****1234", "'+86 138****1234"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", " '=1"),
        ("\r=1", " '=1"),
        ("\n=1", " '=1"),
        ("  =1", "  '=1"),
        ("\u{feff}=1", "\u{feff}'=1"),
        ("\"=1", "\"'=1"),
        ("\tx", " x"),
        ("\rx", " x"),
        ("＝1", "'＝1"),
        ("a; =1;@b;c", "a; '=1;'@b;c"),
        ("91350100000100000143", "'91350100000100000143"),
        ("00123", "'00123"),
        ("1234567812345e78", "'1234567812345e78"),
        ("3-5", "'3-5"),
        ("12/3456", "'12/3456"),
        ("1,5", "'1,5"),
        ("0", "0"),
        ("12345678901", "12345678901"),
        ("a=1", "a=1"),
        ("e-e", "e-e"),
        ("two\r\nlines\u{0}", "two  lines "),
        ("says \"so\", twice", "says \"so\", twice"),
        ("", ""),
    ];

    #[test]
    fn no_cell_is_run_or_changed_by_a_spreadsheet_program() {
        for (text, cell) in CELLS {
            assert_eq!(safe(text), *cell, "{text:?}");
        }
        let long = safe(&"=".repeat(CELL_MAX + 10));
        assert!(long.starts_with("'=") && long.ends_with(CUT_OFF));
        assert_eq!(long.chars().count(), CELL_MAX);
    }

    #[test]
    fn a_safe_cell_stays_as_it_is_and_never_begins_what_is_run() {
        let pieces = ["=", "+", "-", "@", "\t", "\r", " ", ";", "\"", "a", "1", "\u{200b}", "－"];
        let mut rng = fastrand::Rng::with_seed(31);
        for _ in 0..5_000 {
            let text: String = (0..rng.usize(..7)).map(|_| pieces[rng.usize(..pieces.len())]).collect();
            let cell = safe(&text);
            for piece in cell.split(';') {
                let first = piece.chars().find(|c| !is_skipped(*c));
                assert!(first.is_none_or(|first| !FORMULA.contains(&first)), "{text:?} is {cell:?}");
            }
            assert!(!cell.contains(['\t', '\r']), "{text:?} is {cell:?}");
            assert_eq!(safe(&cell), cell, "{text:?}");
        }
    }

    #[test]
    fn cells_come_back_from_the_csv_as_they_were_written() {
        let cells: Vec<String> = CELLS.iter().map(|(text, _)| safe(text)).collect();
        let mut written = Vec::new();
        csv::Writer::from_writer(&mut written).write_record(&cells).expect("a row");
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(written.as_slice());
        let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("rows");
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].iter().collect::<Vec<_>>(), cells);
    }
}
