//! When what a viewer sees changes, and when it does not.

use reqwest::Method;
use serde_json::{Value, json};

use super::{PHONE, SHOP, path_of, read, revise, shown};
use crate::support::forms::{email, phone, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

on_both_engines! {
    fn a_change_that_a_peer_cannot_see_is_none_for_it_and_one_for_the_platform(engine) {
        let world = World::new(engine);
        let (acme, taobao) = (world.key("acme"), world.key("taobao"));
        let mut form = report("A-1", &["alliance"], &[shop(SHOP), phone(PHONE)]);
        let filed = acme.file(&form);
        let path = path_of(&filed);
        let seen = |member: &str| {
            let client = world.key(member);
            let seller = client.get(&path).expect(200);
            let links = client.get(&format!("{path}/links")).expect(200);
            (seller.header("etag"), seller.text, links.header("etag"), client.feed("alliance"))
        };
        let before = [seen("cora"), seen("ebay")];
        let whole = read(&taobao, &path);
        let events = taobao.feed("alliance").len();

        world.app.clock.advance(3_600);
        form["narrative"] = json!("Bought on 3 March.");
        form["value"] = json!({ "currency": "CNY", "method": "actual_sale", "sales_minor": 700_001 });
        form["goods"] = json!([{ "category": "footwear", "nice_class": 25, "brand": "Wingtip" }]);
        form["first_seen"] = json!("2026-03-28");
        form["attribution"] = json!("anonymous");
        revise(&acme, &filed, &form);

        assert_eq!([seen("cora"), seen("ebay")], before);
        let now = read(&taobao, &path);
        assert_eq!((&now["revision"], &whole["revision"]), (&json!(2), &json!(1)));
        assert!(now["modified_at"].as_str() > whole["modified_at"].as_str());
        assert_eq!(now["created_at"], whole["created_at"]);
        let feed = taobao.feed("alliance");
        assert_eq!(feed.len(), events + 1);
        assert_eq!(feed.last().unwrap()["kind"], "updated");

        // What a peer sees too is a change for everybody.
        form["seller"]["display_names"] = json!(["Best Bags"]);
        let filed = read(&acme, &format!("/v1/reports/{}", filed["id"].as_str().unwrap()));
        revise(&acme, &filed, &form);
        assert_eq!(read(&world.key("cora"), &path)["revision"], 2);
        assert_eq!(read(&taobao, &path)["revision"], 3);
    }

    fn a_seller_answers_304_until_something_changes_that_the_viewer_sees(engine) {
        let world = World::new(engine);
        let filed = world.key("acme").file(&report("A-1", &["alliance"], &[shop(SHOP), phone(PHONE)]));
        let path = path_of(&filed);
        let conditional = |member: &str, tag: &str| {
            let client = world.key(member);
            client.send(client.request(Method::GET, &path).header("if-none-match", tag))
        };
        let tags = ["cora", "taobao"].map(|member| world.key(member).get(&path).expect(200).header("etag"));
        for (member, tag) in ["cora", "taobao"].into_iter().zip(&tags) {
            let same = conditional(member, tag).expect(304);
            assert_eq!((same.text.as_str(), same.header("etag")), ("", tag.clone()));
            conditional(member, "\"another\"").expect(200);
        }

        // A second report within the band, in the same months: nothing that a peer sees.
        world.key("bolt").file(&report("B-1", &["alliance"], &[shop(SHOP)]));
        conditional("cora", &tags[0]).expect(304);
        assert_ne!(conditional("taobao", &tags[1]).expect(200).header("etag"), tags[1]);

        world.key("bolt").file(&report("B-2", &["alliance"], &[shop(SHOP), email("jian.li@163.com")]));
        assert_ne!(conditional("cora", &tags[0]).expect(200).header("etag"), tags[0]);
    }

    fn a_value_that_the_viewer_holds_is_shown_to_it_until_its_own_report_has_it_no_more(engine) {
        let world = World::new(engine);
        let (acme, cora) = (world.key("acme"), world.key("cora"));
        let filed = world.key("bolt").file(&report("B-1", &["alliance"], &[shop(SHOP), phone(PHONE)]));
        let path = path_of(&filed);
        let phones = |member: &str| shown(&read(&world.key(member), &path), "phone");
        let masked = [("+86 138****1234".to_owned(), true)];
        let open = [("+86 13812341234".to_owned(), false)];
        assert_eq!(phones("acme"), masked);

        let mut form = report("A-1", &["alliance"], &[shop(SHOP), phone("0086-138 1234 1234")]);
        let filed = acme.file(&form);
        assert_eq!((phones("acme"), phones("cora")), (open.to_vec(), masked.to_vec()));

        // A revision without the value gives it up, one with it takes it up again.
        form["seller"]["identifiers"] = json!([shop(SHOP)]);
        let filed = revise(&acme, &filed, &form);
        assert_eq!(phones("acme"), masked);
        form["seller"]["identifiers"] = json!([shop(SHOP), phone(PHONE)]);
        let filed = revise(&acme, &filed, &form);
        assert_eq!(phones("acme"), open);

        // Without waiting until the retraction is worked in: the answer to it is enough.
        acme.delete(&format!("/v1/reports/{}", filed["id"].as_str().unwrap())).expect(204);
        assert_eq!(phones("acme"), masked);
        for reader in [&acme, &cora] {
            let asked = json!({ "identifiers": [phone(PHONE)] });
            assert_eq!(reader.post("/v1/groups/alliance/match", &asked).expect(200).json()["items"], json!([]));
        }
        let own: Value = read(&acme, &format!("/v1/reports/{}", filed["id"].as_str().unwrap()));
        assert_eq!(own["state"], "retracted");
    }
}
