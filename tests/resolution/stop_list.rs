//! What the stop-list does to the pools of a running server.

use std::time::Duration;

use serde_json::{Value, json};
use touchstone::domain::id::StopId;
use touchstone::ops::keep_stop_list::{add_shipped, lift};
use touchstone::store::{groups, pool, stop_list};

use super::laws::assert_that_a_rebuild_mends_nothing;
use super::{file, seller_of};
use crate::support::app::Options;
use crate::support::client::Client;
use crate::support::forms::{email, phone, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

on_both_engines! {
    fn what_comes_with_the_program_links_nobody_alone_or_in_a_pair_and_is_shown_as_before(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let proxy = email("a1b2c3@privaterelay.appleid.com");
        let name = json!({ "type": "business_name", "value": "Domains By Proxy, LLC" });
        let first = file(&acme, "A-1", &[shop("https://shop11002233.taobao.com"), proxy.clone(), name.clone()]);
        let second = file(&bolt, "B-1", &[phone("+86 138 1234 5678"), proxy, name]);
        let (one, other) = (seller_of(&acme, &first), seller_of(&bolt, &second));
        assert_ne!(one, other);
        for id in [&one, &other] {
            let shown = acme.get(&format!("/v1/groups/alliance/sellers/{id}")).expect(200).text;
            assert!(shown.contains("Domains By Proxy"), "{shown}");
        }
        // Who holds the value finds everybody who gave it, as before.
        let asked = json!({ "identifiers": [email("a1b2c3@privaterelay.appleid.com")] });
        let found = acme.post("/v1/groups/alliance/match", &asked).expect(200).json();
        assert_eq!(found["items"].as_array().unwrap().len(), 2);
    }

    fn a_value_that_the_operator_stops_no_longer_links_and_links_again_when_it_is_lifted(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let forwarder = phone("+86 139 1122 3344");
        let first = file(&acme, "A-1", &[shop("https://shop11002233.taobao.com"), forwarder.clone()]);
        let second = file(&bolt, "B-1", &[email("wei@shoes.shop"), forwarder.clone()]);
        let other = file(&bolt, "B-2", &[email("else@shoes.shop")]);
        let whole = seller_of(&acme, &first);
        assert_eq!(seller_of(&bolt, &second), whole);
        let seen = |client: &Client, id: &str| client.get(&format!("/v1/groups/alliance/sellers/{id}")).expect(200).json();
        let untouched = seen(&bolt, &seller_of(&bolt, &other));
        let before = world.key("cora").feed("alliance");

        world.app.clock.advance(60);
        let entry = world.stop(&forwarder);
        let (kept, parted) = (seller_of(&acme, &first), seller_of(&bolt, &second));
        assert_eq!(kept, whole, "the older report keeps the id");
        assert_ne!(parted, whole);
        for id in [&kept, &parted] {
            assert!(seen(&world.key("cora"), id)["identifiers"].to_string().contains("139****3344"), "{id}");
        }
        let told: Vec<Value> = world.key("cora").feed("alliance").split_off(before.len());
        let kinds: Vec<(&str, &str)> =
            told.iter().map(|event| (event["kind"].as_str().unwrap(), event["seller_id"].as_str().unwrap())).collect();
        assert_eq!(kinds, [("created", parted.as_str()), ("split", whole.as_str())]);
        assert_eq!(seen(&bolt, &seller_of(&bolt, &other)), untouched, "nobody else is told anything");

        // What comes while it is stopped is not joined by it either, nor by one mistake in it.
        let third = file(&acme, "A-2", &[email("third@shoes.shop"), phone("+86 139 1122 3345")]);
        let fourth = file(&bolt, "B-3", &[email("fourth@shoes.shop"), phone("+86 139 1122 3345")]);
        assert_ne!(seller_of(&acme, &third), seller_of(&bolt, &fourth));

        world.lift(&entry);
        assert_eq!((seller_of(&acme, &first), seller_of(&bolt, &second)), (whole.clone(), whole.clone()));
        assert_eq!(seller_of(&acme, &third), seller_of(&bolt, &fourth));
        let moved = bolt.get(&format!("/v1/groups/alliance/sellers/{parted}")).expect(308);
        assert_eq!(moved.header("location"), format!("/v1/groups/alliance/sellers/{whole}"));
        assert_that_a_rebuild_mends_nothing(&world);
    }

    fn a_change_of_the_list_that_concerns_no_report_changes_no_pool_and_tells_nobody(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        file(&acme, "A-1", &[email("jian@bags.shop"), phone("+86 138 1234 5678")]);
        file(&world.key("bolt"), "B-1", &[email("jian@bags.shop")]);
        let app = &world.app.app;
        let state = || {
            let groups = app.db.read(groups::all).unwrap();
            let derived: Vec<_> =
                groups.iter().map(|group| app.db.read(|conn| pool::derived(conn, group.id)).unwrap()).collect();
            let labels: Vec<i64> = groups.iter().map(|group| group.next_label).collect();
            (format!("{derived:?}"), labels, acme.feed("alliance"), world.key("taobao").feed("platform:taobao"))
        };
        let before = state();
        let entry = world.stop(&email("nobody@gave.shop"));
        assert_eq!(state(), before);
        world.lift(&entry);
        assert_eq!(state(), before);
        for group in app.db.read(groups::all).unwrap() {
            assert_eq!(group.stop_list_version, app.db.read(stop_list::version).unwrap(), "{}", group.slug);
        }
    }

    fn whatever_is_stopped_and_lifted_while_reports_come_the_pools_are_what_the_last_list_says(engine) {
        let world = World::new(engine);
        let values = || (0..4).map(|n| email(&format!("seller{n}@bags.shop"))).chain([phone("+86 138 1234 5678")]);
        let values: Vec<Value> = values().collect();
        std::thread::scope(|scope| {
            let operator = scope.spawn(|| {
                let operator = world.key("operator");
                for round in 0..12 {
                    let mut form = values[round % values.len()].clone();
                    form["reason"] = json!("other");
                    form["note"] = json!("Tried.");
                    let entry = operator.post("/v1/admin/stop-list", &form).json();
                    let id = entry["id"].as_str().unwrap();
                    if round % 3 != 2 {
                        operator.post(&format!("/v1/admin/stop-list/{id}/lift"), &Value::Null).expect(200);
                    }
                }
            });
            for (member, start) in [("acme", 0), ("bolt", 1)] {
                let (world, values) = (&world, &values);
                scope.spawn(move || {
                    for n in 0..15 {
                        let given = [values[(start + n) % 5].clone(), values[(start + 2 * n) % 5].clone()];
                        let form = report(&format!("{member}-{n}"), &["alliance"], &given);
                        world.key(member).post("/v1/reports", &form).expect(201);
                    }
                });
            }
            operator.join().unwrap();
        });
        world.wait_until_worked_out();
        let stopped: Vec<Value> = world.key("operator").all("/v1/admin/stop-list?origin=operator&state=in_force");
        assert!(!stopped.is_empty());
        assert_that_a_rebuild_mends_nothing(&world);
    }

    fn a_list_that_changes_while_a_batch_is_worked_out_is_the_one_by_which_it_is_resolved(engine) {
        let world = World::with(engine, Options { resolve: false, ..Options::default() });
        let (app, resolver) = (&world.app.app, world.app.resolver());
        let forwarder = phone("+86 139 1122 3344");
        let mut form = forwarder.clone();
        form["reason"] = json!("other");
        form["note"] = json!("Many sellers have it.");
        let entry = world.key("operator").post("/v1/admin/stop-list", &form).expect(201).json();
        let entry: StopId = serde_json::from_value(entry["id"].clone()).unwrap();
        let file = |member: &str, own: &str| {
            let form = report("R-1", &["alliance"], &[email(own), forwarder.clone()]);
            world.key(member).post("/v1/reports", &form).expect(201);
        };
        file("acme", "jian@bags.shop");
        file("bolt", "wei@shoes.shop");
        resolver.drain(|_| {}).unwrap();
        file("cora", "li@hats.shop");
        std::thread::scope(|scope| {
            let changed = app.db.write(|conn| {
                // It works out what waits, and then waits for the writer.
                scope.spawn(|| resolver.drain(|_| {}));
                std::thread::sleep(Duration::from_millis(500));
                lift(conn, app.now(), "operator", entry)
            });
            changed.unwrap();
        });
        resolver.drain(|_| {}).unwrap();
        assert_that_a_rebuild_mends_nothing(&world);
        assert_eq!(world.key("cora").all("/v1/groups/alliance/sellers").len(), 1);
    }

    fn what_the_operator_lifted_of_the_shipped_list_stays_lifted_at_the_next_start(engine) {
        let world = World::new(engine);
        let operator = world.key("operator");
        let shipped = operator.all("/v1/admin/stop-list");
        let relay = shipped.iter().find(|one| one["value"] == "@privaterelay.appleid.com").unwrap();
        let lifted = world.lift(relay);
        let app = &world.app.app;
        let version = app.db.read(stop_list::version).unwrap();
        app.db.write(|conn| add_shipped(conn, app.ids.as_ref(), app.now())).unwrap();
        assert_eq!(app.db.read(stop_list::version).unwrap(), version);
        assert_eq!(operator.all("/v1/admin/stop-list?state=lifted"), [lifted]);
        assert_eq!(operator.all("/v1/admin/stop-list").len(), shipped.len());

        let mail = email("a1b2c3@privaterelay.appleid.com");
        let first = file(&world.key("acme"), "A-1", std::slice::from_ref(&mail));
        let second = file(&world.key("bolt"), "B-1", &[mail]);
        assert_eq!(seller_of(&world.key("acme"), &first), seller_of(&world.key("bolt"), &second));
    }
}
