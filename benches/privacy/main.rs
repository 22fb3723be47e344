//! `cargo bench --bench privacy -- --pairs 10000`: looks through so many pairs of alliances for a byte that tells a
//! viewer of what it may not see, and plants every leak to see it caught; the same harness as in the tests, on more
//! seeds. The last line is one JSON object for programs. `--pairs 0` only plants leaks.

#[path = "../../tests/non_interference/harness/mod.rs"]
mod harness;

use std::process::ExitCode;
use std::time::Instant;

use serde_json::json;
use touchstone::leaks::Leak;
use touchstone::store::Engine;

use harness::leaks::Hunt;
use harness::{pairs, postgres};

/// Pairs when nobody says how many.
const PAIRS: usize = 1_000;

/// Pairs after which something is said.
const STRIDE: usize = 500;

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark reports to a person")]
fn main() -> ExitCode {
    // Cargo adds `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let pairs = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Some(PAIRS),
        ["--pairs", pairs] => pairs.parse().ok(),
        _ => None,
    };
    let Some(pairs) = pairs else {
        eprintln!("usage: cargo bench --bench privacy -- [--pairs N]");
        return ExitCode::FAILURE;
    };
    let started = Instant::now();
    let seconds = || started.elapsed().as_secs();
    let with_postgres = postgres::available();
    let mut tally = pairs::run(pairs, with_postgres, |done| {
        if done.pairs % STRIDE == 0 {
            println!("{} pairs after {} s, {} bytes differ", done.pairs, seconds(), done.differing_bytes);
        }
    });
    tally.add(pairs::twins(Engine::Sqlite, usize::MAX));
    for told in tally.told.iter().take(5) {
        println!("{told}");
    }
    println!("{} pairs, {} answers each way, {} s", tally.pairs, tally.operations, seconds());
    let mut hunt = Hunt::default();
    let missed: Vec<&Leak> = Leak::ALL.iter().filter(|leak| hunt.for_leak(**leak).is_none()).collect();
    println!("{} leaks planted, not caught: {missed:?}; {} s", Leak::ALL.len(), seconds());
    let caught = Leak::ALL.len() - missed.len();
    let figures = json!({
        "pairs": tally.pairs,
        "operations": tally.operations,
        "differing_bytes": tally.differing_bytes,
        "leaks_planted": Leak::ALL.len(),
        "leaks_caught": caught,
    });
    println!("{figures}");
    if tally.differing_bytes == 0 && missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
