//! Filing a report.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use touchstone::resolver::Course;
use touchstone::store::groups;

use super::{file_with, make_group, text};
use crate::api::bad_input::{fault, sight};
use crate::support::app::Options;
use crate::support::client::Reply;
use crate::support::forms::{email, report};
use crate::support::on_both_engines;
use crate::support::world::World;

on_both_engines! {
    fn a_new_report_is_answered_with_201_its_address_and_its_entity_tag(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let reply = acme.post("/v1/reports", &report("A-1", &["alliance"], &[email("jian@bags.shop")]));
        let made = reply.clone().expect(201).json();
        let id = text(&made, "id");
        assert!(id.starts_with("rep_"), "{id}");
        assert_eq!(reply.header("location"), format!("/v1/reports/{id}"));
        assert_eq!(reply.header("etag"), "\"r1\"");
        assert_eq!((&made["revision"], &made["state"]), (&json!(1), &json!("live")));
        assert_eq!(text(&made, "digest").len(), 64);
        assert_eq!(made["created_at"], "2026-06-01T00:00:00.000000Z");

        let read = acme.get(&reply.header("location")).expect(200);
        assert_eq!(read.header("etag"), reply.header("etag"));
        for field in ["id", "digest", "external_id", "share_with", "seller", "statement", "tlp"] {
            assert_eq!(read.json()[field], made[field], "{field}");
        }
    }

    fn a_report_keeps_what_was_typed_beside_what_was_understood(engine) {
        let world = World::new(engine);
        let typed = json!({ "type": "phone", "value": "138 1234 1234", "country": "CN", "confidence": 80 });
        let made = world.key("acme").file(&report("A-1", &["alliance"], &[typed]));
        let kept = &made["seller"]["identifiers"][0];
        assert_eq!(kept["value"], "+86 13812341234");
        assert_eq!(kept["as_reported"], "138 1234 1234");
        assert_eq!((&kept["country"], &kept["confidence"]), (&json!("CN"), &json!(80)));
    }

    fn the_same_content_sent_again_is_the_same_report(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let body = report("A-1", &["alliance"], &[email("jian@bags.shop")]);
        let first = acme.file(&body);
        let before = sight(&acme);

        // The order of fields and the spaces between them are no content.
        let mut fields: Vec<String> =
            body.as_object().unwrap().iter().map(|(name, value)| format!("\"{name}\" : {value}")).collect();
        fields.reverse();
        let other_text = format!("{{\n {} }}", fields.join(" ,\n"));
        let again = acme.post("/v1/reports", &body).expect(200);
        let in_other_order = acme.post_raw("/v1/reports", "application/json", other_text).expect(200);
        for reply in [&again, &in_other_order] {
            assert_eq!(reply.json()["id"], first["id"]);
            assert_eq!(reply.header("location"), format!("/v1/reports/{}", text(&first, "id")));
            assert_eq!(reply.header("etag"), "\"r1\"");
        }
        assert_eq!(sight(&acme), before);
    }

    fn a_report_that_eight_send_at_once_is_stored_once(engine) {
        let world = World::new(engine);
        let (acme, body) = (&world.key("acme"), &report("A-1", &["alliance"], &[email("jian@bags.shop")]));
        let replies: Vec<Reply> = std::thread::scope(|scope| {
            let sending: Vec<_> =
                (0..8).map(|_| scope.spawn(move || acme.post("/v1/reports", body))).collect();
            sending.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
        assert_eq!(acme.all("/v1/reports").len(), 1);
        assert!(replies.iter().all(|reply| reply.json()["id"] == replies[0].json()["id"]));
    }

    fn other_content_under_the_same_external_id_is_a_conflict_that_names_what_is_stored(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let first = acme.file(&report("A-1", &["alliance"], &[email("jian@bags.shop")]));
        let before = sight(&acme);
        let reply = acme.post("/v1/reports", &report("A-1", &["alliance"], &[email("wei@bags.shop")]));
        assert_eq!(reply.problem(409, "conflict"), [fault("/external_id", "conflict")]);
        let problem = reply.json();
        let detail = text(&problem["errors"][0], "detail");
        assert!(detail.contains(text(&first, "digest")) && detail.contains(text(&first, "id")), "{detail}");
        assert_eq!(sight(&acme), before);
    }

    fn two_members_may_use_the_same_external_id(engine) {
        let world = World::new(engine);
        let body = report("CASE-1", &["alliance"], &[email("jian@bags.shop")]);
        let (of_acme, of_bolt) = (world.key("acme").file(&body), world.key("bolt").file(&body));
        assert_ne!(of_acme["id"], of_bolt["id"]);
        assert_eq!(of_acme["sellers"], of_bolt["sellers"]);
        // Even a conflict does not tell that another member has the key.
        let other = report("CASE-1", &["alliance"], &[email("wei@bags.shop")]);
        world.key("cora").post("/v1/reports", &other).expect(201);
    }

    fn a_report_without_an_external_id_gets_one_made_from_its_content(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let anonymous = |address: &str| {
            let mut body = report("", &["alliance"], &[email(address)]);
            body.as_object_mut().unwrap().remove("external_id");
            body
        };
        let first = acme.post("/v1/reports", &anonymous("jian@bags.shop")).expect(201).json();
        assert_eq!(first["external_id"], format!("sha256:{}", text(&first, "digest")));
        let again = acme.post("/v1/reports", &anonymous("jian@bags.shop")).expect(200).json();
        assert_eq!(again["id"], first["id"]);
        let other = acme.post("/v1/reports", &anonymous("wei@bags.shop")).expect(201).json();
        assert_ne!(other["external_id"], first["external_id"]);
        assert_eq!(acme.all("/v1/reports").len(), 2);
    }

    fn waiting_returns_the_profiles_that_the_report_is_part_of(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        // A brand contributes to a platform's drop box and does not read it, so it learns nothing of it.
        let body = report("A-1", &["alliance", "platform:taobao"], &[email("jian@bags.shop")]);
        let made = file_with(&acme, "wait=30", &body).expect(201).json();
        let placed = made["sellers"].as_array().unwrap();
        assert_eq!(placed.len(), 1, "{made}");
        assert_eq!(placed[0]["group"], "alliance");
        let path = format!("/v1/groups/alliance/sellers/{}", text(&placed[0], "seller_id"));
        acme.get(&path).expect(200);

        let read = acme.get(&format!("/v1/reports/{}/sellers", text(&made, "id"))).expect(200).json();
        assert_eq!((&read["pending"], &read["member_of"]), (&json!(false), &made["sellers"]));
        // Sent again, it is in the same place.
        assert_eq!(file_with(&acme, "wait=30", &body).expect(200).json()["sellers"], made["sellers"]);
    }

    fn a_pool_that_the_member_does_not_read_is_not_waited_for(engine) {
        let world = World::with(engine, Options { resolve: false, ..Options::default() });
        let acme = world.key("acme");
        let read = |id: &str| {
            let stored = acme.get(&format!("/v1/reports/{id}")).expect(200).json();
            let found = acme.get(&format!("/v1/reports/{id}/sellers")).expect(200).json();
            (found["pending"].as_bool().unwrap(), stored["sellers"].as_array().map(Vec::len))
        };
        let boxed = report("A-1", &["platform:taobao"], &[email("jian@bags.shop")]);
        let begun = Instant::now();
        let boxed = file_with(&acme, "wait=30", &boxed).expect(201).json();
        assert!(begun.elapsed() < Duration::from_secs(20), "it was waited for");
        assert_eq!(boxed["sellers"], json!([]));
        assert_eq!(read(text(&boxed, "id")), (false, Some(0)));

        let shared = report("A-2", &["alliance", "platform:taobao"], &[email("jian@bags.shop")]);
        let shared = acme.post("/v1/reports", &shared).expect(201).json();
        assert_eq!(read(text(&shared, "id")), (true, None));
        let groups = world.app.app.db.read(groups::all).unwrap();
        let alliance = groups.iter().find(|group| group.slug == "alliance").unwrap();
        assert_eq!(world.app.resolver().step(alliance.id, &mut Course::default()).unwrap(), 1);
        assert_eq!(read(text(&shared, "id")), (false, Some(1)));
    }

    fn a_client_that_does_not_wait_is_told_nothing_of_profiles(engine) {
        let world = World::new(engine);
        let body = report("A-1", &["alliance"], &[email("jian@bags.shop")]);
        let made = world.key("acme").post("/v1/reports", &body).expect(201).json();
        assert_eq!(made.get("sellers"), None::<&Value>);
    }

    fn a_client_that_prefers_a_minimal_answer_gets_no_body(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let body = report("A-1", &["alliance"], &[email("jian@bags.shop")]);
        for (preference, status) in [("return=minimal", 201), ("wait=30, return=minimal", 200)] {
            let reply = file_with(&acme, preference, &body).expect(status);
            assert_eq!(reply.text, "");
            assert_eq!(reply.header("etag"), "\"r1\"");
            acme.get(&reply.header("location")).expect(200);
        }
    }

    fn a_group_that_one_may_not_contribute_to_is_as_unknown_as_one_that_does_not_exist(engine) {
        let world = World::new(engine);
        make_group(&world, "luxury-watches", &[("acme", true, true), ("cora", false, true)]);
        let before = sight(&world.key("bolt"));
        let refused = |member: &str, group: &str| {
            let body = report("B-1", &[group], &[email("jian@bags.shop")]);
            let reply = world.key(member).post("/v1/reports", &body);
            assert_eq!(reply.problem(422, "invalid"), [fault("/share_with/0", "unknown_group")], "{group}");
            reply.text
        };
        let unknown = refused("bolt", "no-such-group");
        assert_eq!(refused("bolt", "luxury-watches"), unknown);
        assert_eq!(refused("bolt", "platform:nowhere"), unknown);
        // Reading a group is no right to contribute to it.
        assert_eq!(refused("cora", "luxury-watches"), unknown);
        let mixed = report("B-1", &["alliance", "luxury-watches"], &[email("jian@bags.shop")]);
        let reply = world.key("bolt").post("/v1/reports", &mixed);
        assert_eq!(reply.problem(422, "invalid"), [fault("/share_with/1", "unknown_group")]);
        assert_eq!(sight(&world.key("bolt")), before);
        let body = report("A-1", &["luxury-watches"], &[email("jian@bags.shop")]);
        assert_eq!(world.key("acme").file(&body)["sellers"][0]["group"], "luxury-watches");
    }

    fn the_label_follows_from_the_widest_group_unless_the_reporter_says_another(engine) {
        let world = World::new(engine);
        make_group(&world, "luxury-watches", &[("acme", true, true)]);
        let acme = world.key("acme");
        let label = |id: &str, groups: &[&str], said: Value| {
            let mut body = report(id, groups, &[email("jian@bags.shop")]);
            body["tlp"] = said;
            acme.post("/v1/reports", &body).expect(201).json()["tlp"].clone()
        };
        assert_eq!(label("A-1", &["alliance", "platform:taobao"], Value::Null), "GREEN");
        assert_eq!(label("A-2", &["luxury-watches", "platform:taobao"], Value::Null), "AMBER");
        assert_eq!(label("A-3", &["platform:taobao"], Value::Null), "AMBER+STRICT");
        assert_eq!(label("A-4", &[], Value::Null), "RED");
        assert_eq!(label("A-5", &["alliance"], json!("RED")), "RED");
    }
}
