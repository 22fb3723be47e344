//! How risk is scored, listed by, and followed from.

use serde_json::{Value, json};

use super::feed::{Copy, listed};
use crate::support::client::Client;
use crate::support::forms::{email, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

const SELLERS: &str = "/v1/groups/alliance/sellers";

/// A report of one seller with a shop on each of two platforms, which rests on a test purchase.
fn grave(external_id: &str) -> Value {
    let of = [shop("https://shop110022.taobao.com"), shop("https://www.ebay.com/usr/bags_and_more")];
    let mut form = report(external_id, &["alliance"], &of);
    form["basis"] = json!(["test_purchase"]);
    form["prior_actions"] = json!([{ "kind": "criminal" }]);
    form["goods"] = json!([{ "category": "cosmetics", "category_risk": "health_safety" }]);
    form
}

fn risk_of(client: &Client, seller: &str) -> Value {
    client.get(&format!("{SELLERS}/{seller}")).expect(200).json()["risk"].clone()
}

fn scores(client: &Client, query: &str) -> Vec<u64> {
    let listed = client.all(&format!("{SELLERS}?limit=2&{query}"));
    listed.iter().map(|seller| seller["risk"]["score"].as_u64().unwrap()).collect()
}

on_both_engines! {
    fn a_score_is_made_of_what_its_viewer_sees_and_says_so_term_by_term(engine) {
        let world = World::new(engine);
        let filed = world.key("acme").file(&grave("A-1"));
        let seller = filed["sellers"][0]["seller_id"].as_str().unwrap();
        let shared = json!({ "members": 5, "reports": 1, "months": 3, "platforms": 5, "storefronts": 3 });
        assert_eq!(risk_of(&world.key("bolt"), seller), json!({ "score": 17, "terms": shared }));
        let mut all = shared;
        all["proof"] = json!(15);
        all["safety"] = json!(5);
        all["recurrence"] = json!(5);
        assert_eq!(risk_of(&world.key("taobao"), seller), json!({ "score": 42, "terms": all }));
        for member in ["bolt", "cora"] {
            world.key(member).file(&grave("X-1"));
        }
        assert_eq!(risk_of(&world.key("acme"), seller)["terms"]["members"], 15);
    }

    fn the_list_by_risk_has_the_highest_first_and_no_page_skips_any(engine) {
        let world = World::new(engine);
        let (acme, bolt, cora) = (world.key("acme"), world.key("bolt"), world.key("cora"));
        acme.file(&grave("A-1"));
        for n in 0..5 {
            acme.file(&report(&format!("A-2{n}"), &["alliance"], &[email(&format!("a{n}@bags.shop"))]));
        }
        for member in [&acme, &bolt, &cora] {
            member.file(&report("A-3", &["alliance"], &[email("much@bags.shop")]));
        }
        let by_risk = scores(&cora, "order=risk");
        assert_eq!(by_risk, [20, 17, 9, 9, 9, 9, 9]);
        assert_eq!(scores(&cora, "order=risk&minimum_risk=17"), [20, 17]);
        assert_eq!(scores(&cora, "minimum_risk=18&order=last_seen"), [20]);
        assert!(scores(&cora, "minimum_risk=100").is_empty());
        let by_day = format!("{SELLERS}?limit=2");
        let cursor = cora.get(&by_day).expect(200).json()["next"].as_str().unwrap().to_owned();
        cora.get(&format!("{by_day}&order=risk&cursor={cursor}")).problem(400, "bad-cursor");
    }

    fn a_seller_comes_into_the_part_above_a_score_and_is_told_once_when_it_falls_out(engine) {
        let world = World::new(engine);
        let (acme, bolt, cora) = (world.key("acme"), world.key("bolt"), world.key("cora"));
        let part = "/v1/groups/alliance/feed?limit=3&minimum_risk=19";
        let mut copy = Copy::default();
        let mut filed = Vec::new();
        for member in [&acme, &bolt] {
            filed.push(member.file(&report("A-1", &["alliance"], &[email("much@bags.shop")])));
            copy.read_on(&cora, part);
        }
        assert!(copy.told.is_empty(), "two members are as one to a peer: {:?}", copy.told);
        cora.file(&report("A-1", &["alliance"], &[email("much@bags.shop")]));
        copy.read_on(&cora, part);
        assert_eq!((copy.told.len(), &copy.told[0]["kind"]), (1, &json!("created")), "{:?}", copy.told);
        assert_eq!(copy.sellers, listed(&cora, "alliance", "minimum_risk=19"));
        acme.retract(filed[0]["id"].as_str().unwrap());
        bolt.retract(filed[1]["id"].as_str().unwrap());
        copy.read_on(&cora, part);
        assert_eq!((copy.told.len(), &copy.told[1]["kind"]), (2, &json!("removed")), "{:?}", copy.told);
        assert!(copy.sellers.is_empty() && listed(&cora, "alliance", "minimum_risk=19").is_empty());
        assert_eq!(listed(&cora, "alliance", "").len(), 1);
    }
}
