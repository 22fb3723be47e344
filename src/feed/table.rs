//! Sellers as rows of a table for people: fixed columns, and cells that a spreadsheet program takes for what they are.
//!
//! A row is a pure mapping of what the viewer sees of a seller. Single reports, which a platform sees beside it, do not
//! fit a row; they are in the JSON forms.

use super::Seller;
use crate::domain::identifier::IdentifierType;
use crate::domain::lens::band::Count;
use crate::domain::lens::seller::{IdentifierView, ValueSum};

/// What stands between several values of one cell.
const BETWEEN: &str = "; ";

/// Most characters of a cell: what spreadsheet programs take.
const CELL_MAX: usize = 32_767;

/// What follows where a cell would have been longer.
const CUT_OFF: &str = " …";

/// The names of the columns before those of the identifiers, and after them.
const BEFORE: [&str; 9] =
    ["id", "group", "lens", "names", "countries", "first_seen", "last_seen", "reports", "members"];
const AFTER: [&str; 13] = [
    "nice_classes",
    "goods_categories",
    "sales_minor",
    "unsold_minor",
    "illegal_gains_minor",
    "units",
    "tlp",
    "permitted_actions",
    "masked_identifiers",
    "narrow_identifiers",
    "created_at",
    "modified_at",
    "revision",
];

/// The names of the columns. Who reads them by place relies on it that new ones come last.
pub fn columns() -> Vec<&'static str> {
    let types = IdentifierType::ALL.iter().map(|kind| kind.as_str());
    BEFORE.into_iter().chain(types).chain(AFTER).collect()
}

/// The cells of a seller's row, each safe to open.
pub fn row(seller: &Seller) -> Vec<String> {
    let view = &seller.view;
    let before = [
        seller.id.to_string(),
        safe(&seller.group),
        view.lens.clone(),
        texts(view.names.iter().cloned()),
        texts(view.countries.iter().cloned()),
        word(&view.first_seen),
        word(&view.last_seen),
        count(&view.reports),
        count(&view.members),
    ];
    let of = |kind: IdentifierType| texts(view.identifiers.iter().filter(|one| one.kind == kind).map(value));
    let narrow = view.identifiers.iter().filter(|one| one.audience.is_some());
    let goods = view.goods.as_ref();
    let classes = goods.into_iter().flat_map(|goods| &goods.nice_classes).map(ToString::to_string);
    let categories = goods.into_iter().flat_map(|goods| goods.categories.iter().cloned());
    let sums = |part: fn(&ValueSum) -> i64| {
        texts(view.value.iter().map(|sum| format!("{} {}", sum.currency, part(sum))))
    };
    let after = [
        texts(classes),
        texts(categories),
        sums(|sum| sum.sales_minor),
        sums(|sum| sum.unsold_minor),
        sums(|sum| sum.illegal_gains_minor),
        sums(|sum| sum.units),
        word(&view.handling.tlp),
        texts(view.handling.permitted_actions.iter().map(word)),
        view.identifiers.iter().filter(|one| one.masked).count().to_string(),
        texts(narrow.map(value)),
        seller.created_at.to_string(),
        seller.modified_at.to_string(),
        seller.revision.to_string(),
    ];
    before.into_iter().chain(IdentifierType::ALL.map(of)).chain(after).collect()
}

/// The value of an identifier; behind its platform where that issued it and the value does not name it, since the ids
/// of two platforms may be the same.
fn value(identifier: &IdentifierView) -> String {
    match &identifier.platform {
        Some(platform) if identifier.kind.is_hosted() && !identifier.value.contains(platform.as_str()) => {
            format!("{platform} {}", identifier.value)
        }
        _ => identifier.value.clone(),
    }
}

/// A safe cell of some texts.
fn texts(values: impl Iterator<Item = String>) -> String {
    safe(&values.collect::<Vec<_>>().join(BETWEEN))
}

/// A word of a vocabulary, or a date, as JSON has it.
fn word<T: serde::Serialize>(word: &T) -> String {
    let value = serde_json::to_value(word).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// A number or a band. `3-5` would be taken for a day in May.
fn count(count: &Count) -> String {
    match count {
        Count::Exact(number) => number.to_string(),
        Count::Band(band) => band.replace('-', " to "),
    }
}

/// A text as a cell that no spreadsheet program runs or changes.
///
/// What would begin a formula (OWASP's list, in full width too) gets an apostrophe before it, which shows a text to be
/// one; also behind a semicolon, where programs set to much of Europe begin another cell, and behind what they skip.
/// So does a text that looks like a number or a date and is no short number: its last digits or its zeros would be
/// lost, or it would become a day. Control characters, which could end a row or hide what follows, become blanks.
fn safe(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
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
    if cell.chars().count() <= CELL_MAX {
        return cell;
    }
    cell.chars().take(CELL_MAX - CUT_OFF.chars().count()).chain(CUT_OFF.chars()).collect()
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

    #[test]
    fn a_band_is_not_taken_for_a_date() {
        let bands = [1, 4, 7, 12].map(|n| count(&Count::band(n)));
        assert_eq!(bands, ["1 to 2", "3 to 5", "6 to 10", "11+"]);
        assert_eq!(count(&Count::exact(4)), "4");
    }
}
