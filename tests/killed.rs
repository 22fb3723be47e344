//! A server that is killed between taking reports and sending what follows from them.

use std::fmt::Write;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::forms::{email, report};
use crate::support::house::House;
use crate::support::on_both_engines;
use crate::support::receiver::{Received, Receiver};

/// How often it is killed on each engine, unless `KILLED_ROUNDS` says otherwise.
const ROUNDS: usize = 10;

/// Reports that it takes before each time. Each is of a seller of its own, so each is an event; and if no more than one
/// comes again each time, whenever that is, one of a hundred does.
const TOGETHER: usize = 100;

/// Of so many messages one may be a repetition.
const REPEATED_AT_MOST: usize = 100;

fn rounds() -> usize {
    std::env::var("KILLED_ROUNDS").map_or(ROUNDS, |rounds| rounds.parse().expect("a number of rounds"))
}

fn lines(round: usize) -> String {
    (0..TOGETHER).fold(String::new(), |mut lines, n| {
        let address = email(&format!("a{round}-{n}@bags.shop"));
        writeln!(lines, "{}", report(&format!("A-{round}-{n}"), &["alliance"], &[address])).unwrap();
        lines
    })
}

/// The numbers of all events of the feed.
fn numbers(client: &Client) -> Vec<i64> {
    let request =
        client.request(Method::GET, "/v1/groups/alliance/feed").header("accept", "application/x-ndjson");
    let events = client.send(request).expect(200).text;
    // The last line says where to go on, and has none.
    let number = |line| serde_json::from_str::<Value>(line).unwrap()["number"].as_i64();
    events.lines().filter_map(number).collect()
}

/// Waits until so many messages have come.
#[track_caller]
fn wait_for(receiver: &Receiver, count: usize) {
    let deadline = Instant::now() + Duration::from_secs(300);
    while receiver.count() < count {
        assert!(Instant::now() < deadline, "{} of {count} messages came", receiver.count());
        std::thread::sleep(Duration::from_micros(300));
    }
}

/// The moment of its end, which is another one each time: at once, after some time, amid what it sends, after all of it.
fn strike(round: usize, chance: &mut fastrand::Rng, receiver: &Receiver, (before, all): (usize, usize)) {
    match round % 5 {
        0 => {}
        1 | 2 => std::thread::sleep(Duration::from_millis(chance.u64(0..150))),
        3 => wait_for(receiver, before + chance.usize(1..TOGETHER)),
        _ => wait_for(receiver, all),
    }
}

on_both_engines! {
    fn who_is_killed_between_taking_reports_and_sending_events_loses_none_and_repeats_few(engine) {
        let house = House::new(engine);
        let scopes = ["reports:write", "reports:read", "feed:read", "webhooks:manage"];
        let key = house.member("acme", "brand", &scopes);
        let receiver = Receiver::new();
        let arguments = ["--log", "error", "--workers", "1", "--webhook-ranges", "127.0.0.1", "--webhook-hosts", "127.0.0.1"];
        let mut chance = fastrand::Rng::with_seed(7);
        let mut webhook = None;
        let mut amid = 0;
        for round in 0..rounds() {
            let before = receiver.count();
            let server = house.serve_with(&arguments);
            let client = server.client(&key);
            if webhook.is_none() {
                let form = json!({ "url": receiver.url("127.0.0.1"), "group": "alliance" });
                webhook = Some(client.post("/v1/webhooks", &form).expect(201).json());
            }
            let taken = client.post_raw("/v1/reports/bulk", "application/x-ndjson", lines(round)).expect(200);
            assert_eq!(taken.text.matches("\"created\"").count(), TOGETHER, "{}", taken.text);
            let all = (round + 1) * TOGETHER;
            strike(round, &mut chance, &receiver, (before, all));
            server.kill();
            amid += usize::from((before + 1..all).contains(&receiver.count()));
        }
        assert!(amid >= rounds() / 10, "it was amid sending {amid} times only");

        let server = house.serve_with(&arguments);
        let client = server.client(&key);
        client.wait_until_pooled();
        let events = numbers(&client);
        assert_eq!(events.len(), rounds() * TOGETHER, "what was taken is not in the feed");
        let at = format!("/v1/webhooks/{}", webhook.unwrap()["id"].as_str().unwrap());
        let deadline = Instant::now() + Duration::from_secs(300);
        while client.get(&at).expect(200).json()["position"].as_i64() < events.last().copied() {
            assert!(Instant::now() < deadline, "{}", client.get(&at).text);
            std::thread::sleep(Duration::from_millis(50));
        }

        let got: Vec<i64> = receiver.got().iter().map(Received::number).collect();
        let (mut first, mut repeated) = (Vec::new(), 0);
        for number in &got {
            if first.last() == Some(number) {
                repeated += 1;
            } else {
                first.push(*number);
            }
        }
        // In order, each of them, and nothing again but what was sent last.
        assert_eq!(first, events);
        assert!(repeated * REPEATED_AT_MOST <= got.len(), "{repeated} of {} came again", got.len());
    }
}
