//! Asks everything that can be asked, as one viewer, and compares what two alliances answer.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use actix_web::http::Method;
use fastrand::Rng;
use serde_json::Value;

use super::operations;
use super::people::{Viewer, viewer};
use super::service::{Reply, Request};
use super::worlds::{Alliance, Known};

/// Pages that are read of one list.
const PAGES_MAX: usize = 100;

/// All of an answer that must not depend on what is hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub request: String,
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub enum Asked<'o> {
    /// Every operation, each in up to so many ways, which the seed chooses.
    Sample { seed: u64, most: usize },
    /// One operation in every way.
    Operation(&'o str),
}

/// The requests that are made as this viewer.
pub fn requests(alliance: &Alliance, viewer: &Viewer, known: &Known, asked: Asked<'_>) -> Vec<Request> {
    let mut all = Vec::new();
    for operation in operations(alliance) {
        if matches!(asked, Asked::Operation(only) if only != operation) {
            continue;
        }
        let mut requests = operations::requests(operation, viewer, known).unwrap_or_default();
        assert!(!requests.is_empty(), "{operation} is not replayed: operations.rs must say how");
        if let Asked::Sample { seed, most } = asked {
            let mut rng = Rng::with_seed(seed);
            while requests.len() > most {
                requests.swap_remove(rng.usize(..requests.len()));
            }
        }
        all.extend(requests);
    }
    all
}

/// The operations of the OpenAPI document, as `get /v1/me`.
pub fn operations(alliance: &Alliance) -> &'static BTreeSet<String> {
    static OPERATIONS: OnceLock<BTreeSet<String>> = OnceLock::new();
    OPERATIONS.get_or_init(|| {
        let stranger = viewer("a stranger");
        let document = alliance.ask(stranger, &get("/openapi.json"), "/openapi.json").text;
        let document: Value = serde_json::from_str(&document).expect("a document");
        let mut operations = BTreeSet::new();
        for (path, item) in document["paths"].as_object().expect("paths") {
            let methods = item.as_object().expect("operations").keys();
            let methods =
                methods.filter(|name| ["get", "put", "post", "patch", "delete"].contains(&name.as_str()));
            operations.extend(methods.map(|method| format!("{method} {path}")));
        }
        assert!(operations.len() > 30, "the document has lost its operations: {operations:?}");
        operations
    })
}

/// What an alliance answers to this viewer, to what it did and to these requests.
pub fn replay(alliance: &Alliance, viewer: &Viewer, requests: &[Request]) -> Vec<Answer> {
    alliance.settle(viewer);
    let mut answers = alliance.answers_to(viewer).to_vec();
    for request in requests {
        ask(alliance, viewer, request, &mut answers);
    }
    answers
}

fn ask(alliance: &Alliance, viewer: &Viewer, request: &Request, answers: &mut Vec<Answer>) {
    let mut path = request.path.clone();
    for page in 1..=PAGES_MAX {
        let reply = alliance.ask(viewer, request, &path);
        answers.push(Answer::new(label(request, page), &reply));
        let next = if request.walk { next_of(&reply) } else { None };
        let Some(cursor) = next else { return };
        let glue = if request.path.contains('?') { '&' } else { '?' };
        let name = if request.path.starts_with("/taxii2/") { "next" } else { "cursor" };
        path = format!("{}{glue}{name}={cursor}", request.path);
    }
    panic!("{} has no end", request.path);
}

fn next_of(reply: &Reply) -> Option<String> {
    let page: Value = serde_json::from_str(&reply.text).ok()?;
    // A feed has a cursor on its last page too.
    if page["more"] == false { None } else { page["next"].as_str().map(str::to_owned) }
}

/// A request as people read it.
pub fn label(request: &Request, page: usize) -> String {
    let Request { method, path, headers, body, .. } = request;
    format!("{method} {path} {headers:?} {} page {page}", body.as_deref().unwrap_or_default())
}

impl Answer {
    /// Keeps all but the request id.
    pub fn new(request: String, reply: &Reply) -> Self {
        let headers = reply.headers.iter().map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        let mut headers: Vec<_> = headers.filter(|(name, _)| name != "x-request-id").collect();
        headers.sort();
        Self { request, status: reply.status, headers, body: reply.text.clone() }
    }

    /// How many bytes of it are different in another.
    fn differing(&self, other: &Self) -> usize {
        let bytes = |one: &Self| format!("{} {:?} {}", one.status, one.headers, one.body).into_bytes();
        let (ours, theirs) = (bytes(self), bytes(other));
        let common = ours.iter().zip(&theirs).filter(|(a, b)| a == b).count();
        ours.len().max(theirs.len()) - common
    }
}

/// Where two replays differ.
#[derive(Debug, Default)]
pub struct Differences {
    pub bytes: usize,
    /// For people.
    pub told: Vec<String>,
}

pub fn differences(ours: &[Answer], theirs: &[Answer]) -> Differences {
    let mut found = Differences::default();
    for (a, b) in ours.iter().zip(theirs).filter(|(a, b)| a != b) {
        let side = |one: &Answer| format!("    {} {:?}\n    {}", one.status, one.headers, one.body);
        let other = if a.request == b.request { "" } else { &b.request };
        found.bytes += a.differing(b).max(1);
        found.told.push(format!("{} {other}\n{}\n{}", a.request, side(a), side(b)));
    }
    if ours.len() != theirs.len() {
        found.bytes += ours.len().abs_diff(theirs.len());
        found.told.push(format!("{} answers against {}", ours.len(), theirs.len()));
    }
    found
}

fn get(path: &str) -> Request {
    Request { method: Method::GET, path: path.to_owned(), headers: Vec::new(), body: None, walk: false }
}
