//! `cargo bench --bench intake`: the figures of intake and of the feed, each beside its reference in
//! the same run. The last line is one JSON object for programs.
//!
//! * Single submissions at 64 connections through the intake lane, against one transaction per request
//!   on the same store, SQLite and PostgreSQL (durable commits on both).
//! * 100,000 reports in bulk through the real program on SQLite, until every profile and feed event is
//!   there.
//! * Feed pages of 100 profiles with authentication, against a route that says "ok".
//!
//! `BENCH_ONLY=sqlite`, `postgres` or `bulk` runs one part; `BENCH_REPORTS` sets the bulk's size.

mod bulk;
#[path = "../shared/in_process.rs"]
mod in_process;
mod lane;
#[path = "../shared/load.rs"]
mod load;
#[path = "../../tests/support/postgres.rs"]
mod postgres;
#[path = "../shared/program.rs"]
mod program;

use std::sync::atomic::Ordering;

use serde_json::json;

#[expect(clippy::print_stdout, reason = "a benchmark reports to a person")]
fn main() {
    postgres::DURABLE.store(true, Ordering::SeqCst);
    let reports = std::env::var("BENCH_REPORTS").ok().and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let only = std::env::var("BENCH_ONLY").ok();
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    let sqlite_lane_ratio = wanted("sqlite").then(lane::on_sqlite);
    let pg_lane_ratio = (wanted("postgres") && postgres::available()).then(lane::on_postgres);
    let bulk = wanted("bulk").then(|| bulk::run(reports));
    let round = |value: f64| (value * 100.0).round() / 100.0;
    println!(
        "{}",
        json!({
            "sqlite_lane_ratio": sqlite_lane_ratio.map(round),
            "pg_lane_ratio": pg_lane_ratio.map(round),
            "bulk_reports_per_s": bulk.as_ref().map(|bulk| bulk.reports_per_s.round()),
            "bulk_last_over_first": bulk.as_ref().map(|bulk| round(bulk.last_over_first)),
            "peak_mib": bulk.as_ref().map(|bulk| bulk.peak_mib.round()),
            "feed_page_over_hello": bulk.as_ref().map(|bulk| round(bulk.feed_page_over_hello)),
        })
    );
}
