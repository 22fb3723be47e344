//! The reports of a folder, as a member would file them.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Lines};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use touchstone::domain::report::Accepted;
use touchstone::domain::time::parse_date;
use touchstone::intake::accept::{Terms, accept};
use touchstone::intake::form::ReportForm;

use crate::forms::{Sieve, country_of, external_id, form, map};

/// Members that reports of a single brand are spread over.
const MEMBERS: usize = 10;

/// A report of the data as a member files it.
#[derive(Serialize, Deserialize)]
pub struct Filing {
    pub member: String,
    pub form: ReportForm,
}

/// The report that the server takes a form for. None: nothing that points at anybody was left, and it stays alone.
pub fn accepted(form: ReportForm) -> Option<Accepted> {
    let terms = Terms {
        today: parse_date("2026-06-01")?,
        may_share_with: vec!["alliance".to_owned()],
        external_id: None,
    };
    accept(Some(form), Vec::new(), &terms).ok()
}

/// Filings that were written down, a line each: what a member does before it files is no work of the server's.
pub fn written(path: &Path) -> impl Iterator<Item = Filing> + use<> {
    let file = std::fs::File::open(path).expect("the forms can be read");
    let line = |line: std::io::Result<String>| line.expect("a line of the forms");
    BufReader::new(file).lines().map(line).map(|line| serde_json::from_str(&line).expect("a form"))
}

/// Reads `reports.ndjson` line by line; ends at a line that is not of the expected form.
pub struct Filings {
    lines: Lines<BufReader<std::fs::File>>,
    row: usize,
    single_brand: bool,
    pub sieve: Sieve,
}

impl Filings {
    /// `None` if there is no such file, or it begins with something else.
    pub fn open(folder: &Path) -> Option<Self> {
        let lines = || Some(BufReader::new(std::fs::File::open(folder.join("reports.ndjson")).ok()?).lines());
        let brands = lines()?.take(1_000).map(|line| Some(brand(&serde_json::from_str(&line.ok()?).ok()?)));
        let brands: Vec<String> = brands.collect::<Option<_>>()?;
        let single_brand = brands.iter().all(|brand| *brand == brands[0]);
        Some(Self { lines: lines()?, row: 0, single_brand, sieve: Sieve::default() })
    }

    fn read(&mut self, line: &str) -> Option<Filing> {
        let report: Value = serde_json::from_str(line).ok()?;
        let country = country_of(&report);
        let given = report["identifiers"].as_array()?.iter();
        let identifiers: Vec<Value> = given.filter_map(|one| map(one, &country, &mut self.sieve)).collect();
        let id = report["report_id"].as_str()?;
        let form = serde_json::from_value(form(&external_id(id), &identifiers)).ok()?;
        let member =
            if self.single_brand { format!("member-{}", self.row % MEMBERS) } else { brand(&report) };
        self.row += 1;
        Some(Filing { member, form })
    }
}

impl Iterator for Filings {
    type Item = Filing;

    fn next(&mut self) -> Option<Filing> {
        let line = self.lines.next()?.ok()?;
        self.read(&line)
    }
}

fn brand(report: &Value) -> String {
    report["brand"].as_str().unwrap_or_default().to_lowercase()
}

/// The seller of each report, in the order of the reports.
pub fn truth(folder: &Path) -> Option<Vec<String>> {
    let mut truth: HashMap<String, String> = HashMap::new();
    for record in csv::Reader::from_path(folder.join("truth.csv")).ok()?.records() {
        let record = record.ok()?;
        truth.insert(record.get(0)?.to_owned(), record.get(1)?.to_owned());
    }
    let lines = BufReader::new(std::fs::File::open(folder.join("reports.ndjson")).ok()?).lines();
    lines
        .map(|line| {
            let report: Value = serde_json::from_str(&line.ok()?).ok()?;
            truth.get(report["report_id"].as_str()?).cloned()
        })
        .collect()
}
