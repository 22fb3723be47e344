//! What the stop-list does to the pools of a running server.

use serde_json::json;

use super::{file, seller_of};
use crate::support::forms::{email, phone, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

on_both_engines! {
    fn what_comes_with_the_program_links_nobody_alone_or_in_a_pair_and_is_shown_as_before(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let proxy = email("a1b2c3@privaterelay.appleid.com");
        let name = json!({ "type": "business_name", "value": "Domains By Proxy, LLC" });
        let first = file(&acme, "A-1", &[shop("https://shop11002233.taobao.com"), proxy.clone(), name.clone()]);
        let second = file(&bolt, "B-1", &[phone("+86 138 1234 5678"), proxy, name]);
        let (one, other) = (seller_of(&acme, &first), seller_of(&bolt, &second));
        assert_ne!(one, other);
        for id in [&one, &other] {
            let shown = acme.get(&format!("/v1/groups/alliance/sellers/{id}")).expect(200).text;
            assert!(shown.contains("Domains By Proxy"), "{shown}");
        }
        // Who holds the value finds everybody who gave it, as before.
        let found = acme.all("/v1/groups/alliance/sellers?identifier=a1b2c3@privaterelay.appleid.com&identifier_type=email");
        assert_eq!(found.len(), 2);
    }
}
