//! The operator takes members in, and suspends and reinstates them.

use reqwest::Method;
use serde_json::{Value, json};

use super::{essence, fault, is_in, refresh, set_standing, sign_in, text};
use crate::support::client::Reply;
use crate::support::forms::{email, report};
use crate::support::on_both_engines;
use crate::support::world::{MEMBERS, PASSWORD, World};

fn create(world: &World, form: &Value) -> Reply {
    world.owner("operator").post("/v1/admin/members", form)
}

fn group_slugs(world: &World) -> Vec<String> {
    let groups = world.owner("operator").get("/v1/admin/groups").expect(200).json();
    groups["items"].as_array().unwrap().iter().map(|group| text(&group["slug"])).collect()
}

on_both_engines! {
    fn the_operator_takes_members_in_and_finds_and_lists_them(engine) {
        let world = World::new(engine);
        let operator = world.owner("operator");
        let form = json!({ "slug": "dora", "name": "  Dora \u{ff21}G ", "kind": "association" });
        let made = create(&world, &form).expect(201).json();
        assert_eq!((&made["slug"], &made["kind"]), (&json!("dora"), &json!("association")));
        assert_eq!((&made["name"], &made["standing"]), (&json!("Dora AG"), &json!("active")));
        assert_eq!(made["created_at"], "2026-06-01T00:00:00.000000Z");
        let path = format!("/v1/admin/members/{}", text(&made["id"]));
        assert_eq!(operator.get(&path).expect(200).json(), made);

        let mut slugs: Vec<_> =
            operator.all("/v1/admin/members?limit=3").iter().map(|member| text(&member["slug"])).collect();
        slugs.sort();
        let mut expected: Vec<_> = MEMBERS.iter().map(|(slug, _)| (*slug).to_owned()).collect();
        expected.extend(["dora".to_owned(), "operator".to_owned()]);
        expected.sort();
        assert_eq!(slugs, expected);
    }

    fn a_platform_gets_its_drop_box_with_it_and_nobody_else_does(engine) {
        let world = World::new(engine);
        assert_eq!(group_slugs(&world), ["alliance", "platform:ebay", "platform:taobao"]);
        create(&world, &json!({ "slug": "dora", "name": "Dora", "kind": "brand" })).expect(201);
        create(&world, &json!({ "slug": "jd", "name": "JD", "kind": "platform" })).expect(201);
        assert_eq!(group_slugs(&world), ["alliance", "platform:ebay", "platform:jd", "platform:taobao"]);
        let groups = world.owner("operator").get("/v1/admin/groups").expect(200).json();
        let drop_box = &groups["items"][2];
        assert_eq!((&drop_box["kind"], &drop_box["includes_alliance"]), (&json!("drop_box"), &json!(true)));
    }

    fn a_slug_that_is_taken_is_a_conflict_at_its_place(engine) {
        let world = World::new(engine);
        for (slug, kind) in [("acme", "brand"), ("acme", "platform"), ("taobao", "brand"), ("operator", "operator")] {
            let refused = create(&world, &json!({ "slug": slug, "name": "Another", "kind": kind }));
            assert_eq!(refused.problem(409, "conflict"), [fault("/slug", "taken")]);
        }
        assert_eq!(world.owner("operator").all("/v1/admin/members").len(), MEMBERS.len() + 1);
        assert_eq!(group_slugs(&world), ["alliance", "platform:ebay", "platform:taobao"]);
    }

    fn a_member_form_names_every_fault_at_once(engine) {
        let world = World::new(engine);
        let wrong = create(&world, &json!({ "slug": "A!", "name": " ", "kind": "bank" }));
        assert_eq!(
            wrong.problem(422, "invalid"),
            [fault("/kind", "not_allowed"), fault("/name", "malformed"), fault("/slug", "malformed")]
        );
        assert_eq!(
            create(&world, &json!({})).problem(422, "invalid"),
            ["/kind", "/name", "/slug"].map(|pointer| fault(pointer, "required"))
        );
        let shapes = create(&world, &json!({ "slug": 7, "name": "Dora", "kind": "brand", "colour": "red" }));
        assert_eq!(
            shapes.problem(422, "invalid"),
            [fault("/colour", "unknown_field"), fault("/slug", "wrong_type")]
        );
        let long = "x".repeat(201);
        for (slug, name) in [("d", "Dora"), ("-dora", "Dora"), ("platform:dora", "Dora"), ("dora", long.as_str())] {
            create(&world, &json!({ "slug": slug, "name": name, "kind": "brand" })).problem(422, "invalid");
        }
        create(&world, &json!(["dora"])).problem(422, "invalid");
        assert_eq!(world.owner("operator").all("/v1/admin/members").len(), MEMBERS.len() + 1);
    }

    fn a_suspended_member_is_out_and_its_reports_stay(engine) {
        let world = World::new(engine);
        let filed = world.key("acme").file(&report("A-1", &["alliance"], &[email("jian.li@163.com")]));
        let path = format!("/v1/groups/alliance/sellers/{}", text(&filed["sellers"][0]["seller_id"]));
        let seen = world.key("cora").get(&path).expect(200);
        let session = world.open_session("owner@acme.example");

        set_standing(&world, "acme", "suspend");
        assert!(!is_in(&world.owner("acme")) && !is_in(&world.key("acme")));
        let wrong = sign_in(&world, "owner@acme.example", "not the password of anybody");
        assert_eq!(essence(&sign_in(&world, "owner@acme.example", PASSWORD)), essence(&wrong));
        refresh(&world.app.anonymous(), &text(&session["refresh_token"])).problem(401, "unauthenticated");
        assert_eq!(essence(&world.key("cora").get(&path)), essence(&seen), "a peer sees who is suspended");
        let member = format!("/v1/admin/members/{}", world.ids["acme"]);
        assert_eq!(world.owner("operator").get(&member).expect(200).json()["standing"], "suspended");
        assert!(is_in(&world.owner("bolt")) && is_in(&world.key("bolt")), "suspending one suspended others");

        set_standing(&world, "acme", "reinstate");
        assert!(is_in(&world.owner("acme")) && is_in(&world.key("acme")));
        sign_in(&world, "owner@acme.example", PASSWORD).expect(201);
        assert_eq!(world.key("acme").all("/v1/reports").len(), 1);
    }

    fn the_operator_says_to_which_family_a_member_belongs_and_takes_it_back(engine) {
        let world = World::new(engine);
        let operator = world.owner("operator");
        let member = format!("/v1/admin/members/{}", world.ids["acme"]);
        let path = format!("{member}/owner-group");
        let put = |form: &Value| operator.send(operator.request(Method::PUT, &path).json(form));
        let known = || operator.get(&member).expect(200).json()["owner_group"].clone();
        assert_eq!(known(), Value::Null);
        for _ in 0..2 {
            put(&json!({ "owner_group": "wing-house" })).expect(200);
            assert_eq!(known(), "wing-house");
        }
        assert_eq!(put(&json!({})).problem(422, "invalid"), [fault("/owner_group", "required")]);
        for wrong in ["", "W", "a b", &"x".repeat(64)] {
            let refused = put(&json!({ "owner_group": wrong })).problem(422, "invalid");
            assert_eq!(refused, [fault("/owner_group", "malformed")]);
        }
        assert_eq!(known(), "wing-house");
        operator.delete(&path).expect(200);
        assert_eq!(known(), Value::Null);
        // Whose family it is stays with the operator.
        put(&json!({ "owner_group": "wing-house" })).expect(200);
        let me = world.owner("acme").get("/v1/me").expect(200).text;
        assert!(!me.contains("wing-house"), "{me}");
    }

    fn the_operator_cannot_suspend_itself(engine) {
        let world = World::new(engine);
        let path = format!("/v1/admin/members/{}/suspend", world.ids["operator"]);
        world.owner("operator").post(&path, &json!({})).problem(409, "conflict");
        world.key("operator").post(&path, &json!({})).problem(409, "conflict");
        assert!(is_in(&world.owner("operator")) && is_in(&world.key("operator")));
    }

    fn an_operator_who_is_no_owner_does_not_run_the_alliance(engine) {
        let world = World::new(engine);
        for role in ["reader", "analyst"] {
            let user = world.user("operator", role);
            user.get("/v1/admin/members").problem(403, "forbidden");
            let form = json!({ "slug": "dora", "name": "Dora", "kind": "brand" });
            user.post("/v1/admin/members", &form).problem(403, "forbidden");
        }
    }
}
