//! `cargo bench --bench resolution -- DIR`: how well and how fast reports are resolved. DIR holds
//! `reports.ndjson` and `truth.csv` in the form of the data sets. The last line is one JSON object for
//! programs.
//!
//! Quality is printed at two operating points: automatic only, and with the review queue answered by the truth. The
//! last line is about the first.
//!
//! The reports are resolved by the definition, in memory, and by the server's own pipeline, from filing to
//! feed, on SQLite and, where it is installed, on PostgreSQL; all must come to the same.
//! `RESOLUTION_ONLY=definition` leaves out the pipeline, for trying out rules, `sqlite` and `postgres` the other
//! engine; `RESOLUTION_OUT=FILE` writes the number of each report's profile, in order; `RESOLUTION_WRONG=CLASS`
//! prints the lines of the reports that links of a class join wrongly; `RESOLUTION_VALUES=FILE` writes what
//! `beside_splink.py` reads.

#[path = "../shared/forms.rs"]
mod forms;
mod input;
mod pipeline;
#[path = "../../tests/support/postgres.rs"]
mod postgres;
mod review;
#[path = "../shared/score.rs"]
mod score;
mod values;

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Instant;

use serde_json::json;
use tempfile::NamedTempFile;
use touchstone::domain::resolution::facts::Facts;
use touchstone::domain::resolution::judgement::Judgements;
use touchstone::domain::resolution::keys::KeyHasher;
use touchstone::domain::resolution::partition::{EntryId, Link, partition};
use touchstone::domain::resolution::rules::{KeyClass, Rules};
use touchstone::domain::resolution::stops::StopList;

use input::{Filing, Filings, accepted, truth};
use pipeline::Run;
use review::Shown;
use score::{Score, f1};
use values::Values;

/// What the keys of both ways are made with.
pub const SECRET: [u8; 32] = [7; 32];

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark reports to a person")]
fn main() {
    // Cargo adds `--bench`; what is left is the folder.
    let Some(folder) = std::env::args().skip(1).find(|argument| !argument.starts_with("--")) else {
        eprintln!("usage: cargo bench --bench resolution -- DIR");
        return;
    };
    let folder = PathBuf::from(&folder);
    if let Ok(url) = std::env::var(pipeline::CHILD) {
        return pipeline::child(&folder, &url);
    }
    let (Some(filings), Some(sellers)) = (Filings::open(&folder), truth(&folder)) else {
        eprintln!("{} has no reports.ndjson and truth.csv of the expected form", folder.display());
        return;
    };
    let started = Instant::now();
    let forms = NamedTempFile::new().expect("a temporary file");
    let (facts, shown) = read(filings, &sellers, forms.as_file());
    let (defined, links) = by_definition(&facts, sellers.len());
    let seconds = started.elapsed().as_secs_f64();
    let placed = || defined.iter().zip(&sellers).map(|(profile, seller)| (*profile, seller.as_str()));
    let score = Score::of(placed(), true);
    println!("definition: {score}; {seconds:.1} s");
    print_links(&links, &sellers);
    review::walk(&facts, &shown, &sellers);
    drop((facts, shown));
    if let Ok(path) = std::env::var("RESOLUTION_OUT") {
        let lines: String = defined.iter().map(|profile| format!("{profile}\n")).collect();
        std::fs::write(path, lines).expect("the profiles can be written");
    }
    println!("{}; largest profiles: {:?}", score.json(), largest(&defined));
    let defined = canonical(&defined);
    let runs = ["SQLite", "PostgreSQL"].map(|engine| Some((engine, on(engine, forms.path())?)));
    for (engine, run) in runs.iter().flatten() {
        println!(
            "{engine}: {:.0} reports/s, last tenth at {:.2} of the first's rate, one report {:.1} ms (p99 {:.1}), \
             peak {:.0} MiB, database {:.0} MiB",
            run.reports_per_s,
            run.last_over_first(),
            run.single_ms[0],
            run.single_ms[1],
            run.peak_mib,
            run.database_mib,
        );
        assert!(canonical(&run.profiles) == defined, "the pipeline on {engine} differs from the definition");
    }
    let run = runs.iter().flatten().next().map(|(_, run)| run);
    let round = |value: f64| (value * 10_000.0).round() / 10_000.0;
    println!(
        "{}",
        json!({
            "pair_precision": round(score.pair_precision),
            "pair_recall": round(score.pair_recall),
            "pair_f1": round(f1(score.pair_precision, score.pair_recall)),
            "b3_f1": round(f1(score.b3_precision, score.b3_recall)),
            "largest": score.largest,
            "reports_per_s": run.map(|run| run.reports_per_s.round()),
            "peak_mib": run.map(|run| run.peak_mib.round()),
        })
    );
}

/// Runs the pipeline on an engine, if it is wanted and there.
#[expect(clippy::print_stderr, reason = "a benchmark reports to a person")]
fn on(engine: &str, forms: &Path) -> Option<Run> {
    let only = std::env::var("RESOLUTION_ONLY").unwrap_or_default();
    if !only.is_empty() && !engine.to_lowercase().starts_with(&only) {
        return None;
    }
    let place = tempfile::tempdir().expect("a temporary folder");
    let database = if engine == "SQLite" {
        None
    } else {
        postgres::DURABLE.store(true, Ordering::SeqCst);
        if !postgres::available() {
            return None;
        }
        Some(postgres::Database::fresh())
    };
    let url = match &database {
        Some(database) => database.url.clone(),
        None => place.path().join("bench.db").to_string_lossy().into_owned(),
    };
    let run = pipeline::start(forms, &url);
    if run.is_none() {
        eprintln!("the pipeline on {engine} failed");
    }
    run
}

/// What resolution and the review queue need of each report, whose form is written down for the pipeline.
#[expect(clippy::print_stdout, reason = "a benchmark reports to a person")]
fn read(
    mut filings: Filings,
    sellers: &[String],
    forms: &File,
) -> (BTreeMap<EntryId, Facts>, BTreeMap<EntryId, Shown>) {
    let (mut forms, mut values) = (BufWriter::new(forms), Values::asked_for());
    let hasher = KeyHasher::new(SECRET);
    let stops = StopList::shipped(&hasher);
    let (mut facts, mut shown) = (BTreeMap::new(), BTreeMap::new());
    for ((id, seller), filing) in (0..).zip(sellers).zip(filings.by_ref()) {
        serde_json::to_writer(&mut forms, &filing).expect("a form is written");
        forms.write_all(b"\n").expect("a form is written");
        let Filing { member, form } = filing;
        let report = accepted(form).map(|accepted| accepted.report);
        values.note(seller, report.as_ref());
        let Some(report) = report else { continue };
        facts.insert(id, Facts::of(&report, &member, &hasher, &stops));
        let keyed = report
            .identifiers()
            .filter_map(|one| Some((hasher.key(one), KeyClass::of_kind(one.kind, &one.value)?)));
        let identifiers = keyed.collect();
        let countries = report.identifiers().filter_map(|one| one.country.clone()).collect();
        shown.insert(id, Shown { member, identifiers, countries });
    }
    forms.flush().expect("the forms are written");
    values.end();
    println!("{} reports; identifiers left out: {:?}", sellers.len(), filings.sieve.left_out);
    (facts, shown)
}

/// The profile of each report, in their order, as the definition has it.
fn by_definition(facts: &BTreeMap<EntryId, Facts>, total: usize) -> (Vec<usize>, Vec<Link>) {
    let layers = partition(facts, Rules::shipped(), &Judgements::new());
    let links = layers.iter().flat_map(|layer| &layer.components).flat_map(|component| &component.links);
    let links = links.copied().collect();
    let [_, _, profiles] = layers;
    // A report that cannot be filed is a profile of its own.
    let mut placed: Vec<usize> = (0..total).map(|row| row + profiles.components.len()).collect();
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
fn print_links(links: &[Link], sellers: &[String]) {
    let seller = |id: EntryId| usize::try_from(id).ok().map(|row| &sellers[row]);
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
