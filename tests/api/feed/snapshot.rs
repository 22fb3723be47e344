//! Snapshots: whole, of one moment, and the feed goes on from them.

use std::collections::BTreeMap;
use std::io::Read;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{Copy, lines, listed};
use crate::support::client::Client;
use crate::support::forms::{email, phone, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

/// A snapshot as it was sent.
pub struct Snapshot {
    pub number: i64,
    pub next: String,
    pub sellers: BTreeMap<String, Value>,
}

impl Copy {
    pub fn go_on_from(&mut self, cursor: &str) {
        self.next = Some(cursor.to_owned());
    }
}

/// Takes a snapshot and asserts that it is whole. Only a few are taken at once, so it may have to ask again.
pub fn snapshot(client: &Client, group: &str, filter: &str) -> Snapshot {
    let ask = || client.get(&format!("/v1/groups/{group}/snapshot?{filter}"));
    let mut reply = ask();
    while reply.status == 503 {
        std::thread::sleep(Duration::from_millis(20));
        reply = ask();
    }
    let mut all = lines(&reply.expect(200));
    let end = all.pop().unwrap()["end"].clone();
    let head = all.remove(0)["snapshot"].clone();
    assert_eq!(head["group"], group);
    assert_eq!(end["number"], head["number"]);
    assert_eq!(end["sellers"], all.len());
    let ids: Vec<&str> = all.iter().map(|line| line["seller"]["id"].as_str().unwrap()).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    let sellers = all.iter().map(|line| line["seller"].clone());
    Snapshot {
        number: head["number"].as_i64().unwrap(),
        next: head["next"].as_str().unwrap().to_owned(),
        sellers: sellers.map(|seller| (seller["id"].as_str().unwrap().to_owned(), seller)).collect(),
    }
}

fn fill(world: &World, count: usize) {
    let form = |n: usize| {
        let identifiers =
            [email(&format!("a{n}@bags.shop")), phone(&format!("+86 138 12{:02} {n:04}", n % 90))];
        report(&format!("A-{n}"), &["alliance"], &identifiers).to_string()
    };
    let forms: Vec<String> = (0..count).map(form).collect();
    let acme = world.key("acme");
    acme.post_raw("/v1/reports/bulk", "application/x-ndjson", forms.join("\n")).expect(200);
    acme.wait_until_pooled();
}

on_both_engines! {
    fn a_snapshot_is_the_list_and_the_feed_goes_on_from_it(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let empty = snapshot(&bolt, "alliance", "");
        assert_eq!((empty.number, empty.sellers.len()), (0, 0));
        fill(&world, 250);
        acme.file(&report("A-x", &["alliance"], &[shop("https://shop1.taobao.com")]));
        for (client, filter) in [(&bolt, ""), (&acme, ""), (&world.key("taobao"), "platform=taobao"), (&bolt, "country=CN")] {
            let taken = snapshot(client, "alliance", filter);
            assert_eq!(taken.number, 251);
            assert_eq!(taken.sellers, listed(client, "alliance", filter), "{filter}");
            let path = format!("/v1/groups/alliance/feed?{filter}&cursor={}", taken.next);
            let page = client.get(&path).expect(200).json();
            assert_eq!((&page["events"], &page["next"]), (&json!([]), &json!(taken.next)));
        }
        let taken = snapshot(&bolt, "alliance", "country=CN");
        let mut copy = Copy { sellers: taken.sellers, ..Copy::default() };
        copy.go_on_from(&taken.next);
        for report in acme.all("/v1/reports?external_id=A-7") {
            acme.retract(report["id"].as_str().unwrap());
        }
        copy.read_on(&bolt, "/v1/groups/alliance/feed?country=CN");
        assert_eq!(copy.sellers, listed(&bolt, "alliance", "country=CN"));
        assert_eq!((copy.sellers.len(), copy.told.len()), (249, 1));
    }

    fn a_snapshot_is_compressed_for_who_asks(engine) {
        let world = World::new(engine);
        fill(&world, 40);
        let bolt = world.key("bolt");
        let plain = bolt.get("/v1/groups/alliance/snapshot").expect(200).text.len();
        for coding in ["gzip", "zstd"] {
            let request = bolt.request(Method::GET, "/v1/groups/alliance/snapshot").header("accept-encoding", coding);
            let mut response = request.send().unwrap();
            assert_eq!(response.headers()["content-encoding"], coding);
            let mut bytes = Vec::new();
            response.read_to_end(&mut bytes).unwrap();
            assert!(bytes.len() * 3 < plain, "{} of {plain} bytes", bytes.len());
        }
    }

    fn a_snapshot_that_nobody_takes_makes_nobody_wait(engine) {
        let world = World::new(engine);
        fill(&world, 600);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        for n in 0..5 {
            let request = bolt.request(Method::GET, "/v1/groups/alliance/snapshot").header("accept-encoding", "identity");
            let mut unread = loop {
                let response = request.try_clone().unwrap().send().unwrap();
                if response.status() == 200 {
                    break response;
                }
                // Two are taken at once, and the last ones may not have noticed that their reader has gone.
                assert_eq!(response.status(), 503);
                std::thread::sleep(Duration::from_millis(20));
            };
            let mut first = [0; 20];
            unread.read_exact(&mut first).unwrap();
            assert!(first.starts_with(br#"{"snapshot":{"group""#));
            acme.file(&report(&format!("B-{n}"), &["alliance"], &[email(&format!("b{n}@bags.shop"))]));
        }
        assert_eq!(snapshot(&bolt, "alliance", "").sellers.len(), 605);
    }

    fn a_filter_that_a_snapshot_has_not_is_refused(engine) {
        let world = World::new(engine);
        let bolt = world.key("bolt");
        for query in ["changed=names", "limit=1", "country=XX"] {
            bolt.get(&format!("/v1/groups/alliance/snapshot?{query}")).problem(400, "bad-parameter");
        }
    }
}
