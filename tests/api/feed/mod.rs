//! The feed of a group in its forms, and copies that readers keep by it.

mod converges;
mod lines;
mod parts;
mod snapshot;
mod streaming;
mod table;
mod waiting;

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::Value;

use crate::support::client::{Client, Reply};

/// What a reader of the feed, or of a part of it, keeps.
#[derive(Default)]
pub struct Copy {
    pub sellers: BTreeMap<String, Value>,
    next: Option<String>,
    /// What was told, in order.
    pub told: Vec<Value>,
}

fn glue(path: &str, parameter: &str) -> String {
    format!("{path}{}{parameter}", if path.contains('?') { '&' } else { '?' })
}

impl Copy {
    pub fn apply(&mut self, event: &Value) {
        let id = event["seller_id"].as_str().unwrap().to_owned();
        match event.get("seller") {
            Some(seller) => drop(self.sellers.insert(id, seller.clone())),
            None => drop(self.sellers.remove(&id)),
        }
        self.told.push(event.clone());
    }

    /// Reads on to the end in pages.
    pub fn read_on(&mut self, client: &Client, path: &str) {
        loop {
            let path = match &self.next {
                Some(next) => glue(path, &format!("cursor={next}")),
                None => path.to_owned(),
            };
            let page = client.get(&path).expect(200).json();
            page["events"].as_array().unwrap().iter().for_each(|event| self.apply(event));
            self.next = page["next"].as_str().map(str::to_owned);
            if page["more"] == false {
                return;
            }
        }
    }
}

/// What the list shows with these filters, by id.
pub fn listed(client: &Client, group: &str, filter: &str) -> BTreeMap<String, Value> {
    let sellers = client.all(&format!("/v1/groups/{group}/sellers?limit=200&{filter}"));
    sellers.into_iter().map(|seller| (seller["id"].as_str().unwrap().to_owned(), seller)).collect()
}

/// Asks for lines of JSON.
pub fn ask_lines(client: &Client, path: &str) -> Reply {
    client.send(client.request(Method::GET, path).header("accept", "application/x-ndjson"))
}

pub fn lines(reply: &Reply) -> Vec<Value> {
    reply.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
