//! Listing judgements and proposals.

use serde_json::Value;

use super::{PATH, file, judge, propose, seller_of, text, undo};
use crate::support::forms::{email, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

fn ids(listed: &[Value]) -> Vec<String> {
    listed.iter().map(|one| text(one, "id")).collect()
}

on_both_engines! {
    fn a_proposal_is_seen_by_its_member_and_by_who_may_judge_and_by_nobody_else(engine) {
        let world = World::new(engine);
        let (acme, bolt, taobao) = (world.key("acme"), world.key("bolt"), world.key("taobao"));
        let shop = |n: u32| shop(&format!("https://shop1100223{n}.taobao.com"));
        let one = seller_of(&acme, &file(&acme, "A-1", &[shop(1)]));
        let other = seller_of(&bolt, &file(&bolt, "B-1", &[shop(2)]));
        let elsewhere = seller_of(&bolt, &file(&bolt, "B-2", &[email("b@bags.shop")]));
        let seen = propose(&acme, &one, &other, "same").expect(201).json();
        world.app.clock.advance(1);
        // taobao hosts only one side of this one.
        let unseen = propose(&acme, &one, &elsewhere, "same").expect(201).json();

        assert_eq!(ids(&acme.all(&format!("{PATH}?limit=1"))), [text(&unseen, "id"), text(&seen, "id")]);
        let listed = taobao.all(PATH);
        assert_eq!(ids(&listed), [text(&seen, "id")]);
        assert_eq!(listed[0]["own"], false);
        assert!(listed[0]["actor"].is_null(), "who proposed would name an anonymous reporter: {listed:?}");
        let page = taobao.get(&format!("{PATH}?limit=1")).expect(200).json();
        assert!(page["next"].is_null(), "what is hidden makes no page: {page}");
        for client in [&bolt, &world.key("ebay"), &world.user("taobao", "reader")] {
            assert!(client.all(PATH).is_empty());
        }

        undo(&acme, &seen);
        assert!(taobao.all(PATH).is_empty());
        assert_eq!(acme.all(PATH).len(), 2);
    }

    fn a_judgement_is_listed_to_its_own_member_only(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let shop = |n: u32| shop(&format!("https://shop1100223{n}.taobao.com"));
        let (one, other) = (file(&acme, "A-1", &[shop(1)]), file(&acme, "A-2", &[shop(2)]));
        judge(&acme, &one, &other, "same").expect(201);
        assert_eq!(world.user("acme", "reader").all(PATH).len(), 1);
        assert!(world.key("taobao").all(PATH).is_empty() && world.key("bolt").all(PATH).is_empty());
        acme.get(&format!("{PATH}?limit=0")).problem(400, "bad-parameter");
        acme.get(&format!("{PATH}?cursor=abc")).problem(400, "bad-cursor");
        world.key("taobao").get("/v1/groups/luxury/judgements").problem(404, "not-found");
    }
}
