//! A small HTTP client that keeps everything of an answer.

use std::time::Duration;

use reqwest::blocking::{Body, RequestBuilder};
use reqwest::header::HeaderMap;
use reqwest::{Method, redirect};
use serde_json::Value;

/// Sends requests with one credential, or none.
#[derive(Clone)]
pub struct Client {
    base_url: String,
    bearer: Option<String>,
    http: reqwest::blocking::Client,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Client {
    pub fn new(base_url: &str, bearer: Option<String>) -> Self {
        let http = reqwest::blocking::Client::builder()
            .redirect(redirect::Policy::none())
            .timeout(Duration::from_secs(120))
            .build()
            .expect("a client");
        Self { base_url: base_url.to_owned(), bearer, http }
    }

    pub fn bearer(&self) -> &str {
        self.bearer.as_deref().unwrap_or_default()
    }

    /// A request to add headers or a body to; `send` takes it.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base_url));
        match &self.bearer {
            Some(bearer) => request.bearer_auth(bearer),
            None => request,
        }
    }

    pub fn send(&self, request: RequestBuilder) -> Reply {
        let response = request.send().expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Reply { status, headers, text: response.text().expect("a body") }
    }

    pub fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path))
    }

    pub fn delete(&self, path: &str) -> Reply {
        self.send(self.request(Method::DELETE, path))
    }

    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request(Method::POST, path).json(body))
    }

    /// Posts any bytes under a content type.
    pub fn post_raw(&self, path: &str, content_type: &str, body: impl Into<Body>) -> Reply {
        self.send(self.request(Method::POST, path).header("content-type", content_type).body(body))
    }

    pub fn put(&self, path: &str, if_match: &str, body: &Value) -> Reply {
        self.send(self.request(Method::PUT, path).header("if-match", if_match).json(body))
    }

    /// Files a report, waits until it is worked in everywhere, and returns it.
    pub fn file(&self, report: &Value) -> Value {
        let request = self.request(Method::POST, "/v1/reports").json(report);
        self.send_and_wait(request).expect(201).json()
    }

    /// Retracts a report and waits until that is worked in everywhere.
    pub fn retract(&self, id: &str) {
        self.send_and_wait(self.request(Method::DELETE, &format!("/v1/reports/{id}"))).expect(204);
    }

    /// Sends a change of a report and waits until it is worked into all pools: `Prefer: wait` does it for
    /// those that the caller reads, the figures tell of the others.
    pub fn send_and_wait(&self, request: RequestBuilder) -> Reply {
        let reply = self.send(request.header("prefer", "wait=30"));
        self.wait_until_pooled();
        reply
    }

    /// Waits until no report waits for any pool.
    pub fn wait_until_pooled(&self) {
        for _ in 0..6_000 {
            let figures = self.http.get(format!("{}/metrics", self.base_url)).send().expect("an answer");
            if figures.text().expect("a body").contains("touchstone_resolver_waiting 0\n") {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("reports still wait to be worked in");
    }

    /// Every item of a cursor-paged list.
    pub fn all(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let glue = if path.contains('?') { '&' } else { '?' };
            let page = match &cursor {
                Some(cursor) => self.get(&format!("{path}{glue}cursor={cursor}")),
                None => self.get(path),
            };
            let page = page.expect(200).json();
            items.extend(page["items"].as_array().expect("items").iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => return items,
            }
        }
    }

    /// Every event of a group's feed.
    pub fn feed(&self, group: &str) -> Vec<Value> {
        let mut events = Vec::new();
        let mut path = format!("/v1/groups/{group}/feed?limit=7");
        loop {
            let page = self.get(&path).expect(200).json();
            events.extend(page["events"].as_array().expect("events").iter().cloned());
            let next = page["next"].as_str().expect("a cursor");
            path = format!("/v1/groups/{group}/feed?limit=7&cursor={next}");
            if page["more"] == false {
                return events;
            }
        }
    }
}

impl Reply {
    /// Asserts the status and returns the reply.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {:?}", self.text))
    }

    pub fn header(&self, name: &str) -> String {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    }

    /// Asserts that this is a problem document of the given kind and returns its faults as
    /// (pointer, code).
    #[track_caller]
    pub fn problem(&self, status: u16, kind: &str) -> Vec<(String, String)> {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let body = self.json();
        assert_eq!(body["type"], format!("urn:touchstone:problem:{kind}"), "{}", self.text);
        assert_eq!(body["status"], status);
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let faults = body["errors"].as_array().cloned().unwrap_or_default();
        faults.iter().map(|fault| (text(&fault["pointer"]), text(&fault["code"]))).collect()
    }
}
