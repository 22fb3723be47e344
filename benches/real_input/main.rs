//! `cargo bench --bench real_input -- DIR`: files real and generated input through `touchstone import`
//! and prints what came out. DIR holds the data sets that it looks for by name:
//!
//! * `uk_overseas_entities/list.csv`: 30,221 real companies, all different;
//! * `scam_domains/list.csv`: 2,902 real fake-shop domains;
//! * `gen_reports.py`: the seeded generator, run for 100,000 reports with seed 7.

#[path = "../shared/forms.rs"]
mod forms;
mod measure;
#[path = "../shared/score.rs"]
mod score;
mod sources;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;

use score::Score;

const PROGRAM: &str = env!("CARGO_BIN_EXE_touchstone");

/// One report to file: which member, under which key, and the form.
pub struct Filing {
    pub member: String,
    pub external_id: String,
    pub form: Value,
}

/// What a data set consists of.
pub struct Source {
    pub name: &'static str,
    pub filings: Vec<Filing>,
    /// The seller of each report, by external id, where it is known.
    pub truth: BTreeMap<String, String>,
    /// Identifiers that the server would refuse and that were left out, by type.
    pub left_out: BTreeMap<String, usize>,
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark reports to a person")]
fn main() {
    // Cargo adds `--bench`; what is left is the folder.
    let Some(folder) = std::env::args().skip(1).find(|argument| !argument.starts_with("--")) else {
        eprintln!("usage: cargo bench --bench real_input -- DIR");
        return;
    };
    let folder = PathBuf::from(folder);
    let companies = sources::companies(&folder.join("uk_overseas_entities/list.csv"));
    let domains = sources::domains(&folder.join("scam_domains/list.csv"));
    // Both go into one alliance, as they would.
    let together = [companies, domains].into_iter().flatten().collect::<Vec<_>>();
    if together.is_empty() {
        eprintln!("no list.csv of companies or domains was found in {}", folder.display());
    } else {
        println!("{}", file_and_measure(together));
    }
    match sources::generated(&folder.join("gen_reports.py")) {
        Some(source) => println!("{}", file_and_measure(vec![source])),
        None => eprintln!("gen_reports.py was not found or did not run"),
    }
}

/// Files the sources into a fresh alliance; returns the figures as one JSON object.
#[expect(clippy::print_stdout, reason = "a benchmark reports to a person")]
fn file_and_measure(sources: Vec<Source>) -> Value {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let mut figures = serde_json::Map::new();
    let mut members: Vec<&str> = sources
        .iter()
        .flat_map(|source| source.filings.iter().map(|filing| filing.member.as_str()))
        .collect();
    members.sort_unstable();
    members.dedup();
    for member in &members {
        touchstone(&data, &["member", "create", member, member, "--kind", "brand"]);
    }
    for source in &sources {
        let started = Instant::now();
        for member in &members {
            let path = folder.path().join(format!("{member}.ndjson"));
            if write_file(&path, source, member) > 0 {
                let path = path.to_string_lossy().into_owned();
                println!(
                    "{} {member}: {}",
                    source.name,
                    touchstone(&data, &["import", &path, "--member", member])
                );
            }
        }
        let seconds = started.elapsed().as_secs_f64();
        println!(
            "{}: {} reports in {seconds:.1} s; left out {:?}",
            source.name,
            source.filings.len(),
            source.left_out
        );
    }
    let partition = measure::partition(&data);
    for source in &sources {
        let placed = source.filings.iter().filter_map(|filing| {
            let seller = source.truth.get(&filing.external_id).map_or("", String::as_str);
            Some((*partition.get(&filing.external_id)?, seller))
        });
        let score = Score::of(placed, !source.truth.is_empty());
        println!("{}: {score}", source.name);
        figures.insert(source.name.to_owned(), score.json());
    }
    Value::Object(figures)
}

fn write_file(path: &Path, source: &Source, member: &str) -> usize {
    let mut out = std::io::BufWriter::new(std::fs::File::create(path).expect("a file"));
    let mut count = 0;
    for filing in source.filings.iter().filter(|filing| filing.member == member) {
        serde_json::to_writer(&mut out, &filing.form).expect("a form serialises");
        out.write_all(b"\n").expect("the disk has room");
        count += 1;
    }
    out.flush().expect("the disk has room");
    count
}

fn touchstone(data: &Path, arguments: &[&str]) -> String {
    let output = Command::new(PROGRAM)
        .args(arguments)
        .arg("--data-dir")
        .arg(data)
        .stderr(Stdio::inherit())
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "touchstone {arguments:?} failed");
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}
