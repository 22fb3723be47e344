//! Rules as a person writes them: a JSON file that names only what differs from those that are compiled in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::fault::{Fault, Faults};
use super::super::json;
use super::rules::{KeyClass, Rules};

/// The file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RulesForm {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    classes: BTreeMap<String, RowForm>,
    #[serde(skip_serializing)]
    pairs: PairsForm,
    #[serde(skip_serializing)]
    likeness: LikenessForm,
}

/// What differs in one class.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RowForm {
    #[serde(skip_serializing_if = "Option::is_none")]
    degree_max: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decibits: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rank: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weak: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct PairsForm {
    doublings_max: Option<i64>,
    hired_doublings_max: Option<i64>,
    hired_degree_max: Option<i64>,
    counted_max: Option<i64>,
    wide_doublings: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct LikenessForm {
    bits_min: Option<f64>,
    registration_differs_decibits: Option<i64>,
}

/// Largest cap that a file may set: the definition lists no more carriers than memory holds, but a cap of
/// thousands is a slip.
const DEGREE_MAX: i64 = 10_000;

/// Largest weight, in tenths of a bit: beyond it no evidence is imaginable.
const DECIBITS_MAX: i64 = 1_000;

/// Reads the file, or names everything that is wrong with it.
pub fn read(text: &[u8]) -> Result<Rules, Vec<Fault>> {
    let reading = json::read::<RulesForm>(text);
    let mut faults = Faults::starting_with(reading.faults);
    let form = reading.form.unwrap_or_default();
    let mut rules = Rules::shipped().clone();
    for (name, row) in form.classes {
        let at = format!("/classes/{name}");
        match KeyClass::parse_name(&name) {
            Some(class) => set_row(&mut rules, class, &row, &at, &mut faults),
            None => faults.add(at, "unknown_class", format!("The classes are: {}.", KeyClass::names())),
        }
    }
    let PairsForm { doublings_max, hired_doublings_max, hired_degree_max, counted_max, wide_doublings } =
        form.pairs;
    let mut set = Setter { faults: &mut faults, at: "/pairs" };
    set.number(&mut rules.pairs.doublings_max, doublings_max, "doublings_max", 0..=64);
    set.number(&mut rules.pairs.hired_doublings_max, hired_doublings_max, "hired_doublings_max", 0..=64);
    set.number(&mut rules.pairs.hired_degree_max, hired_degree_max, "hired_degree_max", 0..=DEGREE_MAX);
    set.number(&mut rules.pairs.counted_max, counted_max, "counted_max", 1..=DEGREE_MAX);
    set.number(&mut rules.pairs.wide_doublings, wide_doublings, "wide_doublings", 0..=64);
    let LikenessForm { bits_min, registration_differs_decibits: differs } = form.likeness;
    let mut set = Setter { faults: &mut faults, at: "/likeness" };
    match bits_min {
        Some(bits) if (0.0..=100.0).contains(&bits) => rules.likeness.bits_min = bits,
        Some(_) => set.out_of_range("bits_min", 0, 100),
        None => {}
    }
    let differs_now = &mut rules.likeness.registration_differs_decibits;
    set.number(differs_now, differs, "registration_differs_decibits", 0..=DECIBITS_MAX);
    faults.or(Some(rules))
}

fn set_row(rules: &mut Rules, class: KeyClass, form: &RowForm, at: &str, faults: &mut Faults) {
    let RowForm { degree_max, decibits, rank, weak } = *form;
    let row = rules.row_mut(class);
    if degree_max.is_some() && row.stratum.is_none() {
        faults.add(
            format!("{at}/degree_max"),
            "never_alone",
            "Nothing links by a value of this class alone.",
        );
        return;
    }
    if degree_max.is_some() && row.degree_max == usize::MAX {
        faults.add(format!("{at}/degree_max"), "no_cap", "An account is one seller, however many report it.");
        return;
    }
    let mut set = Setter { faults, at };
    set.number(&mut row.degree_max, degree_max, "degree_max", 0..=DEGREE_MAX);
    set.number(&mut row.decibits, decibits, "decibits", -DECIBITS_MAX..=DECIBITS_MAX);
    set.number(&mut row.rank, rank, "rank", 0..=9);
    row.weak = weak.unwrap_or(row.weak);
}

/// Puts given numbers in their places.
struct Setter<'f> {
    faults: &'f mut Faults,
    at: &'f str,
}

impl Setter<'_> {
    fn number<T: TryFrom<i64>>(
        &mut self,
        place: &mut T,
        given: Option<i64>,
        name: &str,
        range: std::ops::RangeInclusive<i64>,
    ) {
        let Some(given) = given else { return };
        match T::try_from(given) {
            Ok(number) if range.contains(&given) => *place = number,
            _ => self.out_of_range(name, *range.start(), *range.end()),
        }
    }

    fn out_of_range(&mut self, name: &str, least: i64, most: i64) {
        let at = format!("{}/{name}", self.at);
        self.faults.add(at, "out_of_range", format!("Between {least} and {most}."));
    }
}

/// The file that sets the weights of these classes, in tenths of a bit, and nothing else.
pub fn with_weights(weights: &BTreeMap<KeyClass, i32>) -> serde_json::Result<String> {
    let row = |decibits: &i32| RowForm { decibits: Some(i64::from(*decibits)), ..RowForm::default() };
    let classes = weights.iter().map(|(class, decibits)| (class.as_str().to_owned(), row(decibits)));
    serde_json::to_string_pretty(&RulesForm { classes: classes.collect(), ..RulesForm::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_changes_what_it_names_and_nothing_else() {
        let text = br#"{"classes": {"phone": {"degree_max": 3, "rank": 2}}, "pairs": {"doublings_max": 9},
            "likeness": {"bits_min": 15.5}}"#;
        let rules = read(text).expect("a good file");
        let mut expected = Rules::shipped().clone();
        let phone = expected.row_mut(KeyClass::Phone);
        (phone.degree_max, phone.rank) = (3, 2);
        expected.pairs.doublings_max = 9;
        expected.likeness.bits_min = 15.5;
        assert_eq!(rules, expected);
        assert_eq!(read(b"{}").expect("nothing differs"), *Rules::shipped());
    }

    #[test]
    fn everything_that_is_wrong_is_named_at_once() {
        let text =
            br#"{"classes": {"fax": {}, "phone": {"degree_max": -1, "colour": 1}, "email": {"decibits": "x"},
            "name": {"degree_max": 3}, "storefront": {"degree_max": 3}}, "pairs": {"counted_max": 0},
            "likeness": {"bits_min": 1000}}"#;
        let mut found: Vec<(String, String)> =
            read(text).expect_err("faults").into_iter().map(|fault| (fault.pointer, fault.code)).collect();
        found.sort();
        let expected = [
            ("/classes/email/decibits", "wrong_type"),
            ("/classes/fax", "unknown_class"),
            ("/classes/name/degree_max", "never_alone"),
            ("/classes/phone/colour", "unknown_field"),
            ("/classes/phone/degree_max", "out_of_range"),
            ("/classes/storefront/degree_max", "no_cap"),
            ("/likeness/bits_min", "out_of_range"),
            ("/pairs/counted_max", "out_of_range"),
        ];
        assert_eq!(found, expected.map(|(at, code)| (at.to_owned(), code.to_owned())));
        assert!(read(b"[]").is_err() && read(b"{").is_err());
    }

    #[test]
    fn a_file_that_is_written_sets_what_it_says() {
        let text = with_weights(&BTreeMap::from([(KeyClass::Email, 131)])).expect("a file");
        let mut expected = Rules::shipped().clone();
        expected.row_mut(KeyClass::Email).decibits = 131;
        assert_eq!(read(text.as_bytes()).expect("a good file"), expected);
    }
}
