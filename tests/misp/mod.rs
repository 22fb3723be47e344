//! The MISP feed, as an instance meets it.

mod clients;
mod entrance;
mod mapping;
mod pulling;

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::Value;

use crate::support::client::Client;

/// The path of something in a group's feed.
fn at(group: &str, file: &str) -> String {
    format!("/misp/{group}/{file}")
}

/// The manifest of a feed: what it says of each event, by the event's id.
fn manifest(client: &Client, group: &str) -> BTreeMap<String, Value> {
    client
        .get(&at(group, "manifest.json"))
        .expect(200)
        .json()
        .as_object()
        .unwrap()
        .clone()
        .into_iter()
        .collect()
}

fn event(client: &Client, group: &str, id: &str) -> Value {
    client.get(&at(group, &format!("{id}.json"))).expect(200).json()["Event"].clone()
}

/// Every event of a feed.
fn events(client: &Client, group: &str) -> Vec<Value> {
    manifest(client, group).keys().map(|id| event(client, group, id)).collect()
}

/// Attributes that are there, each with what stands for it: its object's template or its type, and its value.
fn live(event: &Value) -> BTreeMap<String, (String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let is_there = |thing: &&Value| thing["deleted"] == false;
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut found = BTreeMap::new();
    for one in list(&event["Attribute"]).iter().filter(is_there) {
        found.insert(text(&one["uuid"]), (text(&one["type"]), text(&one["value"])));
    }
    for object in list(&event["Object"]).iter().filter(is_there) {
        for one in list(&object["Attribute"]).iter().filter(is_there) {
            let name = format!("{}.{}", text(&object["name"]), text(&one["object_relation"]));
            found.insert(text(&one["uuid"]), (name, text(&one["value"])));
        }
    }
    found
}

/// The same without ids, in order.
fn values(event: &Value) -> Vec<(String, String)> {
    let mut values: Vec<_> = live(event).into_values().collect();
    values.sort();
    values
}

/// An instance that pulls a feed as MISP does: it asks for the manifest, fetches the events that it does not have or
/// of which it has an earlier version, and takes of each what is newer than what it has. It forgets nothing.
#[derive(Default)]
struct Instance {
    tag: Option<String>,
    kept: BTreeMap<String, Value>,
}

impl Instance {
    /// Pulls once and returns the events that were fetched.
    fn pull(&mut self, client: &Client, group: &str) -> Vec<String> {
        let request = client.request(Method::GET, &at(group, "manifest.json"));
        let reply = client.send(match &self.tag {
            Some(tag) => request.header("if-none-match", tag),
            None => request,
        });
        if reply.status == 304 {
            return Vec::new();
        }
        let reply = reply.expect(200);
        self.tag = Some(reply.header("etag"));
        let mut fetched = Vec::new();
        for (id, line) in reply.json().as_object().unwrap() {
            let told = line["timestamp"].as_i64().unwrap();
            if self.kept.get(id).is_some_and(|known| second(known) >= told) {
                continue;
            }
            let event = event(client, group, id);
            for name in ["info", "date", "Orgc", "Tag"] {
                assert_eq!(event[name], line[name], "the manifest says another {name}");
            }
            assert_eq!(second(&event), told, "the manifest says another time");
            match self.kept.get_mut(id) {
                Some(known) => take(known, event),
                None => drop(self.kept.insert(id.clone(), event)),
            }
            fetched.push(id.clone());
        }
        fetched
    }

    /// What it holds to be there.
    fn live(&self) -> BTreeMap<String, (String, String)> {
        self.kept.values().flat_map(live).collect()
    }
}

fn second(thing: &Value) -> i64 {
    thing["timestamp"].as_str().unwrap().parse().unwrap()
}

/// Takes an event over one that is known, part by part: what does not come stays.
fn take(known: &mut Value, new: Value) {
    for list in ["Attribute", "Object"] {
        for part in new[list].as_array().cloned().unwrap_or_default() {
            let parts = known[list].as_array_mut().unwrap();
            match parts.iter_mut().find(|one| one["uuid"] == part["uuid"]) {
                None => parts.push(part),
                Some(one) if second(one) >= second(&part) => {}
                Some(one) if list == "Object" => take(one, part),
                Some(one) => *one = part,
            }
        }
    }
    for (name, value) in new.as_object().unwrap() {
        if !["Attribute", "Object"].contains(&name.as_str()) {
            known[name] = value.clone();
        }
    }
}
