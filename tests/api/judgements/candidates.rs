//! The review queue.

use serde_json::{Value, json};

use super::{file, judge, propose, seller_of, text, undo};
use crate::support::client::Client;
use crate::support::forms::{company, phone, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

const QUEUE: &str = "/v1/groups/alliance/candidates";

fn taobao_shop(n: u32) -> Value {
    shop(&format!("https://shop11{:06}.taobao.com", 2_230 + n))
}

fn domain(value: &str) -> Value {
    json!({ "type": "domain", "value": value })
}

fn both(candidate: &Value) -> [String; 2] {
    [text(candidate, "a"), text(candidate, "b")]
}

/// Two companies of acme and bolt that share `value`, as profiles in order of their ids.
fn two_companies(acme: &Client, bolt: &Client, n: u32, value: &Value) -> [String; 2] {
    let one = file(
        acme,
        &format!("A-{n}"),
        &[taobao_shop(n), value.clone(), company("GB", &format!("0473915{n}"))],
    );
    let other = file(
        bolt,
        &format!("B-{n}"),
        &[taobao_shop(n + 1), value.clone(), company("GB", &format!("9160284{n}"))],
    );
    let mut sellers = [seller_of(acme, &one), seller_of(bolt, &other)];
    sellers.sort();
    assert_ne!(sellers[0], sellers[1]);
    sellers
}

on_both_engines! {
    fn what_was_refused_is_reviewed_with_what_agrees_and_what_differs(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let sellers = two_companies(&acme, &bolt, 1, &domain("cheap-bags.shop"));
        let seen = world.key("taobao").all(QUEUE);
        assert_eq!(seen.len(), 1);
        assert_eq!(both(&seen[0]), sellers);
        assert_eq!((&seen[0]["class"], &seen[0]["objection"]), (&json!("domain"), &json!("registrations")));
        assert_eq!((&seen[0]["weight_decibits"], &seen[0]["score_decibits"]), (&json!(116), &json!(106)));
        assert_eq!(seen[0]["agrees"][0]["value"], "cheap-bags.shop");
        for side in seen[0]["differs"].as_array().unwrap() {
            assert_eq!(side[0]["type"], "company_registration");
        }
        // A peer sees the same two companies on the same site, and not how many carry it.
        let seen = world.key("cora").all(QUEUE);
        assert_eq!(both(&seen[0]), sellers);
        assert!(seen[0]["score_decibits"].is_null() && seen[0]["differs"][1][0]["value"].is_string(), "{seen:?}");
    }

    fn a_peer_is_not_told_that_two_masked_values_are_the_same(engine) {
        let world = World::new(engine);
        let (acme, bolt, taobao) = (world.key("acme"), world.key("bolt"), world.key("taobao"));
        let sellers = two_companies(&acme, &bolt, 1, &phone("+86 138 1234 5678"));
        assert_eq!(taobao.all(QUEUE).iter().map(both).collect::<Vec<_>>(), [sellers]);
        for peer in [&acme, &bolt, &world.key("cora"), &world.key("ebay")] {
            assert!(peer.all(QUEUE).is_empty());
        }
    }

    fn whatever_somebody_judged_leaves_the_queue_and_comes_back_when_it_is_taken_back(engine) {
        let world = World::new(engine);
        let (acme, bolt, taobao) = (world.key("acme"), world.key("bolt"), world.key("taobao"));
        let sellers = two_companies(&acme, &bolt, 1, &domain("cheap-bags.shop"));
        for verdict in ["unsure", "different", "same"] {
            propose(&acme, &sellers[0], &sellers[1], verdict).expect(201);
            assert_eq!(taobao.all(QUEUE).len(), 1, "a proposal decides nothing");
            let made = judge(&taobao, &sellers[0], &sellers[1], verdict).expect(201).json();
            assert!(taobao.all(QUEUE).is_empty() && acme.all(QUEUE).is_empty(), "{verdict}");
            undo(&taobao, &made);
            assert_eq!((taobao.all(QUEUE).len(), acme.all(QUEUE).len()), (1, 1), "{verdict}");
            world.app.clock.advance(1);
        }
    }

    fn the_queue_comes_in_pages_the_likeliest_first(engine) {
        let world = World::new(engine);
        let (acme, bolt, taobao) = (world.key("acme"), world.key("bolt"), world.key("taobao"));
        two_companies(&acme, &bolt, 1, &domain("cheap-bags.shop"));
        two_companies(&acme, &bolt, 3, &phone("+86 138 1234 5678"));
        two_companies(&acme, &bolt, 5, &domain("cheap-shoes.shop"));
        let whole = taobao.all(QUEUE);
        let scores: Vec<i64> = whole.iter().map(|one| one["score_decibits"].as_i64().unwrap()).collect();
        assert_eq!(scores, [109, 106, 106]);
        assert_eq!(taobao.all(&format!("{QUEUE}?limit=1")), whole);
        assert_eq!(acme.all(&format!("{QUEUE}?limit=1")).len(), 2);
        acme.get(&format!("{QUEUE}?limit=0")).problem(400, "bad-parameter");
        acme.get(&format!("{QUEUE}?cursor=abc")).problem(400, "bad-cursor");
    }

    fn the_near_misses_of_one_profile_are_asked_for_by_its_id(engine) {
        let world = World::new(engine);
        let (acme, cora) = (world.key("acme"), world.key("cora"));
        // Nine carry the site, which joins up to seven; two of them have one plain name and one country.
        let name = json!({ "type": "business_name", "value": "Golden Dragon Trading" });
        let mut reports = Vec::new();
        for n in 0..9 {
            let mut identifiers = vec![taobao_shop(n), domain("parcels.shop")];
            if n < 2 {
                identifiers = vec![taobao_shop(n), name.clone(), company("GB", &format!("{n}473915{n}"))];
            }
            reports.push(file(&acme, &format!("A-{n}"), &identifiers));
        }
        for n in 10..12 {
            reports.push(file(&acme, &format!("A-{n}"), &[taobao_shop(n), domain("parcels.shop")]));
        }
        let near = |client: &Client, report: &str| near_of(client, &seller_of(&acme, report));
        assert!(cora.all(QUEUE).is_empty());
        for client in [&cora, &world.key("taobao")] {
            let named = near(client, &reports[0]);
            assert_eq!(named.len(), 1, "{named:?}");
            assert_eq!((&named[0]["objection"], &named[0]["class"]), (&json!("name_alone"), &json!("name")));
            assert_eq!(named[0]["agrees"][0]["value"], "Golden Dragon Trading");
            let wide = near(client, &reports[5]);
            assert_eq!(wide.len(), 8, "{wide:?}");
            assert_eq!((&wide[0]["objection"], &wide[0]["score_decibits"]), (&json!("too_many"), &json!(86)));
        }
        let nobody = format!("sel_{}", "0".repeat(32));
        assert!(near_of(&cora, &nobody).is_empty());
        cora.get(&format!("{QUEUE}?seller=1")).problem(400, "bad-parameter");
    }
}

fn near_of(client: &Client, seller: &str) -> Vec<Value> {
    client.all(&format!("{QUEUE}?seller={seller}"))
}
