//! A report that is shared with no group.

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
