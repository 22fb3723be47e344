//! Retracting a report.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::{applied, ids, kinds, revise, sellers, text};
use crate::api::bad_input::sight;
use crate::support::app::Options;
use crate::support::client::Client;
use crate::support::forms::{email, phone, report};
use crate::support::on_both_engines;
use crate::support::world::World;

/// The profiles of the alliance as a set, without how often and when they changed.
fn partition(client: &Client) -> BTreeSet<String> {
    let plain = |mut seller: Value| {
        let fields = seller.as_object_mut().unwrap();
        for name in ["revision", "created_at", "modified_at"] {
            fields.remove(name);
        }
        seller.to_string()
    };
    sellers(client, "alliance").into_iter().map(plain).collect()
}

on_both_engines! {
    fn retracting_is_answered_with_204_and_twice_is_the_same_as_once(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let made = acme.file(&report("A-1", &["alliance"], &[email("jian@bags.shop")]));
        let path = format!("/v1/reports/{}", text(&made, "id"));
        acme.retract(text(&made, "id"));
        let read = acme.get(&path).expect(200);
        assert_eq!((&read.json()["state"], read.header("etag")), (&json!("retracted"), "\"r2\"".to_owned()));
        assert_eq!(read.json()["sellers"], json!([]));

        let before = sight(&acme);
        let again = acme.delete(&path).expect(204);
        assert_eq!(again.text, "");
        acme.retract(text(&made, "id"));
        assert_eq!(sight(&acme), before);
        let kept = acme.get(&format!("{path}/revisions")).expect(200).json();
        assert_eq!(kept["items"].as_array().unwrap().len(), 1);
    }

    fn the_profile_of_a_lone_report_vanishes_and_the_feed_says_so(engine) {
        let world = World::new(engine);
        let (acme, cora, taobao) = (world.key("acme"), world.key("cora"), world.key("taobao"));
        let body = report("A-1", &["alliance", "platform:taobao"], &[email("jian@bags.shop")]);
        let made = acme.file(&body);
        let seller = text(&made["sellers"][0], "seller_id");
        let path = format!("/v1/groups/alliance/sellers/{seller}");
        cora.get(&path).expect(200);
        acme.retract(text(&made, "id"));

        cora.get(&path).problem(404, "not-found");
        for (reader, group) in [(&cora, "alliance"), (&taobao, "alliance"), (&taobao, "platform:taobao")] {
            assert!(sellers(reader, group).is_empty(), "{group}");
            let feed = reader.feed(group);
            assert_eq!(feed.last().unwrap()["kind"], "removed", "{group}");
            assert!(applied(&feed).is_empty(), "{group}");
            // What was retracted is not replayed, whatever event one asks for.
            assert!(feed.iter().all(|event| event.get("seller").is_none()), "{feed:?}");
            assert!(!json!(feed).to_string().contains("bags.shop"), "{feed:?}");
        }
        assert_eq!(cora.feed("alliance").last().unwrap()["seller_id"], seller);
    }

    fn a_merge_that_the_report_caused_comes_apart(engine) {
        let world = World::new(engine);
        let (acme, bolt, cora) = (world.key("acme"), world.key("bolt"), world.key("cora"));
        acme.file(&report("A-1", &["alliance"], &[email("jian@bags.shop")]));
        let other = bolt.file(&report("B-1", &["alliance"], &[phone("+86 138 1234 1234")]));
        let before = partition(&cora);
        assert_eq!(before.len(), 2);

        let both = [email("jian@bags.shop"), phone("+86 138 1234 1234")];
        let bridge = acme.file(&report("A-2", &["alliance"], &both));
        let merged = sellers(&cora, "alliance");
        assert_eq!(merged.len(), 1);
        assert_eq!(merged[0]["id"], bridge["sellers"][0]["seller_id"]);
        let path = format!("/v1/groups/alliance/sellers/{}", text(&other["sellers"][0], "seller_id"));
        let moved = cora.get(&path).expect(308);
        assert_eq!(moved.json()["seller_id"], merged[0]["id"]);
        assert!(moved.header("location").ends_with(text(&merged[0], "id")), "{}", moved.header("location"));

        acme.retract(text(&bridge, "id"));
        assert_eq!(partition(&cora), before);
        cora.get(&path).expect(200);
        let feed = cora.feed("alliance");
        assert!(kinds(&feed).contains(&"merged") && kinds(&feed).contains(&"split"), "{feed:?}");
        assert_eq!(applied(&feed), ids(&sellers(&cora, "alliance")));
    }

    fn a_profile_goes_on_without_the_report_and_without_what_only_it_said(engine) {
        let world = World::new(engine);
        let (acme, bolt, taobao) = (world.key("acme"), world.key("bolt"), world.key("taobao"));
        let mut first = report("A-1", &["alliance"], &[email("jian@bags.shop"), phone("+86 138 1234 1234")]);
        first["seller"]["display_names"] = json!(["Best Bags"]);
        let first = acme.file(&first);
        let second = bolt.file(&report("B-1", &["alliance"], &[email("jian@bags.shop")]));
        assert_eq!(first["sellers"], second["sellers"]);
        acme.retract(text(&first, "id"));

        let found = sellers(&taobao, "alliance");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0]["id"], second["sellers"][0]["seller_id"]);
        assert_eq!((&found[0]["names"], found[0]["identifiers"].as_array().unwrap().len()), (&json!([]), 1));
    }

    fn whoever_retracts_no_longer_holds_what_only_that_report_held(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let made = acme.file(&report("A-1", &["alliance"], &[phone("+86 138 1234 1234")]));
        bolt.file(&report("B-1", &["alliance"], &[phone("+86 138 1234 1234")]));
        assert_eq!(sellers(&acme, "alliance")[0]["identifiers"][0]["value"], "+86 13812341234");
        acme.retract(text(&made, "id"));
        assert_eq!(sellers(&acme, "alliance")[0]["identifiers"][0]["value"], "+86 138****1234");
        assert_eq!(sellers(&bolt, "alliance")[0]["identifiers"][0]["value"], "+86 13812341234");
    }

    fn a_retraction_ends_what_its_report_held_before_any_pool_is_worked_out(engine) {
        let world = World::with(engine, Options { resolve: false, ..Options::default() });
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let form = |id: &str| report(id, &["alliance"], &[phone("+86 138 1234 1234")]);
        let made = acme.post("/v1/reports", &form("A-1")).expect(201).json();
        bolt.post("/v1/reports", &form("B-1")).expect(201);
        world.app.resolver().drain(|_| {}).unwrap();
        let held = || {
            let found = acme.post("/v1/groups/alliance/match", &json!({ "identifiers": [phone("+86 138 1234 1234")] }));
            let found = found.expect(200).json()["items"].as_array().unwrap().len();
            (sellers(&acme, "alliance")[0]["identifiers"][0]["value"].clone(), found)
        };
        assert_eq!(held(), (json!("+86 13812341234"), 1));
        acme.delete(&format!("/v1/reports/{}", text(&made, "id"))).expect(204);
        assert_eq!(held(), (json!("+86 138****1234"), 0));
    }

    fn a_retraction_heeds_the_entity_tag_that_is_sent(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let made = acme.file(&report("A-1", &["alliance"], &[email("jian@bags.shop")]));
        let id = text(&made, "id");
        let body = report("A-1", &["alliance"], &[email("wei@bags.shop")]);
        revise(&acme, id, "\"r1\"", &body).expect(200);
        let before = sight(&acme);
        let retract = |tag: &str| {
            acme.send(acme.request(Method::DELETE, &format!("/v1/reports/{id}")).header("if-match", tag))
        };
        for tag in ["\"r1\"", "\"r3\"", "nonsense"] {
            retract(tag).problem(412, "precondition-failed");
            assert_eq!(sight(&acme), before, "{tag}");
        }
        retract("\"r2\"").expect(204);
    }

    fn revising_a_retracted_report_brings_it_back(engine) {
        let world = World::new(engine);
        let (acme, cora) = (world.key("acme"), world.key("cora"));
        let body = report("A-1", &["alliance"], &[email("jian@bags.shop")]);
        let made = acme.file(&body);
        let id = text(&made, "id");
        acme.retract(id);
        assert!(sellers(&cora, "alliance").is_empty());
        acme.put(&format!("/v1/reports/{id}"), "\"r1\"", &body).problem(412, "precondition-failed");

        let back = revise(&acme, id, "\"r2\"", &body).expect(200).json();
        assert_eq!((&back["state"], &back["revision"]), (&json!("live"), &json!(3)));
        assert_eq!(back["digest"], made["digest"]);
        let found = sellers(&cora, "alliance");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0]["id"], back["sellers"][0]["seller_id"]);
        assert_eq!(applied(&cora.feed("alliance")), ids(&found));
    }

    fn sending_a_retracted_report_again_does_not_bring_it_back(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let body = report("A-1", &["alliance"], &[email("jian@bags.shop")]);
        let made = acme.file(&body);
        acme.retract(text(&made, "id"));
        let before = sight(&acme);
        let again = acme.post("/v1/reports", &body).expect(200).json();
        assert_eq!((&again["id"], &again["state"]), (&made["id"], &json!("retracted")));
        assert_eq!(sight(&acme), before);
    }
}
