//! Sharing groups: what is in whose pool, who reads it, and who does not know of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use reqwest::Method;
use serde_json::{Value, json};

use super::{essence, eventually, fault, text};
use crate::support::client::{Client, Reply};
use crate::support::forms::{email, report};
use crate::support::on_both_engines;
use crate::support::world::World;

fn try_group(world: &World, slug: &str, includes_alliance: bool, members: &[&str]) -> Reply {
    let members: Vec<Value> = members
        .iter()
        .map(|slug| json!({ "member_id": world.ids[*slug], "contribute": true, "read": true }))
        .collect();
    let name = format!("The group {slug}");
    let body =
        json!({ "slug": slug, "name": name, "includes_alliance": includes_alliance, "members": members });
    world.owner("operator").post("/v1/admin/groups", &body)
}

fn make_group(world: &World, slug: &str, includes_alliance: bool, members: &[&str]) {
    try_group(world, slug, includes_alliance, members).expect(201);
}

fn sellers(client: &Client, group: &str) -> Vec<Value> {
    client.all(&format!("/v1/groups/{group}/sellers"))
}

/// The slugs of the groups that the client knows of, each with what it may do there.
fn known_groups(client: &Client) -> Vec<(String, bool, bool)> {
    let groups = client.get("/v1/groups").expect(200).json();
    let rights = |group: &Value| (text(&group["slug"]), group["contribute"] == true, group["read"] == true);
    groups["items"].as_array().unwrap().iter().map(rights).collect()
}

/// The groups in which a filed report is part of a profile that its reporter reads.
fn placed_in(filed: &Value) -> Vec<String> {
    filed["sellers"].as_array().unwrap().iter().map(|one| text(&one["group"])).collect()
}

/// Every way to ask for something of a group.
fn ask_everything(client: &Client, group: &str, seller: &str) -> Vec<Reply> {
    let at = |rest: &str| client.get(&format!("/v1/groups/{group}/{rest}"));
    let wanted = json!({ "identifiers": [email("jian.li@163.com")] });
    vec![
        at("sellers"),
        at("sellers?limit=0"),
        at(&format!("sellers/{seller}")),
        at(&format!("sellers/{seller}/links")),
        at(&format!("sellers/{seller}/history")),
        at(&format!("sellers/{seller}/contributions")),
        at("feed"),
        at("feed?cursor=nonsense"),
        client.post(&format!("/v1/groups/{group}/match"), &wanted),
        client.post(&format!("/v1/groups/{group}/match"), &json!({})),
    ]
}

#[track_caller]
fn assert_unknown(client: &Client, group: &str, seller: &str) {
    let asked = ask_everything(client, group, seller);
    for (there, nowhere) in asked.iter().zip(&ask_everything(client, "nowhere", seller)) {
        there.problem(404, "not-found");
        assert_eq!(essence(there), essence(nowhere), "{group}");
    }
}

on_both_engines! {
    fn a_group_that_includes_the_alliance_pools_its_reports_and_never_the_other_way(engine) {
        let world = World::new(engine);
        make_group(&world, "luxury", true, &["acme", "bolt"]);
        let (acme, bolt, cora, taobao) = (world.key("acme"), world.key("bolt"), world.key("cora"), world.key("taobao"));
        let public = acme.file(&report("A-1", &["alliance"], &[email("jian.li@163.com")]));
        assert_eq!(placed_in(&public), ["alliance", "luxury"]);
        let path = format!("/v1/groups/alliance/sellers/{}", text(&public["sellers"][0]["seller_id"]));
        let before = [cora.get(&path).expect(200), acme.get(&path).expect(200), taobao.get(&path).expect(200)];

        let secret = bolt.file(&report("B-1", &["luxury"], &[email("wei.zhang@163.com")]));
        assert_eq!(placed_in(&secret), ["luxury"]);
        // The same seller as the alliance's, but this report is for the group.
        bolt.file(&report("B-2", &["luxury"], &[email("jian.li@163.com")]));
        assert_eq!((sellers(&acme, "luxury").len(), sellers(&bolt, "luxury").len()), (2, 2));
        for reader in [&acme, &bolt, &cora, &taobao] {
            assert_eq!(sellers(reader, "alliance").len(), 1);
            assert_eq!(reader.feed("alliance").len(), 1);
        }
        assert_eq!(sellers(&taobao, "platform:taobao").len(), 1);
        let after = [cora.get(&path), acme.get(&path), taobao.get(&path)];
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(essence(before), essence(after), "a report of the group is told in the alliance");
        }

        acme.retract(&text(&public["id"]));
        assert_eq!((sellers(&acme, "luxury").len(), sellers(&cora, "alliance").len()), (2, 0));
    }

    fn a_group_that_does_not_include_the_alliance_holds_its_own_reports_only(engine) {
        let world = World::new(engine);
        make_group(&world, "duo", false, &["acme", "bolt"]);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let both = acme.file(&report("A-1", &["alliance", "duo"], &[email("jian.li@163.com")]));
        assert_eq!(placed_in(&both), ["alliance", "duo"]);
        assert_ne!(both["sellers"][0]["seller_id"], both["sellers"][1]["seller_id"], "one id tells that two groups know one seller");
        let public = bolt.file(&report("B-1", &["alliance"], &[email("wei.zhang@163.com")]));
        assert_eq!(placed_in(&public), ["alliance"]);
        assert_eq!((sellers(&bolt, "duo").len(), sellers(&bolt, "alliance").len()), (1, 2));
    }

    fn a_group_that_comes_later_holds_the_earlier_reports_of_the_alliance(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        acme.file(&report("A-1", &["alliance"], &[email("jian.li@163.com")]));
        bolt.file(&report("B-1", &["alliance"], &[email("wei.zhang@163.com")]));
        bolt.file(&report("B-2", &["platform:taobao"], &[email("li.na@163.com")]));
        bolt.file(&report("B-3", &[], &[email("draft.li@163.com")]));
        let gone = bolt.file(&report("B-4", &["alliance"], &[email("gone.li@163.com")]));
        bolt.retract(&text(&gone["id"]));

        make_group(&world, "luxury", true, &["acme", "cora"]);
        eventually("the earlier reports are worked in", || sellers(&world.key("cora"), "luxury").len() == 2);
        let events = acme.feed("luxury");
        let numbers: Vec<_> = events.iter().map(|event| (event["number"].clone(), event["kind"].clone())).collect();
        assert_eq!(numbers, [(json!(1), json!("created")), (json!(2), json!("created"))]);
        let later = acme.file(&report("A-2", &["alliance"], &[email("later.li@163.com")]));
        assert_eq!(placed_in(&later), ["alliance", "luxury"]);
        assert_eq!(sellers(&acme, "luxury").len(), 3);
    }

    fn a_group_made_while_reports_arrive_misses_none_of_them(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let enough = Arc::new(AtomicBool::new(false));
        let filing = {
            let (acme, enough) = (acme.clone(), enough.clone());
            std::thread::spawn(move || {
                let mut filed = 0;
                while !enough.load(Ordering::SeqCst) && filed < 300 {
                    let form = report(&format!("A-{filed}"), &["alliance"], &[email(&format!("maker{filed}@163.com"))]);
                    acme.post("/v1/reports", &form).expect(201);
                    filed += 1;
                }
                filed
            })
        };
        let slugs: Vec<String> = (0..8).map(|n| format!("late-{n}")).collect();
        for slug in &slugs {
            make_group(&world, slug, true, &["acme"]);
        }
        enough.store(true, Ordering::SeqCst);
        let filed = filing.join().unwrap();
        assert!(filed > 0);
        for slug in &slugs {
            eventually("every report of the alliance is worked in", || sellers(&acme, slug).len() == filed);
        }
    }

    fn a_platform_that_joins_later_gets_a_drop_box_with_the_earlier_reports_of_the_alliance(engine) {
        let mut world = World::new(engine);
        let acme = world.key("acme");
        acme.file(&report("A-1", &["alliance"], &[email("jian.li@163.com")]));
        acme.file(&report("A-2", &["platform:taobao"], &[email("wei.zhang@163.com")]));
        world.add_member("jd", "platform");
        let jd = world.key("jd");
        for group in ["platform:jd", "alliance"] {
            eventually("the earlier report is worked in", || sellers(&jd, group).len() == 1);
        }
        assert_eq!(jd.feed("platform:jd").len(), 1);
        acme.file(&report("A-3", &["platform:jd"], &[email("li.na@163.com")]));
        assert_eq!((sellers(&jd, "platform:jd").len(), sellers(&jd, "alliance").len()), (2, 1));
        assert_eq!(sellers(&world.key("taobao"), "platform:taobao").len(), 2);
    }

    fn only_its_platform_reads_a_drop_box(engine) {
        let world = World::new(engine);
        let (acme, taobao, ebay) = (world.key("acme"), world.key("taobao"), world.key("ebay"));
        let filed = acme.file(&report("A-1", &["platform:taobao"], &[email("jian.li@163.com")]));
        assert_eq!(filed["sellers"], json!([]));
        let inside = sellers(&taobao, "platform:taobao");
        assert_eq!(inside.len(), 1);
        assert_eq!((sellers(&taobao, "alliance").len(), sellers(&world.key("cora"), "alliance").len()), (0, 0));
        let seller = text(&inside[0]["id"]);
        assert_unknown(&ebay, "platform:taobao", &seller);
        // A brand knows of the box, since it may put reports there, but not of what is in it.
        for client in [&acme, &world.key("cora"), &world.owner("acme")] {
            let full = ask_everything(client, "platform:taobao", &seller);
            for (full, empty) in full.iter().zip(&ask_everything(client, "platform:ebay", &seller)) {
                assert!(matches!(full.status, 403 | 404), "{}", full.text);
                assert_eq!(essence(full), essence(empty));
            }
        }
        for slug in ["customs", "operator"] {
            for reply in ask_everything(&world.owner(slug), "platform:taobao", &seller) {
                reply.problem(403, "forbidden");
            }
        }
    }

    fn a_brand_outside_a_group_gets_the_answer_of_a_group_that_does_not_exist(engine) {
        let world = World::new(engine);
        make_group(&world, "luxury", true, &["acme", "bolt"]);
        let filed = world.key("acme").file(&report("A-1", &["luxury"], &[email("jian.li@163.com")]));
        let seller = text(&filed["sellers"][0]["seller_id"]);
        for client in [world.key("cora"), world.owner("cora"), world.key("taobao")] {
            assert_unknown(&client, "luxury", &seller);
            assert!(known_groups(&client).iter().all(|(slug, _, _)| slug != "luxury"));
        }
        let try_sharing = |group: &str| {
            let form = report("C-1", &["alliance", group], &[email("wei.zhang@163.com")]);
            world.key("cora").post("/v1/reports", &form)
        };
        let refused = try_sharing("luxury");
        assert_eq!(refused.problem(422, "invalid"), [fault("/share_with/1", "unknown_group")]);
        assert_eq!(essence(&refused), essence(&try_sharing("nowhere")));
    }

    fn a_member_does_in_a_group_what_it_is_listed_for_and_what_its_kind_allows(engine) {
        let world = World::new(engine);
        let entry = |slug: &str, contribute: bool, read: bool| {
            json!({ "member_id": world.ids[slug], "contribute": contribute, "read": read })
        };
        let body = json!({
            "slug": "luxury",
            "name": "Luxury watches",
            "members": [
                entry("acme", true, false),
                entry("bolt", false, true),
                entry("cora", false, false),
                entry("taobao", true, true),
                entry("customs", true, true),
                entry("operator", true, true),
            ],
        });
        let made = world.owner("operator").post("/v1/admin/groups", &body).expect(201).json();
        assert_eq!((&made["kind"], &made["includes_alliance"]), (&json!("custom"), &json!(false)));
        assert_eq!(made["members"].as_array().unwrap().len(), 6);

        let in_group = |slug: &str| {
            known_groups(&world.owner(slug)).into_iter().find(|(group, _, _)| group == "luxury").map(|(_, c, r)| (c, r))
        };
        assert_eq!(in_group("acme"), Some((true, false)));
        assert_eq!(in_group("bolt"), Some((false, true)));
        assert_eq!(in_group("cora"), None);
        // A platform files no reports; authority and operator have no right in any group.
        assert_eq!(in_group("taobao"), Some((false, true)));
        assert_eq!(known_groups(&world.owner("customs")), []);
        assert_eq!(known_groups(&world.owner("operator")), []);

        world.key("acme").file(&report("A-1", &["luxury"], &[email("jian.li@163.com")]));
        assert_eq!((sellers(&world.key("bolt"), "luxury").len(), sellers(&world.key("taobao"), "luxury").len()), (1, 1));
        let refused = world.key("bolt").post("/v1/reports", &report("B-1", &["luxury"], &[email("wei.zhang@163.com")]));
        assert_eq!(refused.problem(422, "invalid"), [fault("/share_with/0", "unknown_group")]);
    }

    fn everybody_is_told_of_the_built_in_groups_that_concern_it(engine) {
        let world = World::new(engine);
        let group = |slug: &str, contribute, read| (slug.to_owned(), contribute, read);
        let brand = [group("alliance", true, true), group("platform:ebay", true, false), group("platform:taobao", true, false)];
        assert_eq!(known_groups(&world.owner("acme")), brand);
        assert_eq!(known_groups(&world.key_with("acme", &["reports:write"])), brand);
        let platform = [group("alliance", false, true), group("platform:taobao", false, true)];
        assert_eq!(known_groups(&world.owner("taobao")), platform);
        assert_eq!(known_groups(&world.owner("customs")), []);
        assert_eq!(known_groups(&world.owner("operator")), []);
    }

    fn a_group_form_names_its_faults_and_a_taken_slug_is_a_conflict(engine) {
        let world = World::new(engine);
        let operator = world.owner("operator");
        let lacking = operator.post("/v1/admin/groups", &json!({}));
        assert_eq!(lacking.problem(422, "invalid"), [fault("/name", "required"), fault("/slug", "required")]);
        for slug in ["alliance", "luxury"] {
            drop(try_group(&world, "luxury", false, &[]));
            assert_eq!(try_group(&world, slug, false, &[]).problem(409, "conflict"), [fault("/slug", "taken")]);
        }
        // What looks like a drop box would take reports that are meant for a platform.
        let posing = try_group(&world, "platform:jd", false, &[]);
        assert_eq!(posing.problem(422, "invalid"), [fault("/slug", "malformed")]);
        let twice = try_group(&world, "twice", false, &["acme", "acme"]);
        assert_eq!(twice.problem(422, "invalid"), [fault("/members/1", "duplicate")]);
        for stranger in ["mem_00000000000000000000000000000000", "acme"] {
            let body = json!({ "slug": "odd", "name": "Odd", "members": [{ "member_id": stranger, "read": true }] });
            let refused = operator.post("/v1/admin/groups", &body);
            assert_eq!(refused.problem(422, "invalid"), [fault("/members/0/member_id", "unknown_member")]);
        }
        let groups = operator.get("/v1/admin/groups").expect(200).json();
        assert_eq!(groups["items"].as_array().unwrap().len(), 4, "a refused group was made");
        // The same answers come in the same form whatever the method is asked for.
        operator.send(operator.request(Method::PUT, "/v1/admin/groups")).problem(404, "not-found");
    }
}
