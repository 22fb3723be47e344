//! `cargo bench --bench feeds`: the figures of the feeds in all their forms. The last line is one JSON object for
//! programs.
//!
//! * A snapshot of a group of a million sellers: its rate, and the memory that it takes.
//! * 5,000 readers of server-sent events on one node: what each costs, and when the last is told.
//!
//! `BENCH_ONLY=snapshot` or `streams` runs one part; `BENCH_SELLERS` and `BENCH_READERS` set the sizes.

mod house;
#[path = "../shared/load.rs"]
mod load;
#[path = "../shared/program.rs"]
mod program;
mod snapshot;
mod stream;

use serde_json::json;

/// The middle of an odd number of measurements.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[expect(clippy::print_stdout, reason = "a benchmark reports to a person")]
fn main() {
    let number = |name: &str, usual: usize| {
        std::env::var(name).ok().and_then(|count| count.parse().ok()).unwrap_or(usual)
    };
    let only = std::env::var("BENCH_ONLY").ok();
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    let stream = wanted("streams").then(|| stream::run(number("BENCH_READERS", 5_000)));
    let snapshot = wanted("snapshot").then(|| snapshot::run(number("BENCH_SELLERS", 1_000_000)));
    let round = |value: f64| (value * 10.0).round() / 10.0;
    println!(
        "{}",
        json!({
            "snapshot_mb_per_s": snapshot.as_ref().map(|figures| round(figures.mb_per_s)),
            "snapshot_peak_mib": snapshot.as_ref().map(|figures| round(figures.peak_mib)),
            "sse_kib_per_subscriber": stream.map(round),
        })
    );
}
