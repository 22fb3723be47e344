//! Data sets, mapped to reports as a member would file them.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::forms::{Sieve, country_of, external_id, form, map};
use crate::{Filing, Source};

/// Members that a data set without its own is spread over.
const MEMBERS: usize = 10;

/// Real companies: number, name and registered address; every row is another company.
pub fn companies(path: &Path) -> Option<Source> {
    let mut sieve = Sieve::default();
    let mut source =
        Source { name: "companies", filings: Vec::new(), truth: BTreeMap::new(), left_out: BTreeMap::new() };
    let mut reader = csv::Reader::from_path(path).ok()?;
    for (row, record) in reader.records().enumerate() {
        let record = record.ok()?;
        let (number, name, address) = (record.get(0)?, record.get(1)?, record.get(6)?);
        let identifiers = [
            json!({ "type": "company_registration", "value": number, "country": "GB", "scheme": "generic" }),
            json!({ "type": "business_name", "value": name }),
            json!({ "type": "address", "value": address }),
        ];
        let identifiers: Vec<Value> = identifiers.into_iter().filter_map(|one| sieve.keep(one)).collect();
        let external_id = format!("company-{number}");
        source.truth.insert(external_id.clone(), number.to_owned());
        let form = form(&external_id, &identifiers);
        source.filings.push(Filing { member: format!("member-{}", row % MEMBERS), external_id, form });
    }
    source.left_out = sieve.left_out;
    Some(source)
}

/// Real domains of fake shops.
pub fn domains(path: &Path) -> Option<Source> {
    let mut sieve = Sieve::default();
    let mut source =
        Source { name: "domains", filings: Vec::new(), truth: BTreeMap::new(), left_out: BTreeMap::new() };
    let mut reader = csv::Reader::from_path(path).ok()?;
    for (row, record) in reader.records().enumerate() {
        let record = record.ok()?;
        let Some(domain) = sieve.keep(json!({ "type": "domain", "value": record.get(0)? })) else { continue };
        let external_id = format!("domain-{row}");
        let form = form(&external_id, &[domain]);
        source.filings.push(Filing { member: format!("member-{}", row % MEMBERS), external_id, form });
    }
    source.left_out = sieve.left_out;
    Some(source)
}

/// The seeded generator's reports, filed by the brands that it names.
pub fn generated(script: &Path) -> Option<Source> {
    let folder = tempfile::tempdir().ok()?;
    let count = std::env::var("REAL_INPUT_REPORTS").unwrap_or_else(|_| "100000".to_owned());
    let ran = Command::new("python3")
        .arg(script)
        .args(["--n", &count, "--seed", "7", "--out"])
        .arg(folder.path())
        .stdout(std::process::Stdio::null())
        .status();
    if !ran.is_ok_and(|status| status.success()) {
        return None;
    }
    let mut source =
        Source { name: "generated", filings: Vec::new(), truth: BTreeMap::new(), left_out: BTreeMap::new() };
    let mut truth = csv::Reader::from_path(folder.path().join("truth.csv")).ok()?;
    for record in truth.records() {
        let record = record.ok()?;
        source.truth.insert(external_id(record.get(0)?), record.get(1)?.to_owned());
    }
    let mut sieve = Sieve::default();
    let file = std::fs::File::open(folder.path().join("reports.ndjson")).ok()?;
    for line in std::io::BufReader::new(file).lines() {
        let report: Value = serde_json::from_str(&line.ok()?).ok()?;
        let country = country_of(&report);
        let all = report["identifiers"].as_array()?.iter();
        let identifiers: Vec<Value> = all.filter_map(|one| map(one, &country, &mut sieve)).collect();
        if identifiers.is_empty() {
            // Nothing that points at anybody: there is no report to file.
            *sieve.left_out.entry("whole report".to_owned()).or_default() += 1;
            continue;
        }
        let external_id = external_id(report["report_id"].as_str()?);
        let form = form(&external_id, &identifiers);
        source.filings.push(Filing { member: report["brand"].as_str()?.to_lowercase(), external_id, form });
    }
    source.left_out = sieve.left_out;
    Some(source)
}
