//! What the lens shows and hides, over HTTP.

use serde_json::json;

use crate::support::forms::{phone, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

const NUMBER: &str = "+86 13812341234";
const MASKED: &str = "+86 138****1234";

on_both_engines! {
    fn a_shared_report_shows_what_it_holds_until_it_is_retracted_and_a_draft_shows_nothing(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let filed = acme.file(&report("A-1", &["alliance"], &[phone(NUMBER)]));
        let path = format!("/v1/groups/alliance/sellers/{}", filed["sellers"][0]["seller_id"].as_str().unwrap());
        let shown = || bolt.get(&path).expect(200).json()["identifiers"][0]["value"].clone();
        assert_eq!(shown(), MASKED);
        bolt.file(&report("B-draft", &[], &[phone(NUMBER)]));
        assert_eq!(shown(), MASKED);
        // A drop box is enough: the statement is signed, and the member holds the value.
        let own = bolt.file(&report("B-1", &["platform:ebay"], &[phone(NUMBER)]));
        assert_eq!(shown(), NUMBER);
        bolt.retract(own["id"].as_str().unwrap());
        assert_eq!(shown(), MASKED);
    }

    fn classes_of_goods_show_to_peers_from_four_members_on(engine) {
        let mut world = World::new(engine);
        world.add_member("dora", "brand");
        world.add_member("emil", "brand");
        let shop = shop("https://shop11002233.taobao.com");
        let mut path = String::new();
        for (n, member) in ["acme", "bolt", "cora", "dora"].iter().enumerate() {
            if n > 0 {
                let view = world.key("emil").get(&path).expect(200).json();
                assert!(view["goods"].is_null(), "{n} members: {view}");
            }
            let mut form = report(&format!("{member}-1"), &["alliance"], std::slice::from_ref(&shop));
            form["goods"] = json!([{ "category": "footwear", "nice_class": 25, "brand": member }]);
            let filed = world.key(member).file(&form);
            path = format!("/v1/groups/alliance/sellers/{}", filed["sellers"][0]["seller_id"].as_str().unwrap());
        }
        let view = world.key("emil").get(&path).expect(200).json();
        assert_eq!(view["goods"], json!({ "nice_classes": [25], "categories": ["footwear"] }));
        assert_eq!((&view["reports"], &view["members"]), (&json!("3-5"), &json!("3-5")));
    }

    fn a_change_that_a_peer_cannot_see_is_no_event_of_its_feed_but_is_one_of_the_platforms(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let mut form = report("A-1", &["alliance"], &[shop("https://shop11002233.taobao.com")]);
        let filed = acme.file(&form);
        let (peer, platform) = (world.key("cora"), world.key("taobao"));
        let before = (peer.feed("alliance"), platform.feed("alliance").len());
        form["value"] = json!({ "currency": "CNY", "method": "estimate", "sales_minor": 1_000 });
        let path = format!("/v1/reports/{}", filed["id"].as_str().unwrap());
        let request = acme.request(reqwest::Method::PUT, &path).header("if-match", "\"r1\"");
        acme.send_and_wait(request.json(&form)).expect(200);
        assert_eq!(peer.feed("alliance"), before.0);
        assert_eq!(platform.feed("alliance").len(), before.1 + 1);
    }
}
