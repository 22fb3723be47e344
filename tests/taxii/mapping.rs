//! What stands for what: an object is only what the reader's lens shows in full.

use serde_json::json;

use super::{at, extension, items, of_type};
use crate::support::forms::{company, email, phone, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

on_both_engines! {
    fn a_peer_gets_what_is_public_as_objects_and_the_rest_as_masks(engine) {
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

        let path = at("alliance", "objects/?limit=1000");
        // Also to the member that reported it: an object is the same for everybody.
        let replies = ["acme", "bolt"].map(|slug| world.key(slug).get(&path).expect(200));
        assert_eq!(replies[0].text, replies[1].text);
        let text = &replies[0].text;
        assert!(!text.contains("wei.zhang") && !text.contains("Zhang Wei") && !text.contains("12341234"), "{text}");
        let objects = items(&replies[0].json(), "objects");
        let [actor] = of_type(&objects, "threat-actor")[..] else { panic!("{text}") };
        assert_eq!((&actor["name"], &actor["aliases"]), (&json!("Bags and More"), &json!(["The Bag Shop"])));
        assert_eq!(actor["first_seen"], "2026-03-01T00:00:00.000Z");
        let told = extension(actor);
        assert_eq!((&told["extension_type"], &told["lens"], &told["reports"]), (&json!("property-extension"), &json!("peer"), &json!("1-2")));
        let values: Vec<_> = told["identifiers"].as_array().unwrap().iter().map(|one| one["value"].as_str().unwrap()).collect();
        assert!(values.contains(&"j***@163.com") || values.contains(&"w***@163.com"), "{values:?}");
        assert_eq!(of_type(&objects, "email-addr").len(), 0);
        assert_eq!(of_type(&objects, "url")[0]["value"], "https://bags.shop/it's");
        let patterns: Vec<_> = of_type(&objects, "indicator").into_iter().map(|one| one["pattern"].clone()).collect();
        assert!(patterns.contains(&json!(r"[url:value = 'https://bags.shop/it\'s']")), "{patterns:?}");
        assert!(patterns.contains(&json!("[domain-name:value = 'bags.shop']")), "{patterns:?}");
        assert_eq!(of_type(&objects, "infrastructure").len(), 1);
        assert_eq!(of_type(&objects, "user-account")[0]["account_type"], "taobao");
        let names: Vec<_> = of_type(&objects, "identity").into_iter().map(|one| one["name"].clone()).collect();
        assert!(names.contains(&json!("Bags Trading Ltd")), "{names:?}");
        let [sighting] = of_type(&objects, "sighting")[..] else { panic!("{text}") };
        assert!(sighting.get("count").is_none() && sighting["summary"] == true, "{sighting}");
        let green = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";
        assert_eq!(actor["object_marking_refs"], json!([green]));
    }

    fn the_platform_that_hosts_a_seller_gets_all_of_it(engine) {
        let world = World::new(engine);
        let seller = [shop("https://shop88026.taobao.com"), email("wei.zhang@163.com")];
        let mut form = report("A-1", &["alliance"], &seller);
        form["value"] = json!({ "currency": "CNY", "method": "actual_sale", "sales_minor": 500_000 });
        world.key("acme").file(&form);
        let objects = |slug: &str| items(&world.key(slug).get(&at("alliance", "objects/?limit=1000")).expect(200).json(), "objects");
        let host = objects("taobao");
        assert_eq!(of_type(&host, "email-addr")[0]["value"], "wei.zhang@163.com");
        assert_eq!(of_type(&host, "sighting")[0]["count"], 1);
        let told = extension(of_type(&host, "threat-actor")[0]);
        assert_eq!((&told["lens"], &told["contributions"][0]["reporter"]), (&json!("platform"), &json!("The acme company")));
        assert_eq!(told["value"][0]["sales_minor"], 500_000);
        // Another platform is a peer of it, under ids of its own.
        let other = objects("ebay");
        assert_eq!(of_type(&other, "email-addr").len(), 0);
        let id = |objects: &[serde_json::Value]| of_type(objects, "threat-actor")[0]["id"].clone();
        assert!(id(&host) != id(&other) && id(&other) != id(&objects("acme")));
    }
}
