//! A batch that changes more sellers than are published at once: what it is parted into shows nowhere.

use std::collections::BTreeSet;

use serde_json::Value;
use touchstone::domain::time::Timestamp;
use touchstone::store::{exchange, groups};

use super::laws::{applied_and_listed, assert_that_a_rebuild_mends_nothing};
use crate::support::app::Options;
use crate::support::forms::{email, phone, report};
use crate::support::on_both_engines;
use crate::support::world::World;

/// Reports that each join two sellers. As many are worked in at once.
const JOINED: usize = 500;

fn upload(world: &World, reports: impl Iterator<Item = (String, Vec<Value>)>) {
    let lines: Vec<String> =
        reports.map(|(id, identifiers)| report(&id, &["alliance"], &identifiers).to_string()).collect();
    let reply =
        world.key("acme").post_raw("/v1/reports/bulk", "application/x-ndjson", lines.join("\n")).expect(200);
    assert!(reply.text.lines().all(|line| line.contains("\"created\"")), "{}", reply.text);
    world.app.resolver().drain(|_| {}).unwrap();
}

/// Each run of equal ones, once.
fn runs<T: PartialEq>(mut all: Vec<T>) -> Vec<T> {
    all.dedup();
    all
}

on_both_engines! {
    fn a_batch_that_joins_a_thousand_sellers_is_told_in_one_order(engine) {
        let world = World::with(engine, Options { resolve: false, ..Options::default() });
        let mail = |n: usize| email(&format!("jian.li{n}@163.com"));
        let number = |n: usize| phone(&format!("+86 138 1234 {n:04}"));
        upload(&world, (0..JOINED).map(|n| (format!("M-{n}"), vec![mail(n)])));
        upload(&world, (0..JOINED).map(|n| (format!("P-{n}"), vec![number(n * 7)])));
        let reader = world.key("bolt");
        let told = reader.feed("alliance").len();
        assert_eq!(told, 2 * JOINED);
        let places = |after: Timestamp| {
            let found = world.app.app.db.read(|conn| {
                let alliance = groups::all(conn)?.into_iter().find(|group| group.slug == "alliance");
                exchange::after(conn, alliance.unwrap().id, "peer", after, 10_000)
            });
            found.unwrap()
        };
        let stood = places(Timestamp::default()).last().unwrap().last;

        upload(&world, (0..JOINED).map(|n| (format!("B-{n}"), vec![mail(n), number(n * 7)])));
        let events = reader.feed("alliance").split_off(told);
        let kinds: Vec<&str> = events.iter().map(|event| event["kind"].as_str().unwrap()).collect();
        assert_eq!((kinds.len(), runs(kinds).len()), (2 * JOINED, 2), "each kind is told in one run");
        let moved = places(stood);
        let sellers: BTreeSet<_> = moved.iter().map(|place| place.profile_id).collect();
        assert_eq!(sellers.len(), 2 * JOINED);
        assert_eq!(runs(moved.iter().map(|place| place.ended).collect()), [false, true]);
        let [applied, listed] = applied_and_listed(&reader, "alliance");
        assert_eq!(applied.len(), JOINED);
        assert_eq!(applied.keys().collect::<Vec<_>>(), listed.keys().collect::<Vec<_>>());

        let readers = ["acme", "bolt", "taobao"];
        let feeds = || readers.map(|reader| world.key(reader).feed("alliance"));
        let before = feeds();
        assert_that_a_rebuild_mends_nothing(&world);
        assert_eq!(feeds(), before);
    }
}
