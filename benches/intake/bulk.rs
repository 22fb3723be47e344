//! Bulk: from a file to profiles and feed, through the real program on SQLite; then feed pages.

use std::io::Write;
use std::time::{Duration, Instant};

use touchstone::cli::sample;
use touchstone::domain::time::parse_date;

use crate::load::{self, median};
use crate::program::{Program, run as command};

pub struct Figures {
    pub reports_per_s: f64,
    pub last_over_first: f64,
    pub peak_mib: f64,
    pub feed_page_over_hello: f64,
}

/// Parts that the reports are sent in: the rate of the last is held against that of the first.
const PARTS: usize = 10;
const FEED_CONNECTIONS: usize = 32;

#[expect(clippy::print_stdout, reason = "a benchmark reports to a person")]
pub fn run(reports: usize) -> Figures {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    for platform in &sample::PLATFORMS {
        command(&data, &["member", "create", platform.slug, platform.name, "--kind", "platform"]);
    }
    let keys: Vec<String> = sample::BRANDS
        .iter()
        .map(|brand| {
            command(&data, &["member", "create", brand.slug, brand.name, "--kind", "brand"]);
            let scopes = ["--scope", "reports:write", "--scope", "feed:read", "--scope", "sellers:read"];
            let create = ["key", "create", brand.slug, "--name", "bench"];
            command(&data, &[&create[..], &scopes[..]].concat())
        })
        .collect();
    let program = Program::serve(&data);
    let base = format!("http://{}", program.address);
    let client = reqwest::blocking::Client::builder().timeout(None).build().expect("a client");
    let files = write_parts(folder.path(), reports);
    let mut seconds = Vec::new();
    for (number, brands) in files.iter().enumerate() {
        let started = Instant::now();
        for (key, file) in keys.iter().zip(brands) {
            let upload = client
                .post(format!("{base}/v1/reports/bulk"))
                .bearer_auth(key)
                .header("content-type", "application/x-ndjson")
                .body(std::fs::File::open(file).expect("the part was written"))
                .send()
                .expect("an answer");
            assert!(upload.status().is_success(), "{}", upload.status());
            let answer = upload.text().expect("result lines");
            let refused = answer.lines().find(|line| !line.contains(r#""status":"created""#));
            assert!(refused.is_none(), "a line was not created: {refused:?}");
        }
        let accepted = started.elapsed().as_secs_f64();
        wait_worked_in(&client, &base);
        let done = started.elapsed().as_secs_f64();
        let part = reports / PARTS;
        println!(
            "bulk part {number}: {:.0} reports/s end to end ({:.0}/s accepted)",
            part as f64 / done,
            part as f64 / accepted
        );
        seconds.push(done);
    }
    let total: f64 = seconds.iter().sum();
    let last_over_first = seconds.first().copied().unwrap_or(0.0) / seconds.last().copied().unwrap_or(1.0);
    let peak_mib = program.peak_mib();
    println!(
        "bulk: {:.0} reports/s, peak {peak_mib:.0} MiB, last/first {last_over_first:.2}",
        reports as f64 / total
    );
    let feed_page_over_hello = feed(&program, keys.first().expect("a key"));
    Figures { reports_per_s: reports as f64 / total, last_over_first, peak_mib, feed_page_over_hello }
}

/// One NDJSON file for each part and brand, so that nothing but the server's work is timed.
fn write_parts(folder: &std::path::Path, reports: usize) -> Vec<Vec<std::path::PathBuf>> {
    let today = parse_date("2026-06-01").expect("a date");
    let all = sample::reports(1, reports, today);
    let part = reports.div_ceil(PARTS).max(1);
    all.chunks(part)
        .enumerate()
        .map(|(number, part)| {
            (0..sample::BRANDS.len())
                .map(|brand| {
                    let path = folder.join(format!("{number}-{brand}.ndjson"));
                    let file = std::fs::File::create(&path).expect("a file");
                    let mut out = std::io::BufWriter::new(file);
                    for report in part.iter().filter(|report| report.brand == brand) {
                        serde_json::to_writer(&mut out, &report.form).expect("a form serialises");
                        out.write_all(b"\n").expect("the disk has room");
                    }
                    out.flush().expect("the disk has room");
                    path
                })
                .collect()
        })
        .collect()
}

fn wait_worked_in(client: &reqwest::blocking::Client, base: &str) {
    loop {
        let figures = client.get(format!("{base}/metrics")).send().and_then(|answer| answer.text());
        if figures.expect("figures").lines().any(|line| line == "touchstone_resolver_waiting 0") {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[expect(clippy::print_stdout, reason = "a benchmark reports to a person")]
fn feed(program: &Program, key: &str) -> f64 {
    let (mut pages, mut hellos) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let length = Duration::from_secs(3);
        let bearer = key.to_owned();
        let page = move |_| load::get("/v1/groups/alliance/feed?limit=100", &bearer);
        pages.push(load::rate(program.address, FEED_CONNECTIONS, length, page).0);
        hellos.push(load::rate(program.address, FEED_CONNECTIONS, length, |_| load::get("/healthz", "")).0);
    }
    let (page, hello) = (median(pages), median(hellos));
    println!("feed: {page:.0} pages of 100 profiles/s, hello {hello:.0}/s, ratio {:.3}", page / hello);
    page / hello
}
