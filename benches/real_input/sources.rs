//! Data sets, mapped to reports as a member would file them. What the server would refuse (a
//! placeholder, a number with a wrong check digit) a member leaves out; so does the mapping, and counts.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use touchstone::domain::identifier::{self, IdentifierType, RawIdentifier};

use crate::{Filing, Source};

/// Members that a data set without its own is spread over.
const MEMBERS: usize = 10;

fn form(external_id: &str, identifiers: &[Value]) -> Value {
    json!({
        "external_id": external_id,
        "share_with": ["alliance"],
        "infringement_type": "counterfeit_goods",
        "seller": { "identifiers": identifiers },
        "statement": { "good_faith": true, "signer": "Import", "signed_on": "2026-01-01" },
    })
}

/// Keeps identifiers that the server accepts.
#[derive(Default)]
struct Sieve {
    left_out: BTreeMap<String, usize>,
}

impl Sieve {
    fn keep(&mut self, form: Value) -> Option<Value> {
        let text = |name: &str| form[name].as_str();
        let kind = IdentifierType::parse_name(text("type")?)?;
        let raw = RawIdentifier {
            kind,
            value: text("value")?,
            platform: text("platform"),
            country: text("country"),
            bank_code: text("bank_code"),
            scheme: text("scheme"),
        };
        if identifier::parse(&raw).is_err() {
            *self.left_out.entry(kind.as_str().to_owned()).or_default() += 1;
            return None;
        }
        Some(form)
    }
}

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
        let country = report["country"].as_str().unwrap_or_default();
        let all = report["identifiers"].as_array()?.iter();
        let identifiers: Vec<Value> = all.filter_map(|one| map(one, country, &mut sieve)).collect();
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

fn external_id(report_id: &str) -> String {
    report_id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

fn map(one: &Value, country: &str, sieve: &mut Sieve) -> Option<Value> {
    let value = one["value"].as_str()?;
    match one["type"].as_str()? {
        "storefront" => {
            sieve.keep(json!({ "type": "storefront", "value": value, "platform": one["platform"].as_str()? }))
        }
        "email" => sieve.keep(json!({ "type": "email", "value": value })),
        "phone" => sieve.keep(json!({ "type": "phone", "value": value, "country": country })),
        "company_reg" => {
            sieve.keep(json!({ "type": "company_registration", "value": value, "country": country }))
        }
        "bank_account" => {
            // The generator gives no bank code. A Chinese account number begins with that of its bank;
            // elsewhere the country stands in for it.
            let digits: String = value.chars().filter(char::is_ascii_digit).take(6).collect();
            let code = if country == "CN" || country == "HK" { digits } else { format!("{country}000") };
            sieve.keep(json!({ "type": "bank_account", "value": value, "bank_code": code }))
        }
        "name" => sieve.keep(json!({ "type": "business_name", "value": value })),
        "address" => sieve.keep(json!({ "type": "address", "value": value, "country": country })),
        // The generator's URLs are pages of the seller's own site.
        "url" => sieve.keep(json!({ "type": "domain", "value": value })),
        _ => None,
    }
}
