//! A member's own reports, one file per action. This one holds what their tests share.

mod bulk;
mod bulk_csv;
mod bulk_cut_off;
mod create;
mod draft;
mod full_lane;
mod list;
mod preview;
mod read;
mod retract;
mod revise;

use std::collections::BTreeSet;

use reqwest::Method;
use reqwest::blocking::Body;
use serde_json::{Value, json};

use crate::support::client::{Client, Reply};
use crate::support::world::World;

pub const NDJSON: &str = "application/x-ndjson";
pub const CSV: &str = "text/csv";

/// The text in a field.
pub fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_else(|| panic!("{field} is no text in {value}"))
}

/// Files a report with these preferences.
pub fn file_with(client: &Client, preferences: &str, report: &Value) -> Reply {
    client.send(client.request(Method::POST, "/v1/reports").header("prefer", preferences).json(report))
}

/// Replaces a report under `If-Match` and waits until that is worked in.
pub fn revise(client: &Client, id: &str, tag: &str, report: &Value) -> Reply {
    let request = client.request(Method::PUT, &format!("/v1/reports/{id}"));
    client.send_and_wait(request.header("if-match", tag).json(report))
}

/// Makes a sharing group; of each member it says whether it contributes and whether it reads.
pub fn make_group(world: &World, slug: &str, members: &[(&str, bool, bool)]) {
    let mut listed = Vec::new();
    for (member, contribute, read) in members {
        let id = &world.ids[*member];
        listed.push(json!({ "member_id": id, "contribute": contribute, "read": read }));
    }
    let body = json!({ "slug": slug, "name": "A group", "members": listed });
    world.key("operator").post("/v1/admin/groups", &body).expect(201);
}

/// The profiles of a group that a client reads.
pub fn sellers(client: &Client, group: &str) -> Vec<Value> {
    client.all(&format!("/v1/groups/{group}/sellers"))
}

/// The ids of some profiles.
pub fn ids(sellers: &[Value]) -> BTreeSet<String> {
    sellers.iter().map(|seller| text(seller, "id").to_owned()).collect()
}

/// The profiles that are left after a whole feed was applied.
pub fn applied(events: &[Value]) -> BTreeSet<String> {
    let mut left = BTreeSet::new();
    for event in events {
        let id = text(event, "seller_id").to_owned();
        match text(event, "kind") {
            "removed" | "merged" => left.remove(&id),
            _ => left.insert(id),
        };
    }
    left
}

/// The kinds of some feed events.
pub fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| text(event, "kind")).collect()
}

/// Sends a bulk upload and returns its result lines.
pub fn upload(client: &Client, content_type: &str, body: impl Into<Body>) -> Vec<Value> {
    let reply = client.post_raw("/v1/reports/bulk", content_type, body).expect(200);
    assert_eq!(reply.header("content-type"), NDJSON);
    reply.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Reports as the lines of a file.
pub fn ndjson(reports: &[Value]) -> String {
    reports.iter().map(|report| format!("{report}\n")).collect()
}

/// Number and status of each result line.
pub fn outcomes(lines: &[Value]) -> Vec<(u64, &str)> {
    lines.iter().map(|line| (line["line"].as_u64().unwrap(), text(line, "status"))).collect()
}

/// The faults of a result line, as (pointer or column, code).
pub fn faults_of(line: &Value) -> Vec<(String, String)> {
    let faults = line["errors"].as_array().cloned().unwrap_or_default();
    faults.iter().map(|fault| (text(fault, "pointer").to_owned(), text(fault, "code").to_owned())).collect()
}
