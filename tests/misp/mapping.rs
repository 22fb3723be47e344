//! What stands for what: an attribute is only what the reader's lens shows in full.

use serde_json::json;

use super::{at, events, manifest, values};
use crate::support::forms::{company, email, phone, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

on_both_engines! {
    fn a_peer_gets_what_is_public_and_nothing_that_is_masked(engine) {
        let world = World::new(engine);
        let seller = [
            shop("https://shop88026.taobao.com"),
            json!({ "type": "url", "value": "https://bags.shop/it's" }),
            json!({ "type": "domain", "value": "bags.shop" }),
            json!({ "type": "business_name", "value": "Bags Trading Ltd" }),
            json!({ "type": "person_name", "value": "Zhang Wei" }),
            email("wei.zhang@163.com"),
            phone("+86 138 1234 1234"),
            company("GB", "09446231"),
        ];
        let mut form = report("A-1", &["alliance"], &seller);
        form["seller"]["display_names"] = json!(["Bags and More", "The Bag Shop"]);
        world.key("acme").file(&form);

        // Also to the member that reported it: a feed is the same for everybody.
        let clients = ["acme", "bolt"].map(|slug| world.key(slug));
        let texts = clients.each_ref().map(|client| {
            let ids = manifest(client, "alliance").into_keys().map(|id| format!("{id}.json"));
            let files = std::iter::once("manifest.json".to_owned()).chain(ids);
            files.map(|file| client.get(&at("alliance", &file)).expect(200).text).collect::<String>()
        });
        assert_eq!(texts[0], texts[1]);
        for hidden in ["wei.zhang", "163.com", "Zhang Wei", "1234", "****", "acme", "Ada Analyst"] {
            assert!(!texts[0].contains(hidden), "{hidden} in {}", texts[0]);
        }
        let found = events(&clients[1], "alliance");
        let [event] = &found[..] else { panic!("{found:?}") };
        let values = values(event);
        for (kind, value) in [
            ("user-account.user-id", "88026"),
            ("user-account.account-type", "taobao"),
            ("url.url", "https://bags.shop/it's"),
            ("domain-ip.domain", "bags.shop"),
            ("organization.name", "Bags Trading Ltd"),
            ("text", "Bags and More, The Bag Shop"),
            ("text", "09446231"),
        ] {
            let is_there = values.iter().any(|(of, said)| of == kind && said.contains(value));
            assert!(is_there, "{kind} {value} in {values:?}");
        }
        assert!(values.iter().all(|(kind, _)| !kind.starts_with("phone") && !kind.starts_with("person")), "{values:?}");
        let told = event["Attribute"][0]["comment"].as_str().unwrap();
        assert_eq!(told, "Reports: 1-2. Members that reported: 1-2. First seen 2026-03, last seen 2026-04. Risk: 9 of 100.");
        assert!(event["info"].as_str().unwrap().contains("allegation"), "{event}");
        let tags: Vec<_> = event["Tag"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
        assert_eq!(tags[0], "tlp:green");
        assert_eq!((&event["distribution"], &event["threat_level_id"]), (&json!("0"), &json!("4")));
        assert_eq!(event["date"], "2026-06-01");
        assert!(!event.to_string().contains("\"to_ids\":true"), "{event}");
    }

    fn the_platform_that_hosts_a_seller_gets_all_of_it_under_ids_of_its_own(engine) {
        let world = World::new(engine);
        let seller = [
            shop("https://shop88026.taobao.com"),
            email("wei.zhang@163.com"),
            phone("+86 138 1234 1234"),
            json!({ "type": "person_name", "value": "Zhang Wei" }),
            json!({ "type": "bank_account", "value": "6214830109876543", "bank_code": "CMBCCNBS" }),
        ];
        world.key("acme").file(&report("A-1", &["alliance"], &seller));
        let of = |slug: &str| events(&world.key(slug), "alliance").remove(0);
        let (host, other) = (of("taobao"), of("ebay"));
        let found = values(&host);
        for (kind, value) in [
            ("email", "wei.zhang@163.com"),
            ("phone-number.phone-number", "+8613812341234"),
            ("person.full-name", "Zhang Wei"),
            ("bank-account.account", "6214830109876543"),
            ("bank-account.institution-code", "CMBCCNBS"),
        ] {
            assert!(found.contains(&(kind.to_owned(), value.to_owned())), "{kind} {value} in {found:?}");
            assert!(!values(&other).iter().any(|(_, said)| said == value), "{other}");
        }
        let group = host["Orgc"].clone();
        assert_eq!((&group, &host["Orgc"]["name"]), (&other["Orgc"], &json!("The alliance")));
        assert!(host["uuid"] != other["uuid"] && host["uuid"] != of("bolt")["uuid"]);
    }
}
