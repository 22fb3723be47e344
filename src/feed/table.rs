//! Sellers as rows of a table for people, in fixed columns.
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
pub(super) const CELL_MAX: usize = 32_767;

/// What follows where a cell would have been longer.
pub(super) const CUT_OFF: &str = " …";

/// The names of the columns before those of the identifiers, and after them.
const BEFORE: [&str; 9] =
    ["id", "group", "lens", "names", "countries", "first_seen", "last_seen", "reports", "members"];
const AFTER: [&str; 14] = [
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
    "risk",
];

/// The names of the columns. Who reads them by place relies on it that new ones come last.
pub fn columns() -> Vec<&'static str> {
    let types = IdentifierType::ALL.iter().map(|kind| kind.as_str());
    BEFORE.into_iter().chain(types).chain(AFTER).collect()
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Number(i64),
    /// An id, a date or another word of the server's own.
    Word(String),
    /// What members wrote.
    Text(String),
}

/// The cells of a seller's row.
pub fn row(seller: &Seller) -> Vec<Cell> {
    let view = &seller.view;
    let before = [
        Cell::Word(seller.id.to_string()),
        Cell::Text(seller.group.clone()),
        Cell::Word(view.lens.clone()),
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
        texts(view.handling.permitted_actions.iter().map(word_of)),
        number(view.identifiers.iter().filter(|one| one.masked).count()),
        texts(narrow.map(value)),
        Cell::Word(seller.created_at.to_string()),
        Cell::Word(seller.modified_at.to_string()),
        Cell::Number(seller.revision.into()),
        Cell::Number(view.risk.score.into()),
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

fn texts(values: impl Iterator<Item = String>) -> Cell {
    Cell::Text(values.collect::<Vec<_>>().join(BETWEEN))
}

fn number(count: usize) -> Cell {
    Cell::Number(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A word of a vocabulary, or a date, as JSON has it.
fn word<T: serde::Serialize>(word: &T) -> Cell {
    Cell::Word(word_of(word))
}

fn word_of<T: serde::Serialize>(word: &T) -> String {
    let value = serde_json::to_value(word).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// A number or a band. `3-5` would be taken for a day in May.
fn count(count: &Count) -> Cell {
    match count {
        Count::Exact(exact) => number(*exact as usize),
        Count::Band(band) => Cell::Word(band.replace('-', " to ")),
    }
}

/// A text without control characters, which could end a row or hide what follows.
pub(super) fn without_controls(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A text that fits a cell.
pub(super) fn cut(text: String) -> String {
    if text.chars().count() <= CELL_MAX {
        return text;
    }
    text.chars().take(CELL_MAX - CUT_OFF.chars().count()).chain(CUT_OFF.chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_is_not_taken_for_a_date() {
        let bands = [1, 4, 7, 12].map(|n| count(&Count::band(n)));
        assert_eq!(bands, ["1 to 2", "3 to 5", "6 to 10", "11+"].map(|band| Cell::Word(band.to_owned())));
        assert_eq!(count(&Count::exact(4)), Cell::Number(4));
    }
}
