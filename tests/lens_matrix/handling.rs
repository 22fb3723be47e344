//! The label and the permitted actions go wherever something of a report goes.

use serde_json::{Value, json};

use super::{SHOP, path_of, read, typed};
use crate::support::forms::{company, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

fn terms(of: &Value) -> (Value, Value) {
    (of["tlp"].clone(), of["permitted_actions"].clone())
}

on_both_engines! {
    fn every_answer_that_is_made_from_reports_has_the_strictest_terms_of_them(engine) {
        let world = World::new(engine);
        let file = |member: &str, tlp: &str, actions: &[&str], identifiers: &[Value]| {
            let mut form = report("R-1", &["alliance"], identifiers);
            form["tlp"] = json!(tlp);
            form["permitted_actions"] = json!(actions);
            path_of(&world.key(member).file(&form))
        };
        // A site on which two companies contradict each other: a candidate.
        let domain = typed("domain", "cheap-bags.shop");
        let of = |number: &str| [domain.clone(), company("GB", number), shop(SHOP)];
        let [internal, direct] = ["internally-visible-actions", "externally-visible-direct-actions"];
        let one = file("acme", "GREEN", &[internal, direct], &of("01234568"));
        let other = [domain.clone(), company("GB", "05551237")];
        let other = file("bolt", "AMBER", &[internal], &other);
        assert_ne!(one, other);
        let both = (json!("AMBER"), json!([internal]));
        let of_one = (json!("GREEN"), json!([internal, direct]));
        for member in ["cora", "taobao"] {
            let client = world.key(member);
            assert_eq!(terms(&read(&client, &one)), of_one, "{member}");
            assert_eq!(terms(&read(&client, &format!("{one}/links"))), of_one, "{member}");
            let id = other.rsplit('/').next().unwrap();
            assert_eq!(terms(&read(&client, &format!("{one}/apart?other={id}"))), both, "{member}");
            let candidates = client.all("/v1/groups/alliance/candidates");
            assert_eq!(candidates.len(), 1, "{member}");
            assert_eq!(terms(&candidates[0]), both, "{member}");
            let listed = client.all("/v1/groups/alliance/sellers");
            assert!(listed.iter().any(|seller| terms(seller) == of_one), "{member}");
            assert!(client.feed("alliance").iter().any(|event| terms(&event["seller"]) == of_one), "{member}");
            let asked = json!({ "identifiers": [shop(SHOP)] });
            let found = client.post("/v1/groups/alliance/match", &asked).expect(200).json();
            assert_eq!(terms(&found["items"][0]["seller"]), of_one, "{member}");
        }
        // Whoever sees a report itself reads the report's own terms.
        assert_eq!(terms(&read(&world.key("taobao"), &one)["contributions"][0]), of_one);
    }

    fn reports_that_permit_nothing_in_common_permit_nothing(engine) {
        let world = World::new(engine);
        let mut path = String::new();
        for (member, action) in [("acme", "internally-visible-actions"), ("bolt", "contact-for-instruction")] {
            let mut form = report("R-1", &["alliance"], &[shop(SHOP)]);
            form["permitted_actions"] = json!([action]);
            path = path_of(&world.key(member).file(&form));
        }
        assert_eq!(read(&world.key("cora"), &path)["permitted_actions"], json!(["none"]));
        // One that says nothing forbids nothing.
        world.key("cora").file(&report("R-1", &["alliance"], &[shop(SHOP)]));
        assert_eq!(read(&world.key("cora"), &path)["permitted_actions"], json!(["none"]));
    }
}
