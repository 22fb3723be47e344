//! Which reports become one seller, over HTTP: merging, coming apart, generic values, contradictions,
//! rebuilding, and the feed that tells of it.

mod explanations;
mod hubs;
mod large;
mod laws;
mod pages;
mod stop_list;
mod waiting;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;
use touchstone::store::{groups, pool};

use crate::support::client::Client;
use crate::support::forms::{company, email, phone, report, shop, uscc};
use crate::support::on_both_engines;
use crate::support::world::World;

fn seller_of(client: &Client, report: &Value) -> String {
    let id = report["id"].as_str().unwrap();
    let stored = client.get(&format!("/v1/reports/{id}")).expect(200).json();
    stored["sellers"][0]["seller_id"].as_str().unwrap().to_owned()
}

fn file(client: &Client, external_id: &str, identifiers: &[Value]) -> Value {
    client.file(&report(external_id, &["alliance"], identifiers))
}

#[track_caller]
fn wait_until(done: impl Fn() -> bool) {
    for _ in 0..1_000 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("it does not come about");
}

on_both_engines! {
    fn a_bridging_report_merges_two_sellers_and_its_retraction_gives_both_back(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let first = file(&acme, "A-1", &[email("jian@bags.shop")]);
        let second = file(&bolt, "B-1", &[phone("+86 138 1234 5678")]);
        let (older, younger) = (seller_of(&acme, &first), seller_of(&bolt, &second));
        assert_ne!(older, younger);

        let bridge = file(&acme, "A-2", &[email("Jian@Bags.shop"), phone("0086 13812345678")]);
        assert_eq!(seller_of(&acme, &bridge), older);
        assert_eq!(seller_of(&bolt, &second), older);
        let moved = bolt.get(&format!("/v1/groups/alliance/sellers/{younger}")).expect(308);
        assert_eq!(moved.header("location"), format!("/v1/groups/alliance/sellers/{older}"));

        acme.retract(bridge["id"].as_str().unwrap());
        assert_eq!((seller_of(&acme, &first), seller_of(&bolt, &second)), (older.clone(), younger.clone()));
        bolt.get(&format!("/v1/groups/alliance/sellers/{younger}")).expect(200);
        let history = bolt.all(&format!("/v1/groups/alliance/sellers/{younger}/history"));
        let kinds: Vec<&str> = history.iter().map(|event| event["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds.len(), 3, "created, merged away, created again: {kinds:?}");
    }

    fn the_platform_is_told_which_reports_a_link_joins_and_a_peer_only_what_can_join(engine) {
        let world = World::new(engine);
        let shop = shop("https://shop11002233.taobao.com");
        file(&world.key("acme"), "A-1", &[shop.clone(), email("jian@bags.shop")]);
        let second = file(&world.key("bolt"), "B-1", &[email("jian@bags.shop")]);
        let id = seller_of(&world.key("bolt"), &second);
        let path = format!("/v1/groups/alliance/sellers/{id}/links");
        let links = world.key("taobao").get(&path).expect(200).json();
        assert_eq!(links["links"][0]["class"], "email");
        assert_eq!(links["links"][0]["carried_by"], 2);
        assert_eq!(links["links"][0]["score_decibits"], 110);
        assert_eq!(links["links"][0]["identifiers"][0]["value"], "jian@bags.shop");
        let peer = world.key("cora").get(&path).expect(200).json();
        assert!(peer["links"].is_null() && !peer["basis"].as_array().unwrap().is_empty(), "{peer}");
    }

    fn a_phone_that_too_many_carry_links_nobody_until_fewer_do(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let carry = |n: usize| {
            let own = email(&format!("seller{n}@bags.shop"));
            file(&acme, &format!("A-{n}"), &[own, phone("+86 138 1234 5678")])
        };
        let mut reports: Vec<Value> = (0..7).map(carry).collect();
        let sellers = |reports: &[Value]| {
            let mut ids: Vec<String> = reports.iter().map(|one| seller_of(&acme, one)).collect();
            ids.sort();
            ids.dedup();
            ids.len()
        };
        assert_eq!(sellers(&reports), 1);
        reports.push(carry(7));
        assert_eq!(sellers(&reports), 8);
        acme.retract(reports.pop().unwrap()["id"].as_str().unwrap());
        assert_eq!(sellers(&reports), 1);
    }

    fn a_name_and_an_address_that_agree_at_once_join_and_either_alone_does_not(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let name = |value: &str| serde_json::json!({ "type": "business_name", "value": value });
        let address = |value: &str| serde_json::json!({ "type": "address", "value": value, "country": "CN" });
        let room = "Room 501, Bldg. 3, No.12 Renmin Road, Shenzhen, China";
        let shop = shop("https://shop11002233.taobao.com");
        let first = file(&acme, "A-1", &[shop, name("深圳市鑫达贸易有限公司"), address("深圳市人民路12号3栋501室")]);
        let named = file(&bolt, "B-1", &[name("Shenzhen Xinda Trading Co., Ltd."), email("x@bags.shop")]);
        assert_ne!(seller_of(&acme, &first), seller_of(&bolt, &named));
        let second = file(&bolt, "B-2", &[name("Shenzhen Xinda Trading Co., Ltd."), address(room)]);
        assert_eq!(seller_of(&acme, &first), seller_of(&bolt, &second));
        assert_ne!(seller_of(&acme, &first), seller_of(&bolt, &named));

        let id = seller_of(&acme, &first);
        let path = format!("/v1/groups/alliance/sellers/{id}/links");
        let link = world.key("taobao").get(&path).expect(200).json()["links"][0].clone();
        assert_eq!(link["class"], "pair");
        let kinds: Vec<&str> =
            link["identifiers"].as_array().unwrap().iter().map(|one| one["type"].as_str().unwrap()).collect();
        assert!(kinds.contains(&"business_name") && kinds.contains(&"address"), "{link}");

        bolt.retract(second["id"].as_str().unwrap());
        assert_eq!(seller_of(&acme, &first), id);
    }

    fn a_pool_that_other_rules_resolved_is_worked_out_afresh_and_its_readers_see_no_change(engine) {
        let world = World::new(engine);
        let app = &world.app.app;
        let acme = world.key("acme");
        file(&acme, "A-1", &[email("jian@bags.shop"), phone("+86 138 1234 5678")]);
        file(&world.key("bolt"), "B-1", &[email("jian@bags.shop")]);
        let before = acme.feed("alliance");
        let groups = app.db.read(groups::all).unwrap();
        let alliance = groups.into_iter().find(|group| group.slug == "alliance").unwrap();
        app.db
            .write(|conn| {
                let mut group = pool::lock(conn, alliance.id)?.unwrap();
                group.rules_version = 1;
                pool::clear_derived(conn, group.id)?;
                pool::save_counters(conn, &group)
            })
            .unwrap();
        let third = file(&acme, "A-2", &[phone("+86 138 1234 5678")]);
        assert_eq!(seller_of(&acme, &third), before[0]["seller_id"].as_str().unwrap());
        let derived = app.db.read(|conn| pool::derived(conn, alliance.id)).unwrap();
        assert_eq!(derived.links.len(), 2);
        let numbers: Vec<i64> =
            acme.feed("alliance").iter().map(|event| event["number"].as_i64().unwrap()).collect();
        assert_eq!(numbers.len(), before.len() + 1, "the one that the new report makes: {numbers:?}");
    }

    fn two_companies_stay_two_whatever_they_share_and_a_name_and_a_vague_address_join_nobody(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let shared = phone("+86 138 1234 5678");
        let first = file(&acme, "A-1", &[uscc("91350100M000100Y43"), shared.clone()]);
        let second = file(&bolt, "B-1", &[uscc("91330100799655058B"), shared]);
        assert_ne!(seller_of(&acme, &first), seller_of(&bolt, &second));

        let name = serde_json::json!({ "type": "business_name", "value": "Best Bags Co., Ltd." });
        let address = serde_json::json!({ "type": "address", "value": "High Street, London", "country": "GB" });
        let third = file(&acme, "A-2", &[company("GB", "OE029607"), name.clone(), address.clone()]);
        let fourth = file(&bolt, "B-2", &[name, address]);
        assert_ne!(seller_of(&acme, &third), seller_of(&bolt, &fourth));
    }

    fn applying_the_feed_from_nothing_gives_the_list_and_its_numbers_are_dense(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        file(&acme, "A-1", &[email("jian@bags.shop")]);
        file(&bolt, "B-1", &[phone("+86 138 1234 5678")]);
        let bridge = file(&acme, "A-2", &[email("jian@bags.shop"), phone("+86 138 1234 5678")]);
        let gone = file(&bolt, "B-2", &[email("other@bags.shop")]);
        bolt.retract(gone["id"].as_str().unwrap());
        acme.retract(bridge["id"].as_str().unwrap());
        file(&bolt, "B-3", &[email("third@bags.shop")]);
        for (reader, group) in [("cora", "alliance"), ("taobao", "alliance"), ("taobao", "platform:taobao")] {
            let reader = world.key(reader);
            let events = reader.feed(group);
            let numbers: Vec<i64> = events.iter().map(|event| event["number"].as_i64().unwrap()).collect();
            assert_eq!(numbers, (1..=events.len() as i64).collect::<Vec<_>>());
            let mut applied: BTreeMap<String, Value> = BTreeMap::new();
            for event in events {
                let id = event["seller_id"].as_str().unwrap().to_owned();
                match event.get("seller") {
                    Some(seller) => drop(applied.insert(id, seller.clone())),
                    None => drop(applied.remove(&id)),
                }
            }
            let listed = reader.all(&format!("/v1/groups/{group}/sellers?limit=2"));
            let listed: BTreeMap<String, Value> =
                listed.into_iter().map(|one| (one["id"].as_str().unwrap().to_owned(), one)).collect();
            assert_eq!(applied, listed);
            assert_eq!(listed.len(), 3);
        }
    }

    fn a_pool_that_is_damaged_keeps_no_other_waiting_and_a_rebuild_mends_it(engine) {
        let world = World::new(engine);
        let app = &world.app.app;
        let acme = world.key("acme");
        let first = file(&acme, "A-1", &[email("jian@bags.shop")]);
        wait_until(|| app.db.read(pool::queue_length).unwrap() == 0);
        let before = seller_of(&acme, &first);
        // The one whose turn comes first.
        let damaged = app.db.read(groups::all).unwrap().into_iter().map(|group| group.id).min().unwrap();
        app.db
            .write(|conn| {
                let mut entries = pool::entries_after(conn, damaged, 0, 100)?;
                entries.iter_mut().for_each(|entry| entry.facts = "damaged".to_owned().into());
                pool::put_entries(conn, &entries)
            })
            .unwrap();
        let revised = report("A-1", &["alliance"], &[email("jian@bags.shop"), shop("https://shop880010.taobao.com")]);
        acme.put(&format!("/v1/reports/{}", first["id"].as_str().unwrap()), "\"r1\"", &revised).expect(200);
        wait_until(|| app.db.read(pool::queue_length).unwrap() == 1);
        assert_eq!(app.db.read(pool::waiting_groups).unwrap(), [damaged]);

        let resolver = world.app.resolver();
        assert!(resolver.drain(|_| {}).is_err(), "the damage is told");
        assert_eq!(resolver.rebuild(damaged).unwrap().changed, 0);
        wait_until(|| app.db.read(pool::queue_length).unwrap() == 0);
        let seller = acme.get(&format!("/v1/groups/alliance/sellers/{before}")).expect(200).json();
        assert_eq!(seller["identifiers"].as_array().unwrap().len(), 2, "{seller}");
    }

    fn workers_that_meet_at_a_group_do_not_undo_each_others_work(engine) {
        let world = World::new(engine);
        let app = &world.app.app;
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            // Beside the worker of the server. What two of them worked out from the same pool, one of them threw away.
            for _ in 0..2 {
                let (resolver, done) = (world.app.resolver(), &done);
                scope.spawn(move || {
                    while !done.load(Ordering::Relaxed) {
                        resolver.drain(|_| {}).unwrap();
                    }
                });
            }
            for n in 0..60 {
                let by = if n % 2 == 0 { &acme } else { &bolt };
                let of = [email(&format!("seller{}@bags.shop", n % 7)), phone(&format!("+86 138 1234 56{:02}", n % 11))];
                let filed = by.post("/v1/reports", &report(&format!("R-{n}"), &["alliance"], &of)).expect(201).json();
                if n % 5 == 0 {
                    by.retract(filed["id"].as_str().unwrap());
                }
            }
            wait_until(|| app.db.read(pool::queue_length).unwrap() == 0);
            done.store(true, Ordering::Relaxed);
        });
        let resolver = world.app.resolver();
        for group in app.db.read(groups::all).unwrap() {
            let before = app.db.read(|conn| pool::derived(conn, group.id)).unwrap();
            let rebuilt = resolver.rebuild(group.id).unwrap();
            assert_eq!((rebuilt.reports, rebuilt.changed), (48, 0), "{}", group.slug);
            assert_eq!(before, app.db.read(|conn| pool::derived(conn, group.id)).unwrap(), "{}", group.slug);
        }
        let numbers: Vec<i64> =
            acme.feed("alliance").iter().map(|event| event["number"].as_i64().unwrap()).collect();
        assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>());
    }

    fn a_rebuild_finds_what_the_increments_made(engine) {
        let world = World::new(engine);
        let app = &world.app.app;
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        for n in 0..12 {
            let shop = shop(&format!("https://shop8800{}.taobao.com", 10 + n % 4));
            let mail = email(&format!("seller{}@bags.shop", n % 5));
            let by = if n % 2 == 0 { &acme } else { &bolt };
            file(by, &format!("R-{n}"), &[shop, mail]);
        }
        let resolver = world.app.resolver();
        let feed = acme.feed("alliance");
        for group in app.db.read(groups::all).unwrap() {
            let before = app.db.read(|conn| pool::derived(conn, group.id)).unwrap();
            let rebuilt = resolver.rebuild(group.id).unwrap();
            assert_eq!(rebuilt.changed, 0, "{}", group.slug);
            assert_eq!(before, app.db.read(|conn| pool::derived(conn, group.id)).unwrap(), "{}", group.slug);
        }
        assert_eq!(feed, acme.feed("alliance"));
    }
}
