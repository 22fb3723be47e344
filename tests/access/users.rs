//! Colleagues: an owner lists, suspends and reinstates them.

use serde_json::json;

use super::{essence, invite, is_in, join, refresh, sign_in, text, user_id};
use crate::support::client::{Client, Reply};
use crate::support::on_both_engines;
use crate::support::world::{PASSWORD, World};

fn set(owner: &Client, id: &str, verb: &str) -> Reply {
    owner.post(&format!("/v1/users/{id}/{verb}"), &json!({}))
}

on_both_engines! {
    fn an_owner_suspends_a_colleague_who_is_out_on_the_next_request(engine) {
        let world = World::new(engine);
        let (owner, ada) = (world.owner("acme"), join(&world, "acme", "analyst", "ada@acme.example"));
        let session = world.open_session("ada@acme.example");
        let other = world.app.client(&text(&session["access_token"]));
        let id = user_id(&owner, "ada@acme.example");
        assert!(is_in(&ada) && is_in(&other));

        let answer = set(&owner, &id, "suspend").expect(200).json();
        assert_eq!((&answer["id"], &answer["standing"]), (&json!(id), &json!("suspended")));
        ada.get("/v1/reports").problem(401, "unauthenticated");
        assert!(!is_in(&ada) && !is_in(&other));
        let wrong = sign_in(&world, "ada@acme.example", "not the password of anybody");
        assert_eq!(essence(&sign_in(&world, "ada@acme.example", PASSWORD)), essence(&wrong));
        refresh(&world.app.anonymous(), &text(&session["refresh_token"])).problem(401, "unauthenticated");
        assert!(is_in(&owner) && is_in(&world.key("acme")), "suspending one suspended others");

        assert_eq!(set(&owner, &id, "reinstate").expect(200).json()["standing"], "active");
        assert!(is_in(&ada) && is_in(&other));
        sign_in(&world, "ada@acme.example", PASSWORD).expect(201);
    }

    fn suspending_and_reinstating_twice_is_the_same_as_once(engine) {
        let world = World::new(engine);
        let (owner, ada) = (world.owner("acme"), join(&world, "acme", "reader", "ada@acme.example"));
        let id = user_id(&owner, "ada@acme.example");
        for (verb, standing, lets_in) in [("suspend", "suspended", false), ("reinstate", "active", true)] {
            for _ in 0..2 {
                assert_eq!(set(&owner, &id, verb).expect(200).json()["standing"], standing);
                assert_eq!(is_in(&ada), lets_in);
            }
        }
    }

    fn nobody_locks_itself_out(engine) {
        let world = World::new(engine);
        for slug in ["acme", "taobao", "customs", "operator"] {
            let owner = world.owner(slug);
            let id = user_id(&owner, &format!("owner@{slug}.example"));
            set(&owner, &id, "suspend").problem(409, "conflict");
            assert!(is_in(&owner));
            set(&owner, &id, "reinstate").expect(200);
        }
    }

    fn one_owner_may_suspend_another_who_cannot_undo_it(engine) {
        let world = World::new(engine);
        let (first, second) = (world.owner("acme"), join(&world, "acme", "owner", "second@acme.example"));
        let id = user_id(&second, "owner@acme.example");
        set(&second, &id, "suspend").expect(200);
        assert!(!is_in(&first));
        set(&first, &id, "reinstate").problem(401, "unauthenticated");
        set(&second, &id, "reinstate").expect(200);
        assert!(is_in(&first));
    }

    fn an_owner_sees_its_own_colleagues_and_no_secret_of_theirs(engine) {
        let world = World::new(engine);
        join(&world, "acme", "analyst", "ada@acme.example");
        join(&world, "acme", "reader", "rob@acme.example");
        let reply = world.owner("acme").get("/v1/users").expect(200);
        assert!(!reply.text.contains("argon2") && !reply.text.contains("password"), "{}", reply.text);
        let users = world.owner("acme").all("/v1/users?limit=1");
        let mut seen: Vec<_> = users.iter().map(|user| (text(&user["email"]), text(&user["role"]))).collect();
        seen.sort();
        let expected = [("ada@acme.example", "analyst"), ("owner@acme.example", "owner"), ("rob@acme.example", "reader")];
        assert_eq!(seen, expected.map(|(email, role)| (email.to_owned(), role.to_owned())));
        assert_eq!(world.owner("bolt").all("/v1/users").len(), 1);
        // Who was invited and has not come is nobody's colleague yet.
        invite(&world, "bolt", &json!({ "role": "reader", "email": "late@bolt.example" }));
        assert_eq!(world.owner("bolt").all("/v1/users").len(), 1);
    }

    fn the_cursor_of_one_member_is_of_no_use_to_another(engine) {
        let world = World::new(engine);
        for slug in ["acme", "bolt"] {
            join(&world, slug, "reader", &format!("rob@{slug}.example"));
        }
        let page = world.owner("acme").get("/v1/users?limit=1").expect(200).json();
        let cursor = text(&page["next"]);
        world.owner("acme").get(&format!("/v1/users?limit=1&cursor={cursor}")).expect(200);
        world.owner("bolt").get(&format!("/v1/users?limit=1&cursor={cursor}")).problem(400, "bad-cursor");
        world.owner("acme").get(&format!("/v1/keys?limit=1&cursor={cursor}")).problem(400, "bad-cursor");
        for limit in ["0", "201", "-1"] {
            let refused = world.owner("acme").get(&format!("/v1/users?limit={limit}"));
            assert_eq!(refused.problem(400, "bad-parameter")[0].0, "limit");
        }
        world.owner("acme").get("/v1/users?colour=red").problem(400, "bad-parameter");
    }
}
