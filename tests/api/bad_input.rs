//! Whatever is wrong with a request, it is refused with the reason, and nothing changes.

mod bodies;
mod credentials;
mod fields;
mod parameters;

use serde_json::{Value, json};

use crate::support::client::{Client, Reply};
use crate::support::forms::{email, report};

/// Everything that a member can see of its own reports and of the alliance.
pub fn sight(client: &Client) -> Value {
    json!({
        "reports": client.all("/v1/reports?limit=200"),
        "feed": client.feed("alliance"),
        "groups": client.get("/v1/groups").expect(200).json(),
    })
}

/// A fault as `Reply::problem` returns it.
pub fn fault(pointer: &str, code: &str) -> (String, String) {
    (pointer.to_owned(), code.to_owned())
}

/// A report with nothing wrong.
fn good() -> Value {
    report("A-1", &["alliance"], &[email("jian@bags.shop")])
}

/// Puts a value at a place whose parent is there.
fn put(target: &mut Value, place: &str, value: Value) {
    let (parent, name) = place.rsplit_once('/').unwrap();
    match target.pointer_mut(parent).unwrap() {
        Value::Array(elements) => elements[name.parse::<usize>().unwrap()] = value,
        parent => parent[name] = value,
    }
}

/// Files a body as it is.
fn file_raw(client: &Client, body: impl Into<Vec<u8>>) -> Reply {
    let body: Vec<u8> = body.into();
    client.post_raw("/v1/reports", "application/json", body)
}
