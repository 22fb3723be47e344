//! `cargo bench --bench feeds`: the figures of the feeds in all their forms. The last line is one JSON object for
//! programs.
//!
//! * First pages of a TAXII collection at 32 connections, against the same bytes from memory with the same
//!   authentication, and how many statements a page takes.
//! * Objects posted to one, in envelopes of one and of a hundred.
//! * A snapshot of a group of a million sellers: its rate, and the memory that it takes.
//! * 5,000 readers of server-sent events on one node: what each costs, and when the last is told.
//!
//! `BENCH_ONLY=taxii`, `posting`, `streams` or `snapshot` runs one part; `BENCH_TAXII_SELLERS`, `BENCH_READERS` and `BENCH_SELLERS`
//! set the sizes.

mod house;
#[path = "../shared/in_process.rs"]
mod in_process;
#[path = "../shared/load.rs"]
mod load;
mod posting;
#[path = "../shared/program.rs"]
mod program;
mod snapshot;
mod stream;
mod taxii;

use serde_json::json;

#[expect(clippy::print_stdout, reason = "a benchmark reports to a person")]
fn main() {
    let number = |name: &str, usual: usize| {
        std::env::var(name).ok().and_then(|count| count.parse().ok()).unwrap_or(usual)
    };
    let only = std::env::var("BENCH_ONLY").ok();
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    // Four objects stand for each: a collection of 10,000.
    let taxii = wanted("taxii").then(|| taxii::run(number("BENCH_TAXII_SELLERS", 2_500)));
    let posting = wanted("posting").then(posting::run);
    let stream = wanted("streams").then(|| stream::run(number("BENCH_READERS", 5_000)));
    let snapshot = wanted("snapshot").then(|| snapshot::run(number("BENCH_SELLERS", 1_000_000)));
    let round = |value: f64| (value * 10.0).round() / 10.0;
    println!(
        "{}",
        json!({
            "taxii_page_over_memory": taxii.as_ref().map(|figures| (figures.over_memory * 100.0).round() / 100.0),
            "taxii_page_per_s": taxii.as_ref().map(|figures| figures.pages_per_s.round()),
            "post1_per_s": posting.as_ref().map(|figures| figures.single_per_s.round()),
            "post100_objects_per_s": posting.as_ref().map(|figures| figures.objects_per_s.round()),
            "snapshot_mb_per_s": snapshot.as_ref().map(|figures| round(figures.mb_per_s)),
            "snapshot_peak_mib": snapshot.as_ref().map(|figures| round(figures.peak_mib)),
            "statements_per_page": taxii.as_ref().map(|figures| round(figures.statements_per_page)),
            "sse_kib_per_subscriber": stream.map(round),
        })
    );
}
