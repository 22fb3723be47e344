//! Why reports are one seller, and why sellers are two.

use serde_json::{Value, json};

use super::{file, seller_of};
use crate::support::client::Client;
use crate::support::forms::{email, phone, shop, uscc};
use crate::support::on_both_engines;
use crate::support::world::World;

fn id(report: &Value) -> String {
    report["id"].as_str().unwrap().to_owned()
}

fn account(number: &str) -> Value {
    json!({ "type": "bank_account", "value": number, "bank_code": "200000" })
}

fn apart(client: &Client, one: &str, other: &str) -> Value {
    client.get(&format!("/v1/groups/alliance/sellers/{one}/apart?other={other}")).expect(200).json()
}

on_both_engines! {
    fn each_link_is_told_in_a_sentence_and_only_one_that_nothing_replaces_is_a_bridge(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let shop = shop("https://shop11002233.taobao.com");
        let shared = [email("jian@bags.shop"), phone("+86 138 1234 5678"), account("55779911")];
        let first = file(&acme, "A-1", &[&[shop], &shared[..]].concat());
        let second = file(&bolt, "B-1", &[&shared[..], &[email("wei@shoes.shop")]].concat());
        let third = file(&bolt, "B-2", &[email("wei@shoes.shop")]);
        let path = format!("/v1/groups/alliance/sellers/{}/links", seller_of(&bolt, &third));
        let links = world.key("taobao").get(&path).expect(200).json()["links"].clone();
        assert_eq!(links.as_array().unwrap().len(), 2, "{links}");
        let of = |report: &Value| {
            let id = id(report);
            links.as_array().unwrap().iter().find(|one| one["to_report"] == id || one["from_report"] == id).unwrap()
        };
        let (strong, weak) = (of(&first), of(&third));
        // Two of three values joined them; the third would do it with either.
        assert_eq!((&strong["class"], &strong["bridge"]), (&json!("pair"), &json!(false)), "{strong}");
        assert!(strong.get("falls_off").is_none());
        assert_eq!((&weak["class"], &weak["bridge"]), (&json!("email"), &json!(true)), "{weak}");
        assert_eq!(weak["falls_off"], json!([id(&third)]));
        assert_eq!(
            weak["sentence"],
            "Both reports give the e-mail address wei@shoes.shop; 2 otherwise separate sellers carry it \
             (11.0 bits, strong evidence)."
        );
        let _ = second;
    }

    fn the_way_from_one_report_to_another_is_told_link_by_link_to_who_sees_them_all(engine) {
        let world = World::new(engine);
        let (acme, bolt, taobao) = (world.key("acme"), world.key("bolt"), world.key("taobao"));
        let shop = shop("https://shop11002233.taobao.com");
        let first = file(&acme, "A-1", &[shop, email("jian@bags.shop")]);
        let second = file(&bolt, "B-1", &[email("jian@bags.shop"), phone("+86 138 1234 5678")]);
        let third = file(&bolt, "B-2", &[phone("+86 138 1234 5678")]);
        let other = file(&bolt, "B-3", &[email("other@bags.shop")]);
        let links = format!("/v1/groups/alliance/sellers/{}/links", seller_of(&acme, &first));
        let between = |from: &str, to: &str| format!("{links}?from={from}&to={to}");
        let answer = taobao.get(&between(&id(&third), &id(&first))).expect(200).json();
        let steps: Vec<(&Value, &Value, &Value)> = answer["path"].as_array().unwrap().iter()
            .map(|step| (&step["from_report"], &step["to_report"], &step["class"])).collect();
        let ids = [&first, &second, &third].map(|report| json!(id(report)));
        let [first_id, second_id, third_id] = &ids;
        assert_eq!(steps, [(third_id, second_id, &json!("phone")), (second_id, first_id, &json!("email"))]);
        assert!(answer.get("links").is_none());

        taobao.get(&between(&id(&first), &id(&other))).problem(404, "not-found");
        // Whoever is not told of the reports is not told which of them are there either.
        bolt.get(&between(&id(&second), &id(&third))).problem(404, "not-found");
        let half = taobao.get(&format!("{links}?from={}", id(&first))).problem(400, "bad-parameter");
        assert_eq!(half, [("to".to_owned(), "required".to_owned())]);
    }

    fn two_companies_that_share_a_phone_are_apart_for_their_numbers_and_a_peer_is_told_no_more_than_it_sees(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let shops = [shop("https://shop11002233.taobao.com"), shop("https://shop11002244.taobao.com")];
        let shared = phone("+86 138 1234 5678");
        let [one, other] = shops;
        let first = file(&acme, "A-1", &[one, uscc("91350100M000100Y43"), shared.clone()]);
        let second = file(&bolt, "B-1", &[other, uscc("91330100799655058B"), shared]);
        let (one, other) = (seller_of(&acme, &first), seller_of(&bolt, &second));

        let told = apart(&world.key("taobao"), &one, &other);
        let refusal = &told["refusals"][0];
        assert_eq!((&refusal["class"], &refusal["objection"]), (&json!("phone"), &json!("registrations")));
        let sentence = refusal["sentence"].as_str().unwrap();
        for part in ["+86 13812345678", "91350100M000100Y43", "91330100799655058B"] {
            assert!(sentence.contains(part), "{sentence}");
        }
        assert_eq!(told["in_common"][0]["reason"], "contradiction", "{told}");

        for (reader, common) in [("cora", 0), ("bolt", 1)] {
            let told = apart(&world.key(reader), &one, &other);
            assert!(told.get("refusals").is_none(), "{told}");
            let in_common = told["in_common"].as_array().unwrap();
            assert_eq!(in_common.len(), common, "{told}");
            assert!(in_common.iter().all(|one| one.get("reason").is_none() && one["alone"] == true), "{told}");
        }
        let itself = format!("/v1/groups/alliance/sellers/{one}/apart");
        world.key("cora").get(&format!("{itself}?other={one}")).problem(400, "bad-parameter");
        world.key("cora").get(&itself).problem(400, "bad-parameter");
    }

    fn what_too_many_carry_is_told_as_the_reason_why_it_joins_nobody(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let shared = phone("+86 138 1234 5678");
        let reports: Vec<Value> = (0..8)
            .map(|n| file(&acme, &format!("A-{n}"), &[shop(&format!("https://shop1100223{n}.taobao.com")), shared.clone()]))
            .collect();
        let told = apart(&world.key("taobao"), &seller_of(&acme, &reports[0]), &seller_of(&acme, &reports[5]));
        assert_eq!(told["refusals"], json!([]));
        assert_eq!(told["in_common"][0]["reason"], "too_widely_shared", "{told}");
        assert!(told["in_common"][0]["sentence"].as_str().unwrap().contains("more than 7"), "{told}");
        let alone = file(&acme, "A-9", &[shop("https://shop11002299.taobao.com")]);
        let told = apart(&world.key("taobao"), &seller_of(&acme, &reports[0]), &seller_of(&acme, &alone));
        assert_eq!(told["sentence"], "Nothing that is reported of the one points at the other.");
    }
}
