//! Values that a hundred and more carry: how many do is counted without reading them all.

use serde_json::{Value, json};

use super::{file, seller_of};
use crate::support::client::Client;
use crate::support::forms::{email, phone, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

fn sellers(client: &Client, reports: &[Value]) -> usize {
    let mut ids: Vec<String> = reports.iter().map(|one| seller_of(client, one)).collect();
    ids.sort();
    ids.dedup();
    ids.len()
}

/// A value that nobody else has.
fn own(n: usize) -> Value {
    email(&format!("seller{n}@bags.shop"))
}

/// Files a report of a shop by its name.
fn named(client: &Client, id: &str, name: &str, more: &[Value]) -> Value {
    let mut identifiers = vec![json!({ "type": "business_name", "value": name })];
    identifiers.extend_from_slice(more);
    file(client, id, &identifiers)
}

on_both_engines! {
    fn a_phone_that_a_hundred_gave_links_the_last_seven_of_them(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let carry = |n: usize| {
            file(&acme, &format!("A-{n}"), &[own(n), phone("+86 138 1234 5678")])
        };
        let mut reports: Vec<Value> = (0..110).map(carry).collect();
        assert_eq!(sellers(&acme, &reports), 110);
        for gone in reports.drain(8..) {
            acme.retract(gone["id"].as_str().unwrap());
        }
        assert_eq!(sellers(&acme, &reports), 8);
        acme.retract(reports.pop().unwrap()["id"].as_str().unwrap());
        assert_eq!(sellers(&acme, &reports), 1);
    }

    fn a_hundred_reports_of_one_numbered_name_are_one_that_carries_it(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let name = json!({ "type": "business_name", "value": "Lotus Bags 55121" });
        let mut reports: Vec<Value> =
            (0..110).map(|n| file(&acme, &format!("A-{n}"), std::slice::from_ref(&name))).collect();
        let with_shop = |n: usize| {
            let own = shop(&format!("https://shop1100220{n}.taobao.com"));
            file(&acme, &format!("S-{n}"), &[own, name.clone()])
        };
        // Seven may carry it: all that are known by it alone, and six others.
        reports.extend((0..6).map(with_shop));
        assert_eq!(sellers(&acme, &reports), 1);
        reports.push(with_shop(6));
        assert_eq!(sellers(&acme, &reports), reports.len());
    }

    fn a_name_with_a_made_up_word_joins_reports_and_one_of_ordinary_words_does_not(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let named = |id: &str, name: &str, more: &[Value]| named(&acme, id, name, more);
        let coined = [
            named("A-1", "SZTMQGV Gift", &[own(1)]),
            named("A-2", "sztmqgv gift", &[own(2)]),
            named("A-3", "★SZTMQGV Gift★", &[]),
        ];
        assert_eq!(sellers(&acme, &coined), 1);
        let plain = [named("A-4", "Lucky Panda Gift", &[own(4)]), named("A-5", "Lucky Panda Gift", &[own(5)])];
        assert_eq!(sellers(&acme, &plain), 2);
    }

    fn a_name_that_is_written_as_an_accounts_joins_a_few_and_not_those_who_write_it_otherwise(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let named = |id: &str, name: &str, more: &[Value]| named(&acme, id, name, more);
        let person = |name: &str| json!({ "type": "person_name", "value": name });
        let mut reports = vec![
            named("A-1", "suhui_bags", &[own(1)]),
            named("A-2", "SUHUI_BAGS", &[own(2)]),
            named("A-3", "★suhui_bags★", &[]),
            named("A-4", "suhui_bags (Top Rated)", &[]),
        ];
        assert_eq!(sellers(&acme, &reports), 1);
        reports.push(named("A-5", "Suhui Bags", &[own(5)]));
        reports.push(named("A-6", "suhui-bags", &[own(6)]));
        assert_eq!(sellers(&acme, &reports), 3);
        // Three may carry it; all that are known by it alone count as one.
        reports.push(named("A-7", "suhui_bags", &[own(7)]));
        assert_eq!(sellers(&acme, &reports), reports.len());
        let others = [
            named("B-1", "leiqing_watches", &[own(8), person("Zhang Wei")]),
            named("B-2", "leiqing_watches", &[own(9), person("Li Na")]),
        ];
        assert_eq!(sellers(&acme, &others), 2, "people of different names");
    }

    fn reports_of_nothing_but_an_uncommon_name_belong_to_the_only_seller_that_more_is_known_of(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let named = |id: &str, name: &str, more: &[Value]| named(&acme, id, name, more);
        for (n, name) in [(10, "Suhui Bags"), (20, "UXOV Hub")] {
            let mut reports = vec![
                named(&format!("U-{n}-1"), name, &[]),
                named(&format!("U-{n}-2"), &format!("★{}★", name.to_uppercase()), &[]),
            ];
            assert_eq!(sellers(&acme, &reports), 1, "{name}");
            reports.push(named(&format!("U-{n}-3"), name, &[own(n)]));
            assert_eq!(sellers(&acme, &reports), 1, "{name}");
            // The name joins nobody of whom more is known, and whose the others are is then open.
            reports.push(named(&format!("U-{n}-4"), name, &[own(n + 1)]));
            assert_eq!(sellers(&acme, &reports), reports.len(), "{name}");
            let other = reports.pop().unwrap();
            acme.retract(other["id"].as_str().unwrap());
            assert_eq!(sellers(&acme, &reports), 1, "{name}");
        }
        let plain = [named("P-1", "Lucky Panda", &[own(30)]), named("P-2", "Lucky Panda", &[])];
        assert_eq!(sellers(&acme, &plain), 2);
    }
}
