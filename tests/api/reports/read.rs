//! Reading one report, and being unable to read another member's.

use reqwest::Method;
use serde_json::{Value, json};

use super::text;
use crate::api::bad_input::sight;
use crate::support::client::{Client, Reply};
use crate::support::forms::{email, report};
use crate::support::on_both_engines;
use crate::support::world::World;

type Ask = fn(&Client, &str) -> Reply;

/// Every way to ask for one report.
const ASKS: [(&str, Ask); 11] = [
    ("read", |client: &Client, id: &str| client.get(&format!("/v1/reports/{id}"))),
    ("revisions", |client: &Client, id: &str| client.get(&format!("/v1/reports/{id}/revisions"))),
    ("sellers", |client: &Client, id: &str| client.get(&format!("/v1/reports/{id}/sellers"))),
    ("retract", |client: &Client, id: &str| client.delete(&format!("/v1/reports/{id}"))),
    ("retract r1", |client: &Client, id: &str| retract(client, id, "\"r1\"")),
    ("retract r9", |client: &Client, id: &str| retract(client, id, "\"r9\"")),
    ("retract nonsense", |client: &Client, id: &str| retract(client, id, "nonsense")),
    ("revise r1", |client: &Client, id: &str| put(client, id, Some("\"r1\""), &body())),
    ("revise r9", |client: &Client, id: &str| put(client, id, Some("\"r9\""), &body())),
    ("revise without If-Match", |client: &Client, id: &str| put(client, id, None, &body())),
    ("revise to nonsense", |client: &Client, id: &str| put(client, id, Some("\"r1\""), &json!({ "x": 1 }))),
];

fn body() -> Value {
    report("A-1", &["alliance"], &[email("wei@bags.shop")])
}

fn put(client: &Client, id: &str, tag: Option<&str>, body: &Value) -> Reply {
    let request = client.request(Method::PUT, &format!("/v1/reports/{id}"));
    let request = match tag {
        Some(tag) => request.header("if-match", tag),
        None => request,
    };
    client.send(request.json(body))
}

fn retract(client: &Client, id: &str, tag: &str) -> Reply {
    client.send(client.request(Method::DELETE, &format!("/v1/reports/{id}")).header("if-match", tag))
}

/// All of an answer but what differs between any two.
fn essence(reply: &Reply) -> (u16, Vec<(String, String)>, String) {
    let random = ["date", "x-request-id"];
    let mut headers: Vec<(String, String)> = reply
        .headers
        .iter()
        .filter(|(name, _)| !random.contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    (reply.status, headers, reply.text.clone())
}

on_both_engines! {
    fn another_members_report_answers_like_one_that_does_not_exist(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let pooled = acme.file(&report("A-1", &["alliance"], &[email("jian@bags.shop")]));
        let draft = acme.file(&report("A-2", &[], &[email("jian@bags.shop")]));
        let gone = acme.file(&report("A-3", &["alliance"], &[email("jian@bags.shop")]));
        acme.retract(text(&gone, "id"));
        // That bolt pools a report in the same profile gives it no right to the others.
        bolt.file(&report("B-1", &["alliance"], &[email("jian@bags.shop")]));
        let before = (sight(&acme), sight(&bolt));
        let nothing = format!("rep_{}", "5".repeat(32));
        for (what, ask) in ASKS {
            let expected = essence(&ask(&bolt, &nothing));
            for foreign in [&pooled, &draft, &gone] {
                assert_eq!(essence(&ask(&bolt, text(foreign, "id"))), expected, "{what}");
            }
            // A text that is no id at all is not told apart either.
            assert_eq!(essence(&ask(&bolt, "rep_5")), expected, "{what}");
        }
        assert_eq!((sight(&acme), sight(&bolt)), before);
    }

    fn what_is_not_there_is_a_404_whatever_is_asked_of_it(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let nothing = format!("rep_{}", "5".repeat(32));
        for (what, ask) in ASKS {
            if what != "retract nonsense" {
                assert!(ask(&acme, &nothing).problem(404, "not-found").is_empty(), "{what}");
            }
        }
        for id in ["rep_5", "A-1", world.ids["acme"].as_str(), "%00", "rep_%F0%9F%98%80"] {
            acme.get(&format!("/v1/reports/{id}")).problem(404, "not-found");
        }
    }
}
