//! `cargo bench --bench intake`: the figures of intake and of the feed, each beside its reference in
//! the same run. The last line is one JSON object for programs.
//!
//! * Single submissions at 64 connections through the intake lane, against one transaction per request
//!   on the same store, SQLite and PostgreSQL (durable commits on both).
//! * 100,000 reports in bulk through the real program on SQLite, until every profile and feed event is
//!   there.
//! * Feed pages of 100 profiles with authentication, against a route that says "ok".

mod bulk;
mod lane;
mod load;
#[path = "../../tests/support/postgres.rs"]
mod postgres;
mod server;

use std::sync::atomic::Ordering;

use serde_json::json;

/// The middle of an odd number of measurements.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[expect(clippy::print_stdout, reason = "a benchmark reports to a person")]
fn main() {
    postgres::DURABLE.store(true, Ordering::SeqCst);
    let reports = std::env::var("BENCH_REPORTS").ok().and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let sqlite_lane_ratio = lane::on_sqlite();
    let pg_lane_ratio = if postgres::available() { Some(lane::on_postgres()) } else { None };
    let bulk = bulk::run(reports);
    let round = |value: f64| (value * 100.0).round() / 100.0;
    println!(
        "{}",
        json!({
            "sqlite_lane_ratio": round(sqlite_lane_ratio),
            "pg_lane_ratio": pg_lane_ratio.map(round),
            "bulk_reports_per_s": bulk.reports_per_s.round(),
            "bulk_last_over_first": round(bulk.last_over_first),
            "peak_mib": bulk.peak_mib.round(),
            "feed_page_over_hello": round(bulk.feed_page_over_hello),
        })
    );
}
