//! Identifiers whose audience is narrower than their report's.

use serde_json::{Value, json};

use super::{PHONE, SHOP, is_without, path_of, read, revise, shown, typed};
use crate::support::forms::{company, email, phone, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

fn narrow(mut identifier: Value, audience: &str) -> Value {
    identifier["audience"] = json!(audience);
    identifier
}

/// How many profiles of `alliance` a member finds by a query.
fn found(world: &World, member: &str, query: &str) -> usize {
    let page = read(&world.key(member), &format!("/v1/groups/alliance/sellers?{query}"));
    page["items"].as_array().unwrap().len()
}

on_both_engines! {
    fn a_value_for_platforms_is_shown_to_the_host_and_is_for_a_peer_as_if_it_were_not_there(engine) {
        let world = World::new(engine);
        let (acme, cora, taobao) = (world.key("acme"), world.key("cora"), world.key("taobao"));
        let plain = report("A-1", &["alliance"], &[shop(SHOP)]);
        let path = path_of(&acme.file(&plain));
        let of_peers = ["bolt", "cora", "ebay"].map(|member| read(&world.key(member), &path));
        let feeds = ["bolt", "cora", "ebay"].map(|member| world.key(member).feed("alliance"));

        let mut form = plain.clone();
        form["seller"]["identifiers"] = json!([
            shop(SHOP),
            narrow(phone(PHONE), "platforms"),
            narrow(typed("domain", "cheap-bags.shop"), "platforms"),
            narrow(company("GB", "01234568"), "platforms"),
            narrow(email("jian.li@163.com"), "own"),
        ]);
        let filed = read(&acme, &format!("/v1/reports/{}", acme.all("/v1/reports")[0]["id"].as_str().unwrap()));
        let filed = revise(&acme, &filed, &form);
        // Its own member reads each with its audience.
        let audiences: Vec<_> =
            filed["seller"]["identifiers"].as_array().unwrap().iter().map(|one| one["audience"].clone()).collect();
        assert_eq!(audiences, [json!(null), json!("platforms"), json!("platforms"), json!("platforms"), json!("own")]);

        // Not a byte of any peer's has changed, and no event came.
        assert_eq!(["bolt", "cora", "ebay"].map(|member| read(&world.key(member), &path)), of_peers);
        assert_eq!(["bolt", "cora", "ebay"].map(|member| world.key(member).feed("alliance")), feeds);
        let links = cora.get(&format!("{path}/links")).expect(200);
        is_without(&links.text, &["138", "cheap-bags", "01234568", "jian.li"]);

        let whole = taobao.get(&path).expect(200);
        is_without(&whole.text, &["jian.li"]);
        let whole = whole.json();
        assert_eq!(shown(&whole, "phone"), [("+86 13812341234".to_owned(), false)]);
        let told = whole["identifiers"].as_array().unwrap().iter().find(|one| one["type"] == "domain").unwrap();
        assert_eq!((&told["value"], &told["audience"]), (&json!("cheap-bags.shop"), &json!("platforms")));
        assert_eq!(whole["countries"], json!(["CN", "GB"]));
        let matched = |member: &str, identifier: Value| {
            let asked = json!({ "identifiers": [identifier] });
            let found = world.key(member).post("/v1/groups/alliance/match", &asked).expect(200).json();
            found["items"].as_array().unwrap().len()
        };
        assert_eq!(["acme", "bolt", "cora", "ebay", "taobao"].map(|member| matched(member, phone(PHONE))), [0, 0, 0, 0, 1]);
        for query in ["identifier_type=domain&identifier=cheap-bags.shop", "country=GB"] {
            let all = ["acme", "bolt", "cora", "ebay", "taobao"].map(|member| found(&world, member, query));
            assert_eq!(all, [0, 0, 0, 0, 1], "{query}");
        }
        for member in ["acme", "cora", "taobao"] {
            assert_eq!(matched(member, email("jian.li@163.com")), 0);
        }
    }

    fn a_narrow_value_joins_nobody_and_unmasks_nothing(engine) {
        let world = World::new(engine);
        let domain = typed("domain", "cheap-bags.shop");
        let file = |member: &str, identifiers: &[Value]| {
            path_of(&world.key(member).file(&report("R-1", &["alliance"], identifiers)))
        };
        let open = file("acme", &[shop(SHOP), domain.clone(), phone(PHONE)]);
        for (member, audience) in [("bolt", "platforms"), ("cora", "own")] {
            let name = typed("business_name", &format!("The shop of {member}"));
            let apart = file(member, &[name, narrow(domain.clone(), audience), narrow(phone(PHONE), audience)]);
            assert_ne!(apart, open, "{audience}");
            // What is not put before the readers is no proof of holding it.
            assert_eq!(shown(&read(&world.key(member), &open), "phone"), [("+86 138****1234".to_owned(), true)]);
        }
        assert_eq!(world.key("cora").all("/v1/groups/alliance/sellers").len(), 3);
    }

    fn a_shop_that_the_reporter_keeps_to_itself_makes_nobody_its_host(engine) {
        let world = World::new(engine);
        let identifiers = [typed("domain", "cheap-bags.shop"), narrow(shop(SHOP), "own")];
        let mut form = report("A-1", &["alliance"], &identifiers);
        form["narrative"] = json!("Bought two of them.");
        let filed = world.key("acme").file(&form);
        let path = path_of(&filed);
        assert_eq!(read(&world.key("taobao"), &path)["lens"], "peer");
        form["seller"]["identifiers"] = json!([typed("domain", "cheap-bags.shop"), narrow(shop(SHOP), "platforms")]);
        revise(&world.key("acme"), &filed, &form);
        assert_eq!(read(&world.key("taobao"), &path)["lens"], "platform");
        assert_eq!(read(&world.key("ebay"), &path)["lens"], "peer");
        assert_eq!(found(&world, "cora", "platform=taobao"), 0);
        assert_eq!(found(&world, "taobao", "platform=taobao"), 1);
    }

    fn of_two_audiences_for_one_value_the_narrower_holds_and_an_unknown_one_is_a_fault(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let twice = [shop(SHOP), phone(PHONE), narrow(phone("0086 138 1234 1234"), "own")];
        let path = path_of(&acme.file(&report("A-1", &["alliance"], &twice)));
        assert!(shown(&read(&world.key("taobao"), &path), "phone").is_empty());
        let wrong = report("A-2", &["alliance"], &[narrow(shop(SHOP), "everybody")]);
        let refused = acme.post("/v1/reports", &wrong).problem(422, "invalid");
        assert_eq!(refused, [("/seller/identifiers/0/audience".to_owned(), "not_allowed".to_owned())]);
    }

    fn a_preview_says_what_an_audience_does_not_get(engine) {
        let world = World::new(engine);
        let identifiers = [
            shop(SHOP),
            narrow(typed("domain", "cheap-bags.shop"), "platforms"),
            narrow(phone(PHONE), "platforms"),
            narrow(email("jian.li@163.com"), "own"),
        ];
        let form = report("A-1", &["alliance"], &identifiers);
        let preview = world.key("acme").post("/v1/reports/preview", &form).expect(200).json();
        let outcomes = |class: &str| -> Vec<Value> {
            let audiences = preview["audiences"].as_array().unwrap();
            let one = audiences.iter().find(|one| one["class"] == class).unwrap();
            one["fields"].as_array().unwrap()[..2].iter().map(|field| field["shown"].clone()).collect()
        };
        assert_eq!(outcomes("peer"), ["partly", "left_out"]);
        assert_eq!(outcomes("platform:taobao"), ["full", "partly"]);
    }
}
