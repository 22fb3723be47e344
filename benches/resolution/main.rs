//! `cargo bench --bench resolution -- DIR`: how well and how fast reports are resolved. DIR holds
//! `reports.ndjson` and `truth.csv` in the form of the data sets. The last line is one JSON object for
//! programs.
//!
//! The reports are resolved twice: by the definition, in memory, and by the server's own pipeline on
//! SQLite, from filing to feed; both must come to the same. `RESOLUTION_ONLY=definition` leaves out the
//! second, for trying out rules; `RESOLUTION_OUT=FILE` writes the number of each report's profile, in order; `RESOLUTION_WRONG=CLASS`
//! prints the lines of the reports that links of a class join wrongly.

#[path = "../shared/forms.rs"]
mod forms;
mod pipeline;
#[path = "../shared/score.rs"]
mod score;

use std::collections::{BTreeMap, HashMap};
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::{Value, json};
use touchstone::domain::report::Accepted;
use touchstone::domain::resolution::facts::{Facts, KeyHasher};
use touchstone::domain::resolution::judgement::Judgements;
use touchstone::domain::resolution::partition::{EntryId, Link, partition};
use touchstone::domain::time::parse_date;
use touchstone::intake::accept::{Terms, accept};
use touchstone::intake::form::ReportForm;

use forms::{Sieve, country_of, external_id, form, map};
use score::{Score, f1};

/// Members that reports of a single brand are spread over.
const MEMBERS: usize = 10;

/// What the keys of both ways are made with.
pub const SECRET: [u8; 32] = [7; 32];

/// A report of the data as it is filed.
pub struct Filing {
    pub member: String,
    /// None: nothing that points at anybody was left, and the report stays alone.
    pub accepted: Option<Accepted>,
    pub seller: String,
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark reports to a person")]
fn main() {
    // Cargo adds `--bench`; what is left is the folder.
    let Some(folder) = std::env::args().skip(1).find(|argument| !argument.starts_with("--")) else {
        eprintln!("usage: cargo bench --bench resolution -- DIR");
        return;
    };
    let Some(filings) = load(&PathBuf::from(&folder)) else {
        eprintln!("{folder} has no reports.ndjson and truth.csv of the expected form");
        return;
    };
    let started = Instant::now();
    let (defined, links) = by_definition(&filings);
    let seconds = started.elapsed().as_secs_f64();
    let placed = || defined.iter().zip(&filings).map(|(profile, filing)| (*profile, filing.seller.as_str()));
    let score = Score::of(placed(), true);
    println!("definition: {score}; {seconds:.1} s");
    print_links(&links, &filings);
    if let Ok(path) = std::env::var("RESOLUTION_OUT") {
        let lines: String = defined.iter().map(|profile| format!("{profile}\n")).collect();
        std::fs::write(path, lines).expect("the profiles can be written");
    }
    println!("{}; largest profiles: {:?}", score.json(), largest(&defined));
    let run = std::env::var("RESOLUTION_ONLY").is_err().then(|| pipeline::run(&filings));
    if let Some(run) = &run {
        println!("pipeline: {:.0} reports/s, peak {:.0} MiB", run.reports_per_s, run.peak_mib);
        assert!(canonical(&run.profiles) == canonical(&defined), "the pipeline differs from the definition");
    }
    let round = |value: f64| (value * 10_000.0).round() / 10_000.0;
    println!(
        "{}",
        json!({
            "pair_precision": round(score.pair_precision),
            "pair_recall": round(score.pair_recall),
            "pair_f1": round(f1(score.pair_precision, score.pair_recall)),
            "b3_f1": round(f1(score.b3_precision, score.b3_recall)),
            "largest": score.largest,
            "reports_per_s": run.as_ref().map(|run| run.reports_per_s.round()),
            "peak_mib": run.as_ref().map(|run| run.peak_mib.round()),
        })
    );
}

/// The reports of a folder, in the order of the file.
fn load(folder: &Path) -> Option<Vec<Filing>> {
    let mut truth: HashMap<String, String> = HashMap::new();
    for record in csv::Reader::from_path(folder.join("truth.csv")).ok()?.records() {
        let record = record.ok()?;
        truth.insert(record.get(0)?.to_owned(), record.get(1)?.to_owned());
    }
    let lines = std::io::BufReader::new(std::fs::File::open(folder.join("reports.ndjson")).ok()?).lines();
    let reports: Vec<Value> =
        lines.map(|line| serde_json::from_str(&line.ok()?).ok()).collect::<Option<_>>()?;
    let brand = |report: &Value| report["brand"].as_str().unwrap_or_default().to_lowercase();
    let single = reports.iter().all(|report| brand(report) == brand(&reports[0]));
    let mut sieve = Sieve::default();
    let filings = reports.iter().enumerate().map(|(row, report)| {
        let country = country_of(report);
        let given = report["identifiers"].as_array()?.iter();
        let identifiers: Vec<Value> = given.filter_map(|one| map(one, &country, &mut sieve)).collect();
        let id = report["report_id"].as_str()?;
        let form: ReportForm = serde_json::from_value(form(&external_id(id), &identifiers)).ok()?;
        let terms = Terms {
            today: parse_date("2026-06-01")?,
            may_share_with: vec!["alliance".to_owned()],
            external_id: None,
        };
        Some(Filing {
            member: if single { format!("member-{}", row % MEMBERS) } else { brand(report) },
            accepted: accept(Some(form), Vec::new(), &terms).ok(),
            seller: truth.get(id)?.clone(),
        })
    });
    let filings = filings.collect::<Option<Vec<Filing>>>()?;
    #[expect(clippy::print_stdout, reason = "a benchmark reports to a person")]
    {
        println!("{} reports; identifiers left out: {:?}", filings.len(), sieve.left_out);
    }
    Some(filings)
}

/// The profile of each report, in their order, as the definition has it.
fn by_definition(filings: &[Filing]) -> (Vec<usize>, Vec<Link>) {
    let hasher = KeyHasher::new(SECRET);
    let facts: BTreeMap<EntryId, Facts> = (0..)
        .zip(filings)
        .filter_map(|(id, filing)| {
            Some((id, Facts::of(&filing.accepted.as_ref()?.report, &filing.member, &hasher)))
        })
        .collect();
    let layers = partition(&facts, &Judgements::new());
    let links = layers.iter().flat_map(|layer| &layer.components).flat_map(|component| &component.links);
    let links = links.cloned().collect();
    let [_, _, profiles] = layers;
    // A report that cannot be filed is a profile of its own.
    let mut placed: Vec<usize> = (0..filings.len()).map(|row| row + profiles.components.len()).collect();
    for (number, profile) in profiles.components.iter().enumerate() {
        for id in &profile.members {
            if let Ok(row) = usize::try_from(*id) {
                placed[row] = number;
            }
        }
    }
    (placed, links)
}

/// For each class of key, the links that it made and those of them that join reports of one seller.
#[expect(clippy::print_stdout, reason = "a benchmark reports to a person")]
fn print_links(links: &[Link], filings: &[Filing]) {
    let seller = |id: EntryId| usize::try_from(id).ok().map(|row| &filings[row].seller);
    let mut classes: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for link in links {
        let (made, right) = classes.entry(link.fact.class.as_str()).or_default();
        *made += 1;
        if seller(link.from) == seller(link.to) {
            *right += 1;
        } else if std::env::var("RESOLUTION_WRONG").is_ok_and(|class| class == link.fact.class.as_str()) {
            println!("wrong: {} and {}", link.from + 1, link.to + 1);
        }
    }
    for (class, (made, right)) in classes {
        println!("{class:>22}: {made:>7} links, {:.4} right", right as f64 / made as f64);
    }
}

/// The same partition whatever its parts are called: each by the first report in it.
fn canonical(placed: &[usize]) -> Vec<usize> {
    let mut first: HashMap<usize, usize> = HashMap::new();
    placed.iter().enumerate().map(|(row, profile)| *first.entry(*profile).or_insert(row)).collect()
}

fn largest(placed: &[usize]) -> Vec<usize> {
    let mut sizes: HashMap<usize, usize> = HashMap::new();
    for profile in placed {
        *sizes.entry(*profile).or_default() += 1;
    }
    let mut sizes: Vec<usize> = sizes.into_values().collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    sizes.truncate(10);
    sizes
}
