//! The review queue.

use serde_json::{Value, json};

use super::{file, judge, propose, rebuild, seller_of, text, undo};
use crate::support::client::Client;
use crate::support::forms::{company, email, phone, shop};
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

    fn the_queue_comes_in_pages_what_promises_most_first(engine) {
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

    fn what_too_many_share_stands_in_the_queue_of_the_whole_group_while_it_joins_nobody(engine) {
        let world = World::new(engine);
        let (acme, cora, taobao) = (world.key("acme"), world.key("cora"), world.key("taobao"));
        let site = domain("parcels.shop");
        let reports: Vec<String> =
            (0..9).map(|n| file(&acme, &format!("A-{n}"), &[taobao_shop(n), site.clone()])).collect();
        for client in [&cora, &taobao] {
            let seen = client.all(QUEUE);
            assert_eq!(seen.len(), 36);
            assert_eq!(client.all(&format!("{QUEUE}?limit=5")), seen);
            for one in &seen {
                assert_eq!((&one["objection"], &one["class"]), (&json!("too_many"), &json!("domain")));
                assert_eq!((&one["score_decibits"], &one["agrees"][0]["value"]), (&json!(86), &json!("parcels.shop")));
            }
        }
        assert_eq!(rebuild(&world), 0);
        assert_eq!(cora.all(QUEUE).len(), 36);
        // With one carrier less they are fewer, with two less they are one seller.
        acme.retract(&reports[8]);
        assert_eq!(cora.all(QUEUE).len(), 28);
        acme.retract(&reports[7]);
        assert!(cora.all(QUEUE).is_empty());
        assert_eq!(seller_of(&acme, &reports[0]), seller_of(&acme, &reports[6]));
        // And as many as no one looks into are in nobody's queue.
        for n in 10..40 {
            file(&acme, &format!("B-{n}"), &[taobao_shop(n), site.clone()]);
        }
        assert_ne!(seller_of(&acme, &reports[0]), seller_of(&acme, &reports[6]));
        assert!(cora.all(QUEUE).is_empty());
    }

    fn a_masked_value_that_too_many_share_is_for_the_eyes_of_who_sees_it(engine) {
        let world = World::new(engine);
        let (acme, taobao) = (world.key("acme"), world.key("taobao"));
        for n in 0..9 {
            file(&acme, &format!("A-{n}"), &[taobao_shop(n), phone("+86 138 1234 5678")]);
        }
        assert_eq!(taobao.all(QUEUE).len(), 36);
        for peer in [&acme, &world.key("cora"), &world.key("ebay")] {
            assert!(peer.all(QUEUE).is_empty());
        }
    }

    fn one_plain_name_in_one_country_is_worth_a_look_and_likelier_with_something_else(engine) {
        let world = World::new(engine);
        let (acme, cora) = (world.key("acme"), world.key("cora"));
        let name = json!({ "type": "business_name", "value": "Golden Dragon Trading" });
        for n in 0..9 {
            file(&acme, &format!("A-{n}"), &[taobao_shop(n), domain("parcels.shop")]);
        }
        let named: Vec<String> = (20..23)
            .map(|n| {
                let country = if n == 22 { company("DE", "HRB 86891") } else { company("GB", &format!("047391{n}")) };
                file(&acme, &format!("A-{n}"), &[taobao_shop(n), name.clone(), country])
            })
            .collect();
        let mut sellers = [seller_of(&acme, &named[0]), seller_of(&acme, &named[1])];
        sellers.sort();
        let seen = cora.all(QUEUE);
        assert_eq!(seen.len(), 37, "the company in Germany is named alike and no more");
        let alone = seen.iter().find(|one| one["objection"] == "name_alone").unwrap();
        assert_eq!(both(alone), sellers);
        // Both names and the site in common: first of all.
        file(&acme, "A-30", &[taobao_shop(20), domain("parcels.shop")]);
        file(&acme, "A-31", &[taobao_shop(21), domain("parcels.shop")]);
        let first = cora.all(QUEUE).remove(0);
        assert_eq!((both(&first), &first["objection"]), (sellers, &json!("too_many")));
        let agrees: Vec<&Value> = first["agrees"].as_array().unwrap().iter().map(|one| &one["type"]).collect();
        assert_eq!(agrees, ["domain", "business_name"]);
        assert!(first["probability_percent"].as_i64() > alone["probability_percent"].as_i64());
    }

    fn a_likeness_that_falls_short_is_shown_to_who_sees_both_in_full(engine) {
        let world = World::new(engine);
        let (acme, bolt, taobao) = (world.key("acme"), world.key("bolt"), world.key("taobao"));
        let named = json!({ "type": "business_name", "value": "Xingyuan Golden Crocodile Leather Ltd" });
        let at = |house: u32| {
            let place = format!("{house} Wallaby Place, Cleveland 2119");
            json!({ "type": "address", "value": place, "country": "AU" })
        };
        let one = file(&acme, "A-1", &[taobao_shop(1), named.clone(), at(7)]);
        let other = file(&bolt, "B-1", &[taobao_shop(2), named, at(9)]);
        let mut sellers = [seller_of(&acme, &one), seller_of(&bolt, &other)];
        sellers.sort();
        let seen = taobao.all(QUEUE);
        assert_eq!(seen.len(), 1, "{seen:?}");
        assert_eq!(both(&seen[0]), sellers);
        assert_eq!((&seen[0]["class"], &seen[0]["objection"]), (&json!("likeness"), &json!("falls_short")));
        let houses = seen[0]["differs"].as_array().unwrap();
        assert!(houses.iter().all(|side| side[0]["type"] == "address"), "{houses:?}");
        let apart = taobao
            .get(&format!("/v1/groups/alliance/sellers/{}/apart?other={}", sellers[0], sellers[1]))
            .expect(200)
            .json();
        let sentence = apart["refusals"][0]["sentence"].as_str().unwrap();
        assert!(sentence.contains("but not nearly enough"), "{sentence}");
        // A peer does not see the addresses: to it they are two of one name in one country.
        let seen = world.key("cora").all(QUEUE);
        assert_eq!((seen.len(), &seen[0]["objection"]), (1, &json!("name_alone")));
        assert_eq!(rebuild(&world), 0);
        bolt.retract(&other);
        assert!(taobao.all(QUEUE).is_empty());
    }

    fn two_who_are_at_home_in_two_countries_are_not_joined_by_a_mailbox_that_they_share(engine) {
        let world = World::new(engine);
        let (acme, bolt, taobao) = (world.key("acme"), world.key("bolt"), world.key("taobao"));
        let mailbox = email("export.agent@bags.shop");
        let room = |country: &str| {
            json!({ "type": "address", "value": "Room 1203, 88 Zhongshan Road", "country": country })
        };
        let chinese = [taobao_shop(1), mailbox.clone(), phone("+86 138 1234 5678"), room("CN")];
        let turkish = [taobao_shop(2), mailbox, phone("+90 532 123 45 67"), company("TR", "6690501092")];
        let (one, other) = (file(&acme, "A-1", &chinese), file(&bolt, "B-1", &turkish));
        assert_eq!(seller_of(&acme, &one), seller_of(&bolt, &other), "one report may be mistaken");
        file(&acme, "A-2", &chinese);
        file(&bolt, "B-2", &turkish);
        let sellers = [seller_of(&acme, &one), seller_of(&bolt, &other)];
        let seen = taobao.all(QUEUE);
        assert_eq!(seen.len(), 1, "{seen:?}");
        assert_eq!((&seen[0]["class"], &seen[0]["objection"]), (&json!("email"), &json!("countries")));
        assert!(seen[0]["differs"].as_array().unwrap().iter().all(|side| side.as_array().unwrap().len() == 2));
        let apart = format!("/v1/groups/alliance/sellers/{}/apart?other={}", sellers[0], sellers[1]);
        let apart = taobao.get(&apart).expect(200).json();
        let sides = apart["refusals"][0]["sides"].as_array().unwrap();
        assert!(sides.contains(&json!("CN")) && sides.contains(&json!("TR")), "{sides:?}");
        assert!(world.key("cora").all(QUEUE).is_empty(), "a peer sees no mailbox");
        assert_eq!(rebuild(&world), 0);
        // Addresses abroad, and be they none that join anybody: then nothing says that they are two.
        let abroad = json!({ "type": "address", "value": "Futian Market", "country": "CN" });
        file(&bolt, "B-3", &[taobao_shop(2), abroad.clone()]);
        file(&bolt, "B-4", &[taobao_shop(2), abroad]);
        assert_eq!(seller_of(&bolt, &other), seller_of(&acme, &one));
        assert!(taobao.all(QUEUE).is_empty());
    }

    fn of_two_that_are_as_likely_the_one_that_brings_more_together_comes_first(engine) {
        let world = World::new(engine);
        let (acme, bolt, taobao) = (world.key("acme"), world.key("bolt"), world.key("taobao"));
        let small = two_companies(&acme, &bolt, 1, &domain("cheap-bags.shop"));
        let large = two_companies(&acme, &bolt, 3, &domain("cheap-shoes.shop"));
        for n in 0..4 {
            file(&world.key("cora"), &format!("C-{n}"), &[taobao_shop(3)]);
        }
        for client in [&taobao, &world.key("ebay")] {
            let seen = client.all(QUEUE);
            assert_eq!(seen.iter().map(both).collect::<Vec<_>>(), [large.clone(), small.clone()]);
            assert_eq!(seen[0]["probability_percent"], seen[1]["probability_percent"]);
            assert!(seen[0]["expected_gain"].as_i64() > seen[1]["expected_gain"].as_i64());
        }
    }
}

fn near_of(client: &Client, seller: &str) -> Vec<Value> {
    client.all(&format!("{QUEUE}?seller={seller}"))
}
