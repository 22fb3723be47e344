//! Judging and proposing.

use reqwest::Method;
use serde_json::{Value, json};

use super::{PATH, file, judge, propose, rebuild, said, seller_of, text};
use crate::support::client::Client;
use crate::support::forms::{company, email, phone, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

/// A shop on taobao, so that taobao sees every report of its profile.
fn taobao_shop(n: u32) -> Value {
    shop(&format!("https://shop1100223{n}.taobao.com"))
}

on_both_engines! {
    fn a_platform_that_sees_both_profiles_joins_them_and_everybody_sees_one(engine) {
        let world = World::new(engine);
        let (acme, bolt, taobao) = (world.key("acme"), world.key("bolt"), world.key("taobao"));
        // Two numbers of one register: no key would join them.
        let first = file(&acme, "A-1", &[taobao_shop(1), company("GB", "OE000001")]);
        let second = file(&bolt, "B-1", &[taobao_shop(2), company("GB", "OE000002")]);
        let (older, younger) = (seller_of(&acme, &first), seller_of(&bolt, &second));
        assert_ne!(older, younger);

        let made = judge(&taobao, &older, &younger, "same").expect(201).json();
        assert_eq!((&made["state"], &made["own"]), (&json!("live"), &json!(true)));
        assert_eq!((text(&made, "a"), text(&made, "b")), (older.clone(), younger.clone()));
        assert_eq!((seller_of(&acme, &first), seller_of(&bolt, &second)), (older.clone(), older.clone()));
        acme.get(&format!("/v1/groups/alliance/sellers/{younger}")).expect(308);
        let links = taobao.get(&format!("/v1/groups/alliance/sellers/{older}/links")).expect(200).json();
        assert_eq!(links["links"][0]["class"], "judgement");
        assert_eq!(rebuild(&world), 0);
    }

    fn a_brand_joins_two_reports_of_its_own_by_what_it_knows(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let (one, other) = (file(&acme, "A-1", &[email("a@bags.shop")]), file(&acme, "A-2", &[phone("+86 138 1234 5678")]));
        let theirs = file(&bolt, "B-1", &[phone("+86 138 1234 5678")]);
        judge(&acme, &one, &other, "same").expect(201);
        assert_eq!(seller_of(&acme, &one), seller_of(&acme, &other));
        assert_eq!(seller_of(&acme, &one), seller_of(&bolt, &theirs));
        // The pool of a drop box is another one, and nobody judged there.
        let dropped = world.key("taobao").all("/v1/groups/platform:taobao/sellers");
        assert_eq!(dropped.len(), 2);
    }

    fn two_that_a_person_parts_stay_apart_whatever_joins_them_later_and_after_a_rebuild(engine) {
        let world = World::new(engine);
        let (acme, taobao) = (world.key("acme"), world.key("taobao"));
        let one = file(&acme, "A-1", &[taobao_shop(1), email("a@bags.shop")]);
        let other = file(&acme, "A-2", &[taobao_shop(2), email("a@bags.shop")]);
        assert_eq!(seller_of(&acme, &one), seller_of(&acme, &other));
        judge(&taobao, &one, &other, "different").expect(201);
        let apart = (seller_of(&acme, &one), seller_of(&acme, &other));
        assert_ne!(apart.0, apart.1);

        let bank = json!({ "type": "bank_account", "value": "DE89370400440532013000" });
        let bridge = file(&acme, "A-3", &[email("a@bags.shop"), bank.clone()]);
        file(&world.key("bolt"), "B-1", &[taobao_shop(1), bank.clone()]);
        file(&world.key("cora"), "C-1", &[taobao_shop(2), bank]);
        assert_ne!(seller_of(&acme, &one), seller_of(&acme, &other));
        assert_eq!(rebuild(&world), 0);
        assert_eq!((seller_of(&acme, &one), seller_of(&acme, &other)), apart);
        assert!([&apart.0, &apart.1].contains(&&seller_of(&acme, &bridge)));

        // What was said of a report holds again when the report comes back.
        acme.retract(&other);
        acme.send_and_wait(
            acme.request(reqwest::Method::PUT, &format!("/v1/reports/{other}"))
                .header("if-match", "\"r2\"")
                .json(&report("A-2", &["alliance"], &[taobao_shop(2), email("a@bags.shop")])),
        )
        .expect(200);
        assert_ne!(seller_of(&acme, &one), seller_of(&acme, &other));
    }

    fn the_newest_that_counts_on_one_pair_is_the_last_that_was_said_by_anybody(engine) {
        let world = World::new(engine);
        let (acme, taobao) = (world.key("acme"), world.key("taobao"));
        let one = file(&acme, "A-1", &[taobao_shop(1)]);
        let other = file(&acme, "A-2", &[taobao_shop(2)]);
        judge(&acme, &one, &other, "same").expect(201);
        judge(&taobao, &one, &other, "different").expect(201);
        assert_ne!(seller_of(&acme, &one), seller_of(&acme, &other));
        judge(&acme, &other, &one, "same").expect(201);
        assert_eq!(seller_of(&acme, &one), seller_of(&acme, &other));
        judge(&acme, &one, &other, "unsure").expect(201);
        assert_ne!(seller_of(&acme, &one), seller_of(&acme, &other));
        assert_eq!(rebuild(&world), 0);
    }

    fn what_one_storefront_joins_nobody_parts(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let one = file(&acme, "A-1", &[taobao_shop(1)]);
        let other = file(&acme, "A-2", &[taobao_shop(1), email("a@bags.shop")]);
        let refused = judge(&acme, &one, &other, "different");
        refused.problem(409, "conflict");
        assert!(refused.text.contains("one account is one seller"), "{}", refused.text);
        judge(&acme, &one, &other, "same").expect(201);
        assert_eq!(seller_of(&acme, &one), seller_of(&acme, &other));
    }

    fn who_does_not_see_both_sides_in_full_may_not_judge_but_propose_and_nothing_changes(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let one = file(&acme, "A-1", &[taobao_shop(1)]);
        let other = file(&bolt, "B-1", &[taobao_shop(2)]);
        let sellers = (seller_of(&acme, &one), seller_of(&bolt, &other));
        for client in [&acme, &bolt, &world.key("cora"), &world.key("ebay")] {
            judge(client, &sellers.0, &sellers.1, "same").problem(403, "forbidden");
            let made = propose(client, &sellers.0, &sellers.1, "same").expect(201).json();
            assert_eq!(made["state"], "proposed");
        }
        acme.wait_until_pooled();
        assert_eq!((seller_of(&acme, &one), seller_of(&bolt, &other)), sellers);
        let reader = world.user("taobao", "reader");
        judge(&reader, &sellers.0, &sellers.1, "same").problem(403, "forbidden");
        propose(&reader, &sellers.0, &sellers.1, "same").problem(403, "forbidden");
        assert_eq!(rebuild(&world), 0);
    }

    fn what_the_caller_may_not_know_of_is_answered_like_what_is_not_there(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let own = file(&acme, "A-1", &[email("a@bags.shop")]);
        let theirs = file(&bolt, "B-1", &[email("b@bags.shop")]);
        let draft = text(&acme.file(&report("A-2", &[], &[email("c@bags.shop")])), "id");
        let nobody = format!("rep_{}", "0".repeat(32));
        let asked = |other: &str| propose(&acme, &own, other, "same");
        assert_eq!(asked(&nobody).problem(422, "invalid"), [("/b".to_owned(), "unknown".to_owned())]);
        for hidden in [&theirs, &draft] {
            assert_eq!(asked(hidden).text, asked(&nobody).text);
        }
    }

    fn all_faults_of_a_judgement_are_named_at_once(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let faults = |body: &Value| acme.post(PATH, body).problem(422, "invalid");
        let of = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(at, code)| ((*at).to_owned(), (*code).to_owned())).collect()
        };
        let missing = [("/a", "required"), ("/b", "required"), ("/reason", "required"), ("/verdict", "required")];
        assert_eq!(faults(&json!({})), of(&missing));
        let id = |prefix: &str| format!("{prefix}_{}", "0".repeat(32));
        assert_eq!(faults(&said(&id("rep"), &id("rep"), "same")), of(&[("/b", "duplicate")]));
        assert_eq!(faults(&said(&id("rep"), &id("sel"), "same")), of(&[("/b", "not_allowed")]));
        assert_eq!(faults(&said("mem_1", &id("sel"), "same")), of(&[("/a", "malformed")]));
        let mut long = said(&id("rep"), "rep_1", "same");
        long["reason"] = json!("x".repeat(2_001));
        assert_eq!(faults(&long), of(&[("/b", "malformed"), ("/reason", "too_long")]));
        long["verdict"] = json!("perhaps");
        assert!(faults(&long).iter().any(|(at, _)| at == "/verdict"));
    }

    fn who_waits_is_told_which_profiles_the_two_are_in_by_the_judgement(engine) {
        let world = World::new(engine);
        let (acme, bolt, taobao) = (world.key("acme"), world.key("bolt"), world.key("taobao"));
        let first = file(&acme, "A-1", &[taobao_shop(1), company("GB", "OE000001")]);
        let second = file(&bolt, "B-1", &[taobao_shop(2), company("GB", "OE000002")]);
        let (older, younger) = (seller_of(&acme, &first), seller_of(&bolt, &second));
        let waiting = |client: &Client, body: &Value| {
            client.send(client.request(Method::POST, PATH).json(body).header("prefer", "wait=30")).expect(201).json()
        };
        let made = waiting(&taobao, &said(&older, &younger, "same"));
        assert_eq!(made["sellers"], json!([older, older]));
        world.app.clock.advance(1);
        let parted = waiting(&taobao, &said(&first, &second, "different"));
        assert_eq!(parted["sellers"], json!([older, younger]));
        // A proposal has no outcome, and who does not wait is told none.
        let mut proposed = said(&older, &younger, "same");
        proposed["propose"] = json!(true);
        assert!(waiting(&acme, &proposed)["sellers"].is_null());
        world.app.clock.advance(1);
        assert!(judge(&taobao, &first, &second, "unsure").expect(201).json()["sellers"].is_null());
    }
}
