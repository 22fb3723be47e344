//! Webhooks.

mod allowed;
mod failing;
mod keeping;
mod logging;
mod sending;
mod verifying;

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use data_encoding::BASE64;
use futures_util::future::{BoxFuture, ready};
use serde_json::{Value, json};
use touchstone::delivery::Rules;
use touchstone::delivery::guard::Names;
use touchstone::domain::time::Timestamp;
use touchstone::domain::webhook::target::Policy;

use crate::support::Engine;
use crate::support::app::Options;
use crate::support::client::Client;
use crate::support::forms::{email, report};
use crate::support::receiver::{Received, Receiver};
use crate::support::replayed::FIRST_DAY;
use crate::support::world::World;

/// Says which addresses a name has, differently each time it is asked; the last answer stays.
#[derive(Default)]
struct Told(Mutex<VecDeque<Vec<IpAddr>>>);

impl Told {
    fn next(&self, addresses: &[&str]) {
        let addresses = addresses.iter().map(|text| text.parse().unwrap()).collect();
        self.0.lock().unwrap().push_back(addresses);
    }
}

impl Names for Told {
    fn addresses(&self, _: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let mut told = self.0.lock().unwrap();
        let now = if told.len() > 1 { told.pop_front() } else { told.front().cloned() };
        Box::pin(ready(now.ok_or_else(|| io::Error::other("no such name"))))
    }
}

/// A world whose operator allows 127.0.0.1, and `hook.bolt.com` without TLS.
fn world(engine: Engine) -> (World, Arc<Told>) {
    world_at(engine, FIRST_DAY)
}

/// The same, of which the clock shows this at first.
fn world_at(engine: Engine, begins: Timestamp) -> (World, Arc<Told>) {
    let told = Arc::new(Told::default());
    let policy = Policy {
        hosts: ["127.0.0.1", "hook.bolt.com"].map(str::to_owned).into(),
        ranges: vec!["127.0.0.1".parse().unwrap()],
    };
    let webhooks = Rules { policy: Arc::new(policy), names: told.clone(), ..Rules::default() };
    (World::with(engine, Options { begins, webhooks, ..Options::default() }), told)
}

fn file(world: &World, n: usize) {
    world.key("acme").file(&report(&format!("A-{n}"), &["alliance"], &[email(&format!("a{n}@bags.shop"))]));
}

fn create(client: &Client, receiver: &Receiver) -> Value {
    let form = json!({ "url": receiver.url("127.0.0.1"), "group": "alliance" });
    client.post("/v1/webhooks", &form).expect(201).json()
}

fn path(webhook: &Value) -> String {
    format!("/v1/webhooks/{}", webhook["id"].as_str().unwrap())
}

fn deliveries(client: &Client, webhook: &Value) -> BTreeMap<i64, Value> {
    let all = client.all(&format!("{}/deliveries?limit=2", path(webhook)));
    all.into_iter().map(|one| (one["number"].as_i64().unwrap(), one)).collect()
}

/// Lets the time come at which the webhook is tried again.
fn pass(world: &World, webhook: &Value) {
    let next = webhook["next_attempt_at"].as_str().unwrap();
    let next = touchstone::domain::time::Timestamp::parse(next).unwrap();
    let seconds = (next.micros() - world.app.app.now().micros()) / 1_000_000;
    world.app.clock.advance(seconds + 1);
    world.app.app.webhooks.ring();
}

/// Waits until the webhook is as it is wanted.
#[track_caller]
fn until(client: &Client, webhook: &Value, mut wanted: impl FnMut(&Value) -> bool) -> Value {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let now = client.get(&path(webhook)).expect(200).json();
        if wanted(&now) {
            return now;
        }
        assert!(Instant::now() < deadline, "{now}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Whether one of the signatures of a message was made with this secret.
fn is_signed(message: &Received, secret: &str) -> bool {
    let key = BASE64.decode(secret.strip_prefix("whsec_").unwrap().as_bytes()).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let mut signed = format!("{}.{}.", message.id(), message.headers["webhook-timestamp"]).into_bytes();
    signed.extend_from_slice(&message.body);
    message.headers["webhook-signature"].split(' ').any(|signature| {
        let tag = BASE64.decode(signature.strip_prefix("v1,").unwrap().as_bytes()).unwrap();
        hmac::verify(&key, &signed, &tag).is_ok()
    })
}
