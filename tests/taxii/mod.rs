//! TAXII 2.1, as a platform's tools meet it.

mod clients;
mod copies;
mod entrance;
mod mapping;
mod pages;
mod posting;

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;

use crate::support::client::{Client, Reply};

pub const TAXII: &str = "application/taxii+json;version=2.1";

/// The path of something in a group's collection.
fn at(group: &str, rest: &str) -> String {
    format!("/taxii2/groups/collections/{group}/{rest}")
}

/// Asks with a header.
fn get_with(client: &Client, path: &str, header: &str, value: &str) -> Reply {
    client.send(client.request(Method::GET, path).header(header, value))
}

/// Asserts that this is an error message of TAXII.
#[track_caller]
fn failure(reply: &Reply, status: u16) -> Value {
    assert_eq!(reply.status, status, "{}", reply.text);
    assert_eq!(reply.header("content-type"), TAXII);
    let body = reply.json();
    assert!(body["title"].is_string(), "{body}");
    assert_eq!(body["http_status"], status.to_string());
    body
}

/// What a list has under this name, none if it is left out.
fn items(body: &Value, name: &str) -> Vec<Value> {
    let found = body[name].as_array().cloned();
    assert!(found.as_ref().is_none_or(|found| !found.is_empty()), "an empty list is sent: {body}");
    found.unwrap_or_default()
}

/// Everything at a path, page by page, as the next page is named.
fn all_by_next(client: &Client, path: &str, name: &str) -> Vec<Value> {
    let (mut found, mut url) = (Vec::new(), path.to_owned());
    loop {
        let page = client.get(&url).expect(200).json();
        found.extend(items(&page, name));
        let Some(next) = page["next"].as_str() else {
            assert_eq!(page["more"], false);
            return found;
        };
        assert_eq!(page["more"], true);
        url = format!("{path}{}next={next}", if path.contains('?') { '&' } else { '?' });
    }
}

/// Everything after a moment, page by page, each after the last moment of the one before; and the moment reached.
fn all_by_date(
    client: &Client,
    path: &str,
    limit: usize,
    after: Option<String>,
) -> (Vec<Value>, Option<String>) {
    let (mut found, mut after) = (Vec::new(), after);
    loop {
        let since = after.as_ref().map(|after| format!("&added_after={after}")).unwrap_or_default();
        let reply = client.get(&format!("{path}?limit={limit}{since}")).expect(200);
        let page = items(&reply.json(), "objects");
        assert!(page.len() <= limit);
        if !page.is_empty() {
            after = Some(reply.header("x-taxii-date-added-last"));
        }
        found.extend(page);
        if reply.json()["more"] == false {
            return (found, after);
        }
    }
}

fn of_type<'o>(objects: &'o [Value], kind: &str) -> Vec<&'o Value> {
    objects.iter().filter(|object| object["type"] == kind).collect()
}

fn ids(objects: &[Value]) -> BTreeSet<String> {
    objects.iter().map(|object| object["id"].as_str().unwrap().to_owned()).collect()
}

/// The one property extension of an object.
fn extension(object: &Value) -> Value {
    object["extensions"].as_object().unwrap().values().next().unwrap().clone()
}
