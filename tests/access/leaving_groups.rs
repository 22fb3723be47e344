//! What becomes of a member's reports, and of what it knew, when it is no longer in a group.

use serde_json::{Value, json};
use touchstone::domain::id::KeyId;
use touchstone::domain::member::MemberKind;
use touchstone::domain::membership::Parting;
use touchstone::domain::viewer::{Credential, Viewer};
use touchstone::intake::accept::{Terms, accept};
use touchstone::ops::file_reports::{Order, ReportError, Work, file};
use touchstone::ops::leave_group::leave_group;
use touchstone::store::{groups, pool};

use super::kept_groups::{found, join, received, sellers};
use super::{essence, fault, text};
use crate::support::client::Client;
use crate::support::forms::{email, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

fn leave(client: &Client, group: &str, form: &Value) {
    client.post(&format!("/v1/groups/{group}/leave"), form).expect(204);
    client.wait_until_pooled();
}

fn own(client: &Client, filed: &Value) -> Value {
    client.get(&format!("/v1/reports/{}", text(&filed["id"]))).expect(200).json()
}

/// bolt, as another node knows it.
fn bolt_elsewhere(world: &World) -> Viewer {
    Viewer {
        member: world.ids["bolt"].parse().unwrap(),
        member_slug: "bolt".to_owned(),
        member_name: "The bolt company".to_owned(),
        kind: MemberKind::Brand,
        credential: Credential::Key { id: KeyId([0; 16]), scopes: Vec::new() },
    }
}

on_both_engines! {
    fn who_left_by_another_node_reads_and_files_nothing_from_the_next_request_on(engine) {
        let world = World::new(engine);
        let group = found(&world, false);
        join(&world, &group, "bolt", true, true);
        let (app, bolt) = (&world.app.app, world.key("bolt"));
        world.key("acme").file(&report("A-1", &[&group], &[email("jian.li@163.com")]));
        let today = app.now().date();
        let terms = Terms { today, may_share_with: vec![group.clone()], external_id: None };
        let form = serde_json::from_value(report("B-1", &[&group], &[email("wei.zhang@163.com")])).unwrap();
        let accepted = accept(Some(form), Vec::new(), &terms).unwrap();
        assert_eq!(sellers(&bolt, &group), 1);

        let viewer = bolt_elsewhere(&world);
        let left = app.db.write(|conn| leave_group(conn, &app.filing, app.now(), &viewer, (&group, Parting::Withdrawn)));
        left.unwrap();
        bolt.get(&format!("/v1/groups/{group}/sellers")).problem(404, "not-found");
        assert!(!bolt.get("/v1/groups").expect(200).text.contains(&group));
        let work = Work::Submit(vec![accepted]);
        let order = Order { member: viewer.member, actor: viewer.actor(), at: app.now(), work };
        let filed = app.db.write(|conn| file(conn, &app.filing, &[&order])).unwrap();
        assert!(matches!(filed[0].as_ref().unwrap()[0], Err(ReportError::UnknownGroup)), "{filed:?}");
        assert!(bolt.all("/v1/reports").is_empty());
    }

    fn a_leavers_reports_are_withdrawn_as_if_they_had_never_been_shared_with_the_group(engine) {
        let world = World::new(engine);
        let group = found(&world, true);
        join(&world, &group, "bolt", true, true);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        acme.file(&report("A-1", &[&group], &[shop("https://shop880241.taobao.com/")]));
        let only = report("B-1", &[&group], &[email("jian.li@163.com")]);
        let (only_id, both) = (bolt.file(&only), bolt.file(&report("B-2", &[&group, "alliance"], &[email("wei.zhang@163.com")])));
        // One of acme's sellers is known to bolt as well.
        bolt.file(&report("B-3", &[&group], &[shop("https://shop880241.taobao.com/"), email("li.na@163.com")]));
        assert_eq!(sellers(&acme, &group), 3);
        let told = acme.feed(&group).len();

        leave(&bolt, &group, &json!({}));
        assert_eq!((sellers(&acme, &group), sellers(&acme, "alliance")), (1, 1));
        let after: Vec<Value> = acme.feed(&group).split_off(told);
        let mut kinds: Vec<String> = after.iter().map(|event| text(&event["kind"])).collect();
        kinds.sort();
        assert_eq!(kinds, ["removed", "removed", "updated"]);
        let left = acme.all(&format!("/v1/groups/{group}/sellers"));
        assert!(!left[0].to_string().contains("@163.com"), "{left:?}");

        // What was shared with nobody else is a private draft now.
        let draft = own(&bolt, &only_id);
        assert_eq!((&draft["share_with"], &draft["state"], &draft["tlp"]), (&json!([]), &json!("live"), &json!("RED")));
        assert_eq!(draft["revision"], 2);
        let shared = own(&bolt, &both);
        assert_eq!((&shared["share_with"], &shared["tlp"]), (&json!(["alliance"]), &json!("GREEN")));
        let refused = bolt.post("/v1/reports", &only);
        assert_eq!(refused.problem(422, "invalid"), [fault("/share_with/0", "unknown_group")]);

        // Back in the group, nothing of it is there until it is shared again.
        world.app.clock.advance(1);
        join(&world, &group, "bolt", true, true);
        assert_eq!(sellers(&bolt, &group), 1);
        bolt.post("/v1/reports", &only).problem(409, "conflict");
        let put = bolt.request(reqwest::Method::PUT, &format!("/v1/reports/{}", text(&only_id["id"]))).header("if-match", "\"r2\"").json(&only);
        bolt.send_and_wait(put).expect(200);
        assert_eq!(sellers(&acme, &group), 2);
    }

    fn a_leaver_may_have_its_reports_kept_and_can_still_take_them_back(engine) {
        let world = World::new(engine);
        let group = found(&world, true);
        join(&world, &group, "bolt", true, true);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let form = report("B-1", &[&group], &[email("jian.li@163.com")]);
        let first = bolt.file(&form);
        let second = bolt.file(&report("B-2", &[&group], &[email("wei.zhang@163.com")]));
        leave(&bolt, &group, &json!({ "reports": "kept" }));
        assert_eq!(sellers(&acme, &group), 2);
        let kept = own(&bolt, &first);
        assert_eq!((&kept["share_with"], &kept["revision"], &kept["sellers"]), (&json!([group]), &json!(1), &json!([])));
        bolt.retract(&text(&second["id"]));
        assert_eq!(sellers(&acme, &group), 1);
        let put = |groups: &[&str]| {
            let form = report("B-1", groups, &[email("jian.li@163.com")]);
            let path = format!("/v1/reports/{}", text(&first["id"]));
            bolt.send_and_wait(bolt.request(reqwest::Method::PUT, &path).header("if-match", "\"r1\"").json(&form))
        };
        assert_eq!(put(&[&group, "alliance"]).problem(422, "invalid"), [fault("/share_with/0", "unknown_group")]);
        put(&["alliance"]).expect(200);
        assert_eq!((sellers(&acme, &group), sellers(&acme, "alliance")), (0, 1));
    }

    fn whoever_has_left_gets_the_answer_of_a_group_that_does_not_exist(engine) {
        let world = World::new(engine);
        let group = found(&world, true);
        join(&world, &group, "bolt", true, true);
        join(&world, &group, "cora", true, true);
        let (acme, bolt, cora) = (world.key("acme"), world.key("bolt"), world.key("cora"));
        let filed = acme.file(&report("A-1", &[&group], &[email("jian.li@163.com")]));
        let seller = text(&filed["sellers"][0]["seller_id"]);
        let cursors = [&bolt, &cora].map(|client| {
            text(&client.get(&format!("/v1/groups/{group}/feed?limit=1")).expect(200).json()["next"])
        });
        leave(&bolt, &group, &json!({}));
        acme.delete(&format!("/v1/groups/{group}/members/cora")).expect(204);
        for (client, cursor) in [&bolt, &cora].into_iter().zip(cursors) {
            for rest in [
                "sellers", "members", "changes", "invitations", "judgements", "candidates", "feed",
                &format!("feed?cursor={cursor}"), &format!("sellers/{seller}"), &format!("sellers/{seller}/history"), &format!("sellers/{seller}/contributions"),
            ] {
                let gone = client.get(&format!("/v1/groups/{group}/{rest}"));
                gone.problem(404, "not-found");
                assert_eq!(essence(&gone), essence(&client.get(&format!("/v1/groups/nowhere/{rest}"))), "{rest}");
            }
            let again = client.post(&format!("/v1/groups/{group}/leave"), &json!({}));
            assert_eq!(essence(&again), essence(&client.post("/v1/groups/nowhere/leave", &json!({}))));
            assert!(!client.get("/v1/groups").expect(200).text.contains(&group));
        }
    }

    fn a_removed_members_reports_are_withdrawn(engine) {
        let world = World::new(engine);
        let group = found(&world, false);
        join(&world, &group, "bolt", true, true);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let filed = bolt.file(&report("B-1", &[&group], &[email("jian.li@163.com")]));
        assert_eq!(sellers(&acme, &group), 1);
        acme.delete(&format!("/v1/groups/{group}/members/bolt")).expect(204);
        acme.wait_until_pooled();
        assert_eq!(sellers(&acme, &group), 0);
        assert_eq!(own(&bolt, &filed)["share_with"], json!([]));
        let revisions = bolt.get(&format!("/v1/reports/{}/revisions", text(&filed["id"]))).expect(200);
        assert!(!revisions.text.contains("usr_") && !revisions.text.contains(&format!("{:?}", "acme")), "{}", revisions.text);
        acme.delete(&format!("/v1/groups/{group}/members/bolt")).problem(404, "not-found");
        let record = acme.all(&format!("/v1/groups/{group}/changes"));
        let last = record.last().unwrap();
        assert_eq!((&last["kind"], &last["member"], &last["reports"]), (&json!("removed"), &json!("bolt"), &json!("withdrawn")));
    }

    fn a_withdrawn_report_no_longer_shows_what_its_reporter_holds(engine) {
        let world = World::new(engine);
        let group = found(&world, false);
        join(&world, &group, "bolt", true, true);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let filed = acme.file(&report("A-1", &["alliance"], &[email("jian.li@163.com")]));
        bolt.file(&report("B-1", &[&group], &[email("jian.li@163.com")]));
        let path = format!("/v1/groups/alliance/sellers/{}", text(&filed["sellers"][0]["seller_id"]));
        assert!(bolt.get(&path).expect(200).text.contains("jian.li@163.com"));
        leave(&bolt, &group, &json!({}));
        assert!(!bolt.get(&path).expect(200).text.contains("jian.li@163.com"));
    }

    fn the_last_member_of_a_group_can_leave_and_nobody_comes_after(engine) {
        let world = World::new(engine);
        let group = found(&world, false);
        let acme = world.key("acme");
        super::kept_groups::invite(&acme, &group, "bolt", true, true).expect(201);
        assert_eq!(received(&world.key("bolt")).len(), 1);
        leave(&acme, &group, &json!({}));
        assert!(received(&world.key("bolt")).is_empty());
    }

    fn a_platform_that_comes_back_sees_the_group_as_it_is_then(engine) {
        let world = World::new(engine);
        let group = found(&world, false);
        join(&world, &group, "taobao", false, true);
        let (acme, taobao) = (world.key("acme"), world.key("taobao"));
        let gone = acme.file(&report("A-1", &[&group], &[email("jian.li@163.com")]));
        acme.file(&report("A-2", &[&group], &[email("wei.zhang@163.com")]));
        assert_eq!(sellers(&taobao, &group), 2);
        leave(&taobao, &group, &json!({}));
        acme.retract(&text(&gone["id"]));
        acme.file(&report("A-3", &[&group], &[email("li.na@163.com")]));
        acme.file(&report("A-4", &[&group], &[email("li.bo@163.com")]));
        world.app.clock.advance(1);
        join(&world, &group, "taobao", false, true);
        world.wait_until_worked_out();
        assert_eq!((sellers(&taobao, &group), sellers(&acme, &group)), (3, 3));
        let mut copy = std::collections::BTreeSet::new();
        for event in taobao.feed(&group) {
            let id = text(&event["seller_id"]);
            if event["seller"].is_null() { copy.remove(&id); } else { copy.insert(id); }
        }
        assert_eq!(copy.len(), 3);
    }

    fn what_only_a_platform_that_left_found_sellers_by_is_forgotten(engine) {
        let world = World::new(engine);
        let group = found(&world, false);
        join(&world, &group, "taobao", false, true);
        let identifiers = [shop("https://shop880241.taobao.com/"), email("jian.li@163.com")];
        world.key("acme").file(&report("A-1", &[&group], &identifiers));
        let finds_any = || {
            let found = world.app.app.db.read(|conn| {
                let group = groups::all(conn)?.into_iter().find(|one| one.slug == group).unwrap();
                pool::derived(conn, group.id)
            });
            found.unwrap().terms.iter().any(|row| row.audience == "platform:taobao")
        };
        assert!(finds_any());
        leave(&world.key("taobao"), &group, &json!({}));
        world.wait_until_worked_out();
        assert!(!finds_any());
    }
}
