//! Asks everything that can be asked, as one viewer, and compares what two alliances answer.

use reqwest::Method;
use serde_json::Value;

use super::operations;
use super::script::Viewer;
use super::worlds::{Alliance, Known};
use crate::support::client::{Client, Reply};

/// Pages that are read of one list.
const PAGES_MAX: usize = 100;

/// A request that changes nothing.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: Method,
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Option<String>,
    /// Whether the pages that follow are read too.
    pub walk: bool,
}

/// All of an answer that must not depend on what is hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub request: String,
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// What every operation of the OpenAPI document answers to this viewer.
pub fn replay(alliance: &Alliance, viewer: &Viewer, known: &Known) -> Vec<Answer> {
    replay_only(alliance, viewer, known, |_| true)
}

/// What some operations answer, and the document itself.
pub fn replay_only(
    alliance: &Alliance,
    viewer: &Viewer,
    known: &Known,
    wanted: impl Fn(&str) -> bool,
) -> Vec<Answer> {
    let client = alliance.client_of(viewer);
    let document = client.get("/openapi.json").expect(200);
    let mut answers = vec![answer_of("GET /openapi.json".to_owned(), &document)];
    for operation in operations_of(&document.json()).into_iter().filter(|operation| wanted(operation)) {
        let requests = operations::requests(&operation, viewer, known).unwrap_or_default();
        assert!(!requests.is_empty(), "{operation} is not replayed: operations.rs must say how");
        for request in requests {
            answers.extend(ask(&client, &request));
        }
    }
    answers
}

/// The operations of an OpenAPI document, as `get /v1/me`.
pub fn operations_of(document: &Value) -> Vec<String> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let methods = item.as_object().unwrap().keys();
        let methods =
            methods.filter(|name| ["get", "put", "post", "patch", "delete"].contains(&name.as_str()));
        operations.extend(methods.map(|method| format!("{method} {path}")));
    }
    assert!(operations.len() > 30, "the document has lost its operations: {operations:?}");
    operations
}

fn ask(client: &Client, request: &Request) -> Vec<Answer> {
    let mut answers = Vec::new();
    let mut cursor: Option<String> = None;
    for page in 1..=PAGES_MAX {
        let path = match &cursor {
            Some(cursor) => {
                let glue = if request.path.contains('?') { '&' } else { '?' };
                format!("{}{glue}cursor={cursor}", request.path)
            }
            None => request.path.clone(),
        };
        let mut sending = client.request(request.method.clone(), &path);
        for (name, value) in &request.headers {
            sending = sending.header(*name, value.as_str());
        }
        if let Some(body) = &request.body {
            sending = sending.body(body.clone());
        }
        let reply = client.send(sending);
        let body = request.body.as_deref().unwrap_or_default();
        let label = format!("{} {} {:?} {body} page {page}", request.method, request.path, request.headers);
        answers.push(answer_of(label, &reply));
        cursor = if request.walk { next_of(&reply) } else { None };
        if cursor.is_none() {
            return answers;
        }
    }
    panic!("{} has no end", request.path);
}

fn next_of(reply: &Reply) -> Option<String> {
    let page: Value = serde_json::from_str(&reply.text).ok()?;
    // A feed has a cursor on its last page too.
    if page["more"] == false { None } else { page["next"].as_str().map(str::to_owned) }
}

fn answer_of(request: String, reply: &Reply) -> Answer {
    let headers = reply.headers.iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    Answer::new(request, reply.status, headers.collect(), &reply.text)
}

impl Answer {
    /// Keeps all but the time, the request id, whether the connection goes on (a refusal that comes before
    /// the body does ends it), cursors, and what a server makes at random: the ids of
    /// keys and the key that signs tokens.
    pub fn new(request: String, status: u16, headers: Vec<(String, String)>, body: &str) -> Self {
        let mut headers: Vec<(String, String)> = headers
            .into_iter()
            .filter(|(name, _)| !["date", "x-request-id", "connection"].contains(&name.as_str()))
            .map(|(name, value)| {
                let value = if name == "link" { without(&value, "cursor=", '>') } else { value };
                (name, value)
            })
            .collect();
        headers.sort();
        let mut body = without(&without(body, "\"next\":\"", '"'), "\"key_", '"');
        if request.contains("/jwks.json") {
            body = without(&without(&body, "\"x\":\"", '"'), "\"kid\":\"", '"');
        }
        Self { request, status, headers, body }
    }
}

/// The text without what stands between `before` and the next `end`, wherever that is.
fn without(text: &str, before: &str, end: char) -> String {
    let mut parts = text.split(before);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str(before);
        kept.push('…');
        kept.push_str(part.find(end).and_then(|at| part.get(at..)).unwrap_or_default());
    }
    kept
}

/// Where two replays differ, for people.
pub fn differences(ours: &[Answer], theirs: &[Answer]) -> Vec<String> {
    let mut found: Vec<String> = ours
        .iter()
        .zip(theirs)
        .filter(|(a, b)| a != b)
        .map(|(a, b)| {
            let side = |one: &Answer| format!("    {} {:?}\n    {}", one.status, one.headers, one.body);
            let other = if a.request == b.request { "" } else { &b.request };
            format!("{} {other}\n{}\n{}", a.request, side(a), side(b))
        })
        .collect();
    if ours.len() != theirs.len() {
        found.push(format!("{} answers against {}", ours.len(), theirs.len()));
    }
    found
}

/// Fails with the first few differences.
#[track_caller]
pub fn assert_alike(ours: &[Answer], theirs: &[Answer], whose: &str) {
    let found = differences(ours, theirs);
    let first: Vec<&str> = found.iter().take(5).map(String::as_str).collect();
    assert!(found.is_empty(), "{whose}: {} answers differ\n{}", found.len(), first.join("\n"));
}
