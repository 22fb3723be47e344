//! The laws of resolution over HTTP: the order of filing does not matter, what was taken back leaves no
//! trace, a rebuild finds nothing to mend, and the feed tells all of it.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use reqwest::Method;
use serde_json::{Value, json};
use touchstone::store::{groups, pool};

use super::{file, seller_of};
use crate::support::client::Client;
use crate::support::forms::{email, phone, report, shop, uscc};
use crate::support::on_both_engines;
use crate::support::world::World;

const BRANDS: [&str; 3] = ["acme", "bolt", "cora"];

/// Which live reports stand together in the alliance, by external id.
fn together(world: &World) -> BTreeSet<BTreeSet<String>> {
    let mut sellers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for member in BRANDS {
        let client = world.key(member);
        for report in client.all("/v1/reports?state=live") {
            let external_id = report["external_id"].as_str().unwrap().to_owned();
            sellers.entry(seller_of(&client, &report)).or_default().insert(external_id);
        }
    }
    sellers.into_values().collect()
}

/// A chain over every kind of key, with two companies that only the chain would join.
fn chain() -> Vec<(&'static str, &'static str, Vec<Value>)> {
    let (shop, other) = (shop("https://shop880261.taobao.com"), shop("https://shop880262.taobao.com"));
    let (phone, mail) = (phone("+86 138 1234 5678"), email("jian.li@163.com"));
    let account = json!({ "type": "bank_account", "value": "DE89370400440532013000" });
    let domain = json!({ "type": "domain", "value": "cheap-bags.shop" });
    let name = json!({ "type": "person_name", "value": "张伟" });
    vec![
        ("acme", "a", vec![shop.clone(), name.clone()]),
        ("bolt", "b", vec![shop, phone.clone()]),
        ("cora", "c", vec![phone, mail.clone()]),
        ("acme", "d", vec![mail.clone(), uscc("91350100M000100Y43")]),
        ("bolt", "e", vec![mail, uscc("91330100799655058B")]),
        ("cora", "f", vec![domain.clone()]),
        ("acme", "g", vec![domain, account.clone()]),
        ("bolt", "h", vec![account, uscc("91330100799655058B")]),
        ("cora", "i", vec![other, name]),
    ]
}

/// Some of few values, so that sellers meet often.
fn some(rng: &mut Rng) -> Vec<Value> {
    let mut values: Vec<Value> = (1..=4).map(|n| shop(&format!("https://shop88027{n}.taobao.com"))).collect();
    values.extend((1..=3).map(|n| phone(&format!("+86 138 1234 56{n}{n}"))));
    values.extend((1..=3).map(|n| email(&format!("jian.li{n}@163.com"))));
    values.extend([uscc("91350100M000100Y43"), uscc("91330100799655058B")]);
    let count = 1 + rng.usize(..2);
    (0..count).map(|_| values[rng.usize(..values.len())].clone()).collect()
}

fn revise(client: &Client, filed: &Value, identifiers: &[Value]) -> Value {
    let form = report(filed["external_id"].as_str().unwrap(), &["alliance"], identifiers);
    let request = client
        .request(Method::PUT, &format!("/v1/reports/{}", filed["id"].as_str().unwrap()))
        .header("if-match", format!("\"r{}\"", filed["revision"]))
        .json(&form);
    client.send_and_wait(request).expect(200).json()
}

/// The sellers that a reader has who applied the feed from nothing, and those that it lists.
pub fn applied_and_listed(reader: &Client, group: &str) -> [BTreeMap<String, Value>; 2] {
    let id = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    let mut applied = BTreeMap::new();
    for (event, number) in reader.feed(group).iter().zip(1..) {
        assert_eq!(event["number"].as_i64(), Some(number));
        match event.get("seller") {
            Some(seller) => applied.insert(id(event, "seller_id"), seller.clone()),
            None => applied.remove(&id(event, "seller_id")),
        };
    }
    let listed = reader.all(&format!("/v1/groups/{group}/sellers?limit=3"));
    [applied, listed.into_iter().map(|one| (id(&one, "id"), one)).collect()]
}

pub fn assert_that_a_rebuild_mends_nothing(world: &World) {
    let app = &world.app.app;
    let resolver = world.app.resolver();
    for group in app.db.read(groups::all).unwrap() {
        let before = app.db.read(|conn| pool::derived(conn, group.id)).unwrap();
        assert_eq!(resolver.rebuild(group.id).unwrap().changed, 0, "{}", group.slug);
        assert_eq!(before, app.db.read(|conn| pool::derived(conn, group.id)).unwrap(), "{}", group.slug);
    }
}

/// A report that stands, with who filed it and what it says.
type Live = (&'static str, Value, Vec<Value>);

/// Files, revises and retracts reports on few sellers; returns what stands in the end.
pub fn live_at_random(world: &World, seed: u64, steps: usize) -> Vec<Live> {
    let mut rng = Rng::with_seed(seed);
    let mut live: Vec<Live> = Vec::new();
    for n in 0..steps {
        world.app.clock.advance(10);
        let identifiers = some(&mut rng);
        match rng.u32(0..10) {
            6..=7 if !live.is_empty() => {
                let at = rng.usize(..live.len());
                let (member, filed, known) = &mut live[at];
                *filed = revise(&world.key(member), filed, &identifiers);
                *known = identifiers;
            }
            8..=9 if !live.is_empty() => {
                let (member, filed, _) = live.swap_remove(rng.usize(..live.len()));
                world.key(member).retract(filed["id"].as_str().unwrap());
            }
            _ => {
                let member = BRANDS[rng.usize(..BRANDS.len())];
                let filed = file(&world.key(member), &format!("{member}-{n}"), &identifiers);
                live.push((member, filed, identifiers));
            }
        }
    }
    live
}

on_both_engines! {
    fn the_same_reports_in_any_order_give_the_same_sellers(engine) {
        let mut orders: Vec<Vec<_>> = vec![chain(), chain().into_iter().rev().collect(), chain()];
        Rng::with_seed(3).shuffle(&mut orders[2]);
        let found: Vec<_> = orders
            .iter()
            .map(|order| {
                let world = World::new(engine);
                for (member, external_id, identifiers) in order {
                    file(&world.key(member), external_id, identifiers);
                }
                together(&world)
            })
            .collect();
        assert_eq!(found[0], found[1]);
        assert_eq!(found[0], found[2]);
        let stand_together = |ids: &[&str]| {
            found[0].iter().any(|seller| ids.iter().all(|id| seller.contains(*id)))
        };
        assert!(stand_together(&["a", "b", "c"]) && stand_together(&["f", "g", "h"]));
        assert!(!stand_together(&["d", "e"]), "two companies: {:?}", found[0]);
        assert!(!stand_together(&["a", "i"]), "a name joins nobody: {:?}", found[0]);
    }

    fn what_was_taken_back_leaves_no_trace_and_a_rebuild_finds_nothing_to_mend(engine) {
        let world = World::new(engine);
        let live = live_at_random(&world, 5, 45);
        for (reader, group) in [("acme", "alliance"), ("taobao", "alliance"), ("ebay", "platform:ebay")] {
            let [applied, listed] = applied_and_listed(&world.key(reader), group);
            assert_eq!(applied, listed, "{reader} in {group}");
            assert!(!listed.is_empty());
        }
        let feed = world.key("acme").feed("alliance");
        assert_that_a_rebuild_mends_nothing(&world);
        assert_eq!(world.key("acme").feed("alliance"), feed);

        let fresh = World::new(engine);
        for (member, filed, identifiers) in &live {
            file(&fresh.key(member), filed["external_id"].as_str().unwrap(), identifiers);
        }
        assert_eq!(together(&world), together(&fresh));
    }

    fn a_merge_and_a_split_are_told_to_both_sides(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let older = seller_of(&acme, &file(&acme, "A-1", &[email("jian.li@163.com")]));
        let younger = seller_of(&bolt, &file(&bolt, "B-1", &[phone("+86 138 1234 5678")]));
        let bridge = file(&acme, "A-2", &[email("jian.li@163.com"), phone("+86 138 1234 5678")]);
        acme.retract(bridge["id"].as_str().unwrap());
        let told = |id: &str| -> Vec<(String, Vec<String>)> {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let events = world.key("cora").all(&format!("/v1/groups/alliance/sellers/{id}/history?limit=1"));
            let others = |event: &Value| event["others"].as_array().cloned().unwrap_or_default();
            let events = events.iter();
            events.map(|event| (text(&event["kind"]), others(event).iter().map(text).collect())).collect()
        };
        let event = |kind: &str, others: &[&String]| {
            (kind.to_owned(), others.iter().map(|id| (*id).clone()).collect::<Vec<_>>())
        };
        let grew = vec![event("created", &[]), event("updated", &[&younger]), event("split", &[&younger])];
        let came_back = vec![event("created", &[]), event("merged", &[&older]), event("created", &[&older])];
        assert_eq!((told(&older), told(&younger)), (grew, came_back));

        let moved = |id: &str| -> Vec<(Value, Value)> {
            let events = world.key("cora").all(&format!("/v1/groups/alliance/sellers/{id}/history"));
            let moves = events.iter().filter(|event| event.get("before").is_some());
            moves.map(|event| (event["before"].clone(), event["after"].clone())).collect()
        };
        let (one, other) = (json!([older]), json!([younger]));
        let mut both = [&older, &younger];
        both.sort();
        let both = json!(both);
        assert_eq!(moved(&older), [(both.clone(), one.clone()), (one.clone(), both)]);
        assert_eq!(moved(&younger), [(other.clone(), one.clone()), (one, other)]);
    }
}
