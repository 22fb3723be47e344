//! Objects posted to a TAXII collection: envelopes of one object, and of a hundred, which make twenty reports.

use std::time::Duration;

use serde_json::{Value, json};
use touchstone::app::{App, production};
use touchstone::domain::member::Scope;
use touchstone::store::Place;
use touchstone::store::vault::MasterKeys;

use crate::house::{member_with_key, report};
use crate::in_process;
use crate::load::{self, median};

pub struct Figures {
    pub single_per_s: f64,
    pub objects_per_s: f64,
}

/// Connections, rounds and their length.
const CONNECTIONS: usize = 32;
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(5);

const PATH: &str = "/taxii2/groups/collections/alliance/objects/";
const TAXII: &str = "application/taxii+json;version=2.1";
const EXTENSION: &str = "extension-definition--2d06d678-f69e-4f47-b3cf-91e8e88e6282";

/// Reports of an envelope of a hundred objects; each refers to four more.
const REPORTS: u64 = 20;

/// Filing is measured alone, as in `--bench intake`: what resolution costs is measured by `--bench resolution`.
#[expect(clippy::print_stdout, reason = "a benchmark reports to a person")]
pub fn run() -> Figures {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = folder.path().join("bench.db").to_string_lossy().into_owned();
    let mut parts = production::parts(MasterKeys::fixed([9; 32]));
    parts.resolve = false;
    let place = Place { url: url.into(), connections: 4 };
    let (app, background) = App::start(&place, parts).expect("the application starts");
    let (_, bearer) = member_with_key(&app, Scope::ReportsWrite);
    let address = in_process::serve(app.clone());
    let (mut single, mut hundred) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS as u64 {
        // No two rounds post the same report.
        let base = (round + 1) << 32;
        let key = bearer.clone();
        let (rate, refused) =
            load::rate(address, CONNECTIONS, ROUND, move |n| envelope(&key, vec![alone(base + n)]));
        println!("posting round {round}: envelopes of 1: {rate:.0}/s, {refused} refused");
        single.push(rate);
        let (key, base) = (bearer.clone(), base << 8);
        let (rate, refused) = load::rate(address, CONNECTIONS, ROUND, move |n| {
            envelope(&key, (0..REPORTS).flat_map(|one| with_parts(base + n * REPORTS + one)).collect())
        });
        println!(
            "posting round {round}: envelopes of 100: {rate:.0}/s, {:.0} objects/s, {refused} refused",
            rate * 100.0
        );
        hundred.push(rate * 100.0);
    }
    background.stop(&app);
    Figures { single_per_s: median(single), objects_per_s: median(hundred) }
}

fn envelope(bearer: &str, objects: Vec<Value>) -> Vec<u8> {
    load::post_as(PATH, bearer, TAXII, &json!({ "objects": objects }).to_string())
}

fn id(kind: &str, n: u64) -> String {
    format!("{kind}--00000000-0000-4000-8{:03x}-{:012x}", n >> 48, n & 0xffff_ffff_ffff)
}

/// A report that says everything itself.
fn alone(n: u64) -> Value {
    let mut form = report(usize::try_from(n & 0xffff_ffff).unwrap_or_default());
    let fields = form.as_object_mut().expect("a form");
    fields.retain(|name, _| !["external_id", "share_with"].contains(&name.as_str()));
    json!({
        "type": "report", "spec_version": "2.1", "id": id("report", n), "created": "2026-05-01T09:00:00.000Z",
        "modified": "2026-05-01T09:00:00.000Z", "published": "2026-05-01T09:00:00.000Z", "name": "Bags",
        "extensions": { EXTENSION: { "extension_type": "property-extension", "report": form } },
    })
}

/// A report whose identifiers are objects of their own.
fn with_parts(n: u64) -> Vec<Value> {
    let parts = [
        json!({ "type": "url", "value": format!("https://bags{n}.shop/item") }),
        json!({ "type": "domain-name", "value": format!("bags{n}.shop") }),
        json!({ "type": "email-addr", "value": format!("seller{n}@bags.shop") }),
        json!({ "type": "user-account", "account_type": "taobao", "user_id": (100_000_000 + n).to_string() }),
    ];
    let named = |mut part: Value| {
        part["id"] = json!(id(part["type"].as_str().unwrap_or_default(), n));
        part["spec_version"] = json!("2.1");
        part
    };
    let parts: Vec<Value> = parts.into_iter().map(named).collect();
    let mut report = alone(n);
    report["extensions"][EXTENSION]["report"]["seller"] = json!({});
    report["object_refs"] = parts.iter().map(|part| part["id"].clone()).collect();
    [report].into_iter().chain(parts).collect()
}
