//! What people say about two reports or profiles, one file per action. This one holds what their tests share.

mod candidates;
mod create;
mod list;
mod undo;

use serde_json::{Value, json};

use crate::support::client::{Client, Reply};
use crate::support::forms::report;
use crate::support::world::World;

pub const PATH: &str = "/v1/groups/alliance/judgements";

/// The text of a field.
pub fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_else(|| panic!("{field} is no text in {value}")).to_owned()
}

/// Files a report with `alliance` and returns its id.
pub fn file(client: &Client, external_id: &str, identifiers: &[Value]) -> String {
    text(&client.file(&report(external_id, &["alliance"], identifiers)), "id")
}

/// The profile of `alliance` that a report of the client's own is in.
pub fn seller_of(client: &Client, report: &str) -> String {
    let stored = client.get(&format!("/v1/reports/{report}")).expect(200).json();
    let sellers = stored["sellers"].as_array().expect("the report is worked in").clone();
    let here = sellers.iter().find(|one| one["group"] == "alliance").expect("a profile in alliance");
    text(here, "seller_id")
}

pub fn said(a: &str, b: &str, verdict: &str) -> Value {
    json!({ "a": a, "b": b, "verdict": verdict, "reason": "The same parcel label." })
}

/// Judges and waits until that is worked in.
pub fn judge(client: &Client, a: &str, b: &str, verdict: &str) -> Reply {
    let reply = client.post(PATH, &said(a, b, verdict));
    client.wait_until_pooled();
    reply
}

/// Proposes.
pub fn propose(client: &Client, a: &str, b: &str, verdict: &str) -> Reply {
    let mut body = said(a, b, verdict);
    body["propose"] = json!(true);
    client.post(PATH, &body)
}

/// Takes a judgement back and waits until that is worked in.
pub fn undo(client: &Client, judgement: &Value) {
    client.delete(&format!("{PATH}/{}", text(judgement, "id"))).expect(204);
    client.wait_until_pooled();
}

/// Works every pool out afresh by the definition and returns how many profiles were otherwise.
pub fn rebuild(world: &World) -> usize {
    let app = &world.app.app;
    let groups = app.db.read(touchstone::store::groups::all).unwrap();
    let resolver = world.app.resolver();
    groups.iter().map(|group| resolver.rebuild(group.id).unwrap().changed).sum()
}
