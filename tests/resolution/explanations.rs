//! Why reports are one seller.

use serde_json::{Value, json};

use super::{file, seller_of};
use crate::support::forms::{email, phone, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

fn id(report: &Value) -> String {
    report["id"].as_str().unwrap().to_owned()
}

fn account(number: &str) -> Value {
    json!({ "type": "bank_account", "value": number, "bank_code": "200000" })
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
}
