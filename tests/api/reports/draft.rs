//! A report that is shared with no group.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{revise, sellers, text};
use crate::support::client::Client;
use crate::support::forms::{email, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

fn draft(external_id: &str, address: &str) -> Value {
    let mut draft = report(external_id, &[], &[email(address)]);
    draft.as_object_mut().unwrap().remove("statement");
    draft
}

/// What a reader of the alliance's pool sees of it.
fn pool(reader: &Client) -> Value {
    json!([sellers(reader, "alliance"), reader.feed("alliance")])
}

on_both_engines! {
    fn a_draft_is_pooled_nowhere_and_is_matched_for_its_owner(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let shop = shop("https://shop110022.taobao.com");
        let pooled = bolt.file(&report("B-1", &["alliance"], &[email("jian@bags.shop"), shop.clone()]));
        let others = [bolt, world.key("cora"), world.key("taobao")];
        let before: Vec<Value> = others.iter().map(pool).collect();
        let drop_box = world.key("ebay").feed("platform:ebay");

        let mut form = draft("A-1", "wei@bags.shop");
        form["seller"]["identifiers"] = json!([shop]);
        let made = acme.file(&form);
        assert_eq!((&made["share_with"], &made["sellers"]), (&json!([]), &json!([])));
        let found = acme.get(&format!("/v1/reports/{}/sellers", text(&made, "id"))).expect(200).json();
        assert_eq!(found, json!({ "pending": false, "member_of": [], "matches": pooled["sellers"] }));

        // A personal value would be a free guess at what is masked.
        let stranger = acme.file(&draft("A-2", "jian@bags.shop"));
        let found = acme.get(&format!("/v1/reports/{}/sellers", text(&stranger, "id"))).expect(200).json();
        assert_eq!(found["matches"], json!([]));

        let after: Vec<Value> = others.iter().map(pool).collect();
        assert_eq!(after, before);
        assert_eq!(world.key("ebay").feed("platform:ebay"), drop_box);
        assert_eq!(acme.all("/v1/reports").len(), 2);
    }

    fn a_draft_is_matched_by_a_name_and_an_owner_by_an_address_that_it_holds(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let name = json!({ "type": "business_name", "value": "Best Bags Co., Ltd." });
        let address = json!({ "type": "address", "value": "1 High Street, London", "country": "GB" });
        let named = bolt.file(&report("B-1", &["alliance"], &[name.clone(), email("jian@bags.shop")]));
        let placed = bolt.file(&report("B-2", &["alliance"], &[address.clone(), email("wei@bags.shop")]));
        let matches = |made: &Value| {
            acme.get(&format!("/v1/reports/{}/sellers", text(made, "id"))).expect(200).json()["matches"].clone()
        };
        let mut form = draft("A-1", "other@bags.shop");
        form["seller"]["identifiers"] = json!([name, address]);
        assert_eq!(matches(&acme.file(&form)), named["sellers"]);

        // An address is personal: who holds it in a shared report finds by it.
        let own = acme.file(&report("A-2", &["alliance"], &[address]));
        let found: BTreeSet<String> =
            matches(&own).as_array().unwrap().iter().map(|one| text(one, "seller_id").to_owned()).collect();
        assert_eq!(found.len(), 2, "its own and the other: {found:?}");
        assert!(found.contains(text(&placed["sellers"][0], "seller_id")));
    }

    fn a_draft_that_is_shared_later_joins_the_profile_that_it_pointed_at(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let pooled = bolt.file(&report("B-1", &["alliance"], &[email("jian@bags.shop")]));
        let made = acme.file(&draft("A-1", "jian@bags.shop"));
        let shared = report("A-1", &["alliance"], &[email("jian@bags.shop")]);
        let shared = revise(&acme, text(&made, "id"), "\"r1\"", &shared).expect(200).json();
        assert_eq!(shared["sellers"], pooled["sellers"]);
        assert_eq!(shared["tlp"], "GREEN");
        assert_eq!(sellers(&world.key("taobao"), "alliance").len(), 1);
    }
}
