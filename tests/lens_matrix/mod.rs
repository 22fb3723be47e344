//! The lens over HTTP, cell by cell of its matrix: what a peer, the hosting platform and another
//! platform see of one seller.

mod cells;
mod changes;
mod gaps;
mod handling;
mod k;
mod narrow;
mod owners;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::forms::{email, phone, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

const SHOP: &str = "https://shop110022.taobao.com";
const PHONE: &str = "+86 138 1234 1234";

fn typed(kind: &str, value: &str) -> Value {
    json!({ "type": kind, "value": value })
}

/// Where the alliance has the seller that a report is part of.
fn path_of(filed: &Value) -> String {
    format!("/v1/groups/alliance/sellers/{}", filed["sellers"][0]["seller_id"].as_str().unwrap())
}

fn read(client: &Client, path: &str) -> Value {
    client.get(path).expect(200).json()
}

fn revise(client: &Client, filed: &Value, form: &Value) -> Value {
    let path = format!("/v1/reports/{}", filed["id"].as_str().unwrap());
    let request = client
        .request(Method::PUT, &path)
        .header("if-match", format!("\"r{}\"", filed["revision"]))
        .json(form);
    client.send_and_wait(request).expect(200).json()
}

/// The values of one type on a seller, each with whether it is masked, sorted.
fn shown(seller: &Value, kind: &str) -> Vec<(String, bool)> {
    let all = seller["identifiers"].as_array().unwrap().iter().filter(|one| one["type"] == kind);
    let mut values: Vec<(String, bool)> = all
        .map(|one| (one["value"].as_str().unwrap().to_owned(), one["masked"].as_bool().unwrap()))
        .collect();
    values.sort();
    values
}

#[track_caller]
fn is_without(text: &str, secrets: &[&str]) {
    for secret in secrets {
        assert!(!text.contains(secret), "{secret} shows in {text}");
    }
}

on_both_engines! {
    fn goods_have_a_class_for_a_peer_only_while_four_members_stand_behind_the_seller(engine) {
        let mut world = World::new(engine);
        world.add_member("dora", "brand");
        world.add_member("emil", "brand");
        let (peer, mut last) = (world.key("emil"), Value::Null);
        for (n, member) in ["acme", "acme", "bolt", "cora", "dora"].into_iter().enumerate() {
            let mut form = report(&format!("R-{n}"), &["alliance"], &[shop(SHOP)]);
            let goods = json!({ "category": "Footwear", "nice_class": 25, "brand": "Wingtip", "model": "M-3" });
            form["goods"] = json!([goods]);
            form["rights"] = json!([{ "type": "trade_mark", "mark": "WINGTIP", "nice_classes": [18, 25] }]);
            last = world.key(member).file(&form);
            let seller = peer.get(&path_of(&last)).expect(200);
            is_without(&seller.text, &["Wingtip", "WINGTIP", "M-3"]);
            let classes = json!({ "nice_classes": [18, 25], "categories": ["footwear"] });
            let expected = if member == "dora" { classes } else { Value::Null };
            assert_eq!(seller.json()["goods"], expected, "after {member}");
        }
        let path = path_of(&last);
        let whole = read(&world.key("taobao"), &path);
        assert_eq!(whole["contributions"][0]["goods"][0]["brand"], "Wingtip");
        assert_eq!(whole["contributions"][0]["rights"][0]["mark"], "WINGTIP");
        world.key("dora").retract(last["id"].as_str().unwrap());
        assert_eq!(read(&peer, &path)["goods"], Value::Null);
    }

    fn personal_values_are_masked_for_a_peer_and_whole_for_the_platform_that_hosts(engine) {
        let world = World::new(engine);
        let identifiers = [
            shop(SHOP),
            email("Jian.Li@163.com"),
            phone(PHONE),
            typed("bank_account", "DE89370400440532013000"),
            typed("person_name", "张伟"),
            json!({ "type": "address", "value": "12 High Street, London", "country": "GB" }),
            typed("business_name", "Best Bags Ltd"),
            typed("domain", "cheap-bags.shop"),
        ];
        let path = path_of(&world.key("acme").file(&report("A-1", &["alliance"], &identifiers)));
        let peer = read(&world.key("bolt"), &path);
        let whole = read(&world.key("taobao"), &path);
        for (kind, masked, open) in [
            ("email", "j***@163.com", "jian.li@163.com"),
            ("phone", "+86 138****1234", "+86 13812341234"),
            ("bank_account", "DE89**************3000", "DE89370400440532013000"),
            ("person_name", "张**", "张伟"),
            ("address", "GB, ***", "12 High Street, London"),
        ] {
            assert_eq!(shown(&peer, kind), [(masked.to_owned(), true)]);
            assert_eq!(shown(&whole, kind), [(open.to_owned(), false)]);
        }
        for (kind, open) in
            [("storefront", "110022"), ("business_name", "Best Bags Ltd"), ("domain", "cheap-bags.shop")]
        {
            assert_eq!(shown(&peer, kind), [(open.to_owned(), false)]);
        }
        let secrets = ["jian.li", "13812341234", "DE8937", "张伟", "High Street", "The acme company"];
        let links = format!("{path}/links");
        let lists = ["/v1/groups/alliance/sellers", "/v1/groups/alliance/feed"];
        for hidden_from in ["bolt", "ebay"] {
            let client = world.key(hidden_from);
            for place in [path.as_str(), links.as_str(), lists[0], lists[1]] {
                is_without(&client.get(place).expect(200).text, &secrets);
            }
        }
    }

    fn dates_are_months_and_counts_are_bands_for_a_peer(engine) {
        let world = World::new(engine);
        let (acme, cora, taobao) = (world.key("acme"), world.key("cora"), world.key("taobao"));
        for n in 1..=11 {
            let (first, last) = (format!("2026-02-{:02}", 28 - n), format!("2026-04-{:02}", 10 + n));
            let mut form = report(&format!("A-{n}"), &["alliance"], &[shop(SHOP)]);
            form["first_seen"] = json!(first);
            form["last_seen"] = json!(last);
            let path = path_of(&acme.file(&form));
            let (peer, whole) = (read(&cora, &path), read(&taobao, &path));
            let band = match n {
                1..=2 => "1-2",
                3..=5 => "3-5",
                6..=10 => "6-10",
                _ => "11+",
            };
            assert_eq!((&peer["reports"], &peer["members"]), (&json!(band), &json!("1-2")));
            assert_eq!((&peer["first_seen"], &peer["last_seen"]), (&json!("2026-02"), &json!("2026-04")));
            assert_eq!((&whole["reports"], &whole["members"]), (&json!(n), &json!(1)));
            assert_eq!((&whole["first_seen"], &whole["last_seen"]), (&json!(first), &json!(last)));
        }
    }

    fn a_platform_reads_whole_what_it_hosts_and_the_rest_as_a_peer(engine) {
        let world = World::new(engine);
        let mut form = report("A-1", &["alliance"], &[shop(SHOP), phone(PHONE)]);
        form["value"] = json!({ "currency": "CNY", "method": "actual_sale", "sales_minor": 700_001 });
        let path = path_of(&world.key("acme").file(&form));
        let mut second = report("B-1", &["alliance"], &[shop(SHOP)]);
        second["value"] = json!({ "currency": "CNY", "method": "estimate", "sales_minor": 100_000 });
        world.key("bolt").file(&second);

        let whole = read(&world.key("taobao"), &path);
        assert_eq!(whole["lens"], "platform");
        assert_eq!((&whole["reports"], &whole["members"]), (&json!(2), &json!(2)));
        assert_eq!(whole["value"][0]["sales_minor"], 800_001);
        assert_eq!(whole["contributions"].as_array().unwrap().len(), 2);
        let peer = read(&world.key("ebay"), &path);
        assert_eq!(peer["lens"], "peer");
        assert_eq!((&peer["reports"], &peer["first_seen"]), (&json!("1-2"), &json!("2026-03")));
        assert_eq!(shown(&peer, "phone"), [("+86 138****1234".to_owned(), true)]);
        assert_eq!((&peer["value"], &peer["contributions"]), (&Value::Null, &Value::Null));
        // Its own drop box gives it no more.
        let boxed = world.key("ebay").get("/v1/groups/platform:ebay/sellers").expect(200);
        assert_eq!(boxed.json()["items"][0]["lens"], "peer");
        is_without(&boxed.text, &["13812341234", "700001", "The acme company"]);
    }

    fn a_platform_that_was_given_one_report_sees_that_one_whole_and_the_rest_as_a_peer(engine) {
        let world = World::new(engine);
        let domain = typed("domain", "cheap-bags.shop");
        let mut given = report("A-1", &["platform:ebay"], &[domain.clone(), phone(PHONE)]);
        given["value"] = json!({ "currency": "CNY", "method": "actual_sale", "sales_minor": 700_001 });
        let mut pooled = report("B-1", &["alliance"], &[domain, phone("+86 139 5678 4321")]);
        pooled["value"] = json!({ "currency": "CNY", "method": "actual_sale", "sales_minor": 900_002 });
        world.key("acme").file(&given);
        world.key("bolt").file(&pooled);

        let page = world.key("ebay").get("/v1/groups/platform:ebay/sellers").expect(200);
        let seller = page.json()["items"][0].clone();
        assert_eq!((&seller["lens"], &seller["reports"]), (&json!("peer"), &json!("1-2")));
        assert_eq!(seller["contributions"].as_array().unwrap().len(), 1);
        assert_eq!(seller["contributions"][0]["reporter"], "The acme company");
        assert_eq!(seller["value"][0]["sales_minor"], 700_001);
        let phones = [("+86 13812341234".to_owned(), false), ("+86 139****4321".to_owned(), true)];
        assert_eq!(shown(&seller, "phone"), phones);
        is_without(&page.text, &["13956784321", "900002", "The bolt company"]);
        // What is only in a drop box is nowhere else.
        for reader in ["cora", "taobao", "ebay"] {
            let alliance = world.key(reader).get("/v1/groups/alliance/sellers").expect(200);
            assert_eq!(alliance.json()["items"].as_array().unwrap().len(), 1);
            is_without(&alliance.text, &["+86 138", "700001", "acme"]);
        }
    }

    fn an_anonymous_reporter_shows_no_name_no_signer_and_no_principal(engine) {
        let world = World::new(engine);
        let mut anonymous = report("A-1", &["alliance"], &[shop(SHOP)]);
        anonymous["attribution"] = json!("anonymous");
        anonymous["on_behalf_of"] = json!("Hidden Holder Ltd");
        anonymous["statement"]["signer"] = json!("Anna Nymous");
        let path = path_of(&world.key("acme").file(&anonymous));
        let mut named = report("B-1", &["alliance"], &[shop(SHOP)]);
        named["on_behalf_of"] = json!("Open Holder Ltd");
        world.key("bolt").file(&named);

        let seller = world.key("taobao").get(&path).expect(200);
        is_without(&seller.text, &["acme", "Hidden Holder", "Anna Nymous"]);
        let contributions = seller.json()["contributions"].as_array().unwrap().clone();
        assert_eq!(contributions.len(), 2);
        let open = contributions.iter().find(|one| !one["reporter"].is_null()).unwrap();
        assert_eq!(open["reporter"], "The bolt company");
        assert_eq!(open["on_behalf_of"], "Open Holder Ltd");
        assert_eq!(open["statement"]["signer"], "Ada Analyst");
    }

    fn a_platform_gets_narrative_evidence_and_test_purchases_only_of_reports_that_say_so(engine) {
        let world = World::new(engine);
        let told = |external_id: &str, story: &str, audience: &[&str]| {
            let mut form = report(external_id, &["alliance"], &[shop(SHOP)]);
            let tool = format!("{story} camera");
            form["narrative"] = json!(story);
            form["evidence_audience"] = json!(audience);
            form["evidence"] = json!([{ "kind": "photo", "sha256": "ab".repeat(32), "tool": tool }]);
            form["test_purchases"] = json!([{ "order_number": format!("{story} order") }]);
            form
        };
        let path = path_of(&world.key("acme").file(&told("A-1", "Told", &["platforms"])));
        world.key("bolt").file(&told("B-1", "Untold", &[]));
        world.key("cora").file(&told("C-1", "Unheard", &["authorities"]));

        let whole = world.key("taobao").get(&path).expect(200);
        for part in ["\"Told\"", "Told camera", "Told order"] {
            assert!(whole.text.contains(part), "{part} is missing in {}", whole.text);
        }
        is_without(&whole.text, &["Untold", "Unheard"]);
        for peer in ["bolt", "ebay"] {
            let seller = world.key(peer).get(&path).expect(200);
            is_without(&seller.text, &["Told", "Untold", "Unheard", "abababab"]);
        }
    }

    fn a_peer_finds_a_seller_by_its_shop_and_not_by_a_personal_value_that_it_does_not_hold(engine) {
        let world = World::new(engine);
        let (name, address) = (typed("person_name", "张伟"), email("jian.li@163.com"));
        let identifiers = [shop(SHOP), phone(PHONE), name.clone(), address.clone()];
        world.key("bolt").file(&report("B-1", &["alliance"], &identifiers));
        let listed = |member: &str, query: &str| {
            let page = read(&world.key(member), &format!("/v1/groups/alliance/sellers?{query}"));
            page["items"].as_array().unwrap().len()
        };
        let matched = |member: &str, identifiers: &[Value]| {
            let body = json!({ "identifiers": identifiers });
            let found = world.key(member).post("/v1/groups/alliance/match", &body).expect(200).json();
            found["items"].as_array().unwrap().iter().map(|one| one["matched"].clone()).collect::<Vec<_>>()
        };
        let by_shop = "identifier_type=storefront&identifier=https%3A%2F%2Fshop110022.taobao.com";
        let by_value = [phone(PHONE), name, address];
        // cora holds none of them, ebay hosts nothing; bolt holds all of them, taobao hosts the shop.
        for (member, finds) in [("cora", 0), ("ebay", 0), ("bolt", 1), ("taobao", 1)] {
            for identifier in &by_value {
                let found = matched(member, std::slice::from_ref(identifier));
                assert_eq!(found.len(), finds, "{member} {identifier}");
            }
            assert_eq!(listed(member, by_shop), 1, "{member}");
        }
        assert_eq!(matched("cora", &[phone(PHONE), shop(SHOP)]), [json!([1])]);
        assert_eq!(matched("bolt", &[phone(PHONE), shop(SHOP)]), [json!([0, 1])]);
    }
}
