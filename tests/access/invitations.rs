//! Invitations: who may become a user with one, how often and how long.

use secrecy::ExposeSecret;
use serde_json::json;
use touchstone::ops::invite_first_operator::invite_first_operator;

use super::{essence, fault, invite, set_standing, sign_in, text};
use crate::support::app::TestApp;
use crate::support::client::{Client, Reply};
use crate::support::on_both_engines;
use crate::support::world::{PASSWORD, World};

const DAY: i64 = 24 * 3600;

fn accept(client: &Client, token: &str, email: &str) -> Reply {
    let body = json!({ "token": token, "email": email, "name": "Ada", "password": PASSWORD });
    client.post("/v1/invitations/accept", &body)
}

/// What a start of the server prints to become its first operator.
fn first_link(app: &TestApp) -> Option<String> {
    let app = &app.app;
    let token = invite_first_operator(&app.db, app.ids.as_ref(), app.now()).unwrap();
    token.map(|token| token.expose_secret().to_owned())
}

on_both_engines! {
    fn only_the_link_of_the_last_start_makes_the_first_operator(engine) {
        let app = TestApp::start(engine);
        let (first, second) = (first_link(&app).unwrap(), first_link(&app).unwrap());
        let refused = accept(&app.anonymous(), &first, "eve@operator.example");
        assert_eq!(refused.problem(422, "invalid"), [fault("/token", "not_good")]);
        accept(&app.anonymous(), &second, "ada@operator.example").expect(201);
        assert_eq!(first_link(&app), None);
    }

    fn an_invited_person_becomes_a_user_with_the_role_it_was_invited_to(engine) {
        let world = World::new(engine);
        for role in ["reader", "analyst", "owner"] {
            let email = format!("ada.{role}@acme.example");
            let body = json!({ "role": role, "email": email });
            let invitation = world.owner("acme").post("/v1/invitations", &body).expect(201).json();
            assert_eq!((&invitation["role"], &invitation["email"]), (&json!(role), &json!(email)));
            assert_eq!(invitation["member_id"], world.ids["acme"]);
            assert_eq!(invitation["expires_at"], "2026-06-08T00:00:00.000000Z");
            let user = accept(&world.app.anonymous(), &text(&invitation["token"]), &email).expect(201).json();
            assert_eq!((&user["email"], &user["role"]), (&json!(email), &json!(role)));
            let me = world.sign_in(&email).get("/v1/me").expect(200).json();
            assert_eq!((&me["member_slug"], &me["role"]), (&json!("acme"), &json!(role)));
            assert_eq!(me["credential"], user["user_id"]);
        }
    }

    fn an_invitation_works_once(engine) {
        let world = World::new(engine);
        let anybody = world.app.anonymous();
        let token = invite(&world, "acme", &json!({ "role": "analyst" }));
        accept(&anybody, &token, "ada@acme.example").expect(201);
        let again = accept(&anybody, &token, "eve@acme.example");
        assert_eq!(again.problem(422, "invalid"), [fault("/token", "not_good")]);
        sign_in(&world, "eve@acme.example", PASSWORD).problem(401, "unauthenticated");
    }

    fn of_two_who_accept_one_invitation_at_once_one_becomes_a_user(engine) {
        let world = World::new(engine);
        let token = invite(&world, "acme", &json!({ "role": "analyst" }));
        let mut statuses: Vec<u16> = std::thread::scope(|scope| {
            let tries: Vec<_> = ["ada@acme.example", "eve@acme.example"]
                .into_iter()
                .map(|email| {
                    let (client, token) = (world.app.anonymous(), token.clone());
                    scope.spawn(move || accept(&client, &token, email).status)
                })
                .collect();
            tries.into_iter().map(|one| one.join().unwrap()).collect()
        });
        statuses.sort();
        assert_eq!(statuses, [201, 422]);
        assert_eq!(world.owner("acme").all("/v1/users").len(), 2);
    }

    fn an_invitation_ends_after_seven_days(engine) {
        let world = World::new(engine);
        let anybody = world.app.anonymous();
        let (early, late) =
            (invite(&world, "acme", &json!({ "role": "reader" })), invite(&world, "acme", &json!({ "role": "reader" })));
        world.app.clock.advance(7 * DAY - 1);
        accept(&anybody, &early, "early@acme.example").expect(201);
        world.app.clock.advance(1);
        let refused = accept(&anybody, &late, "late@acme.example");
        assert_eq!(refused.problem(422, "invalid"), [fault("/token", "not_good")]);
    }

    fn an_invitation_for_an_address_is_good_for_that_address_only(engine) {
        let world = World::new(engine);
        let anybody = world.app.anonymous();
        let token = invite(&world, "acme", &json!({ "role": "owner", "email": "Ada@acme.example" }));
        let stolen = accept(&anybody, &token, "eve@acme.example");
        assert_eq!(stolen.problem(422, "invalid"), [fault("/token", "not_good")]);
        // Trying it with another address does not use it up.
        let user = accept(&anybody, &token, " ada@ACME.example ").expect(201).json();
        assert_eq!(user["email"], "ada@acme.example");
    }

    fn an_invitation_that_is_not_good_does_not_tell_why(engine) {
        let world = World::new(engine);
        let anybody = world.app.anonymous();
        let never = accept(&anybody, "nonsense", "eve@acme.example");
        assert_eq!(never.problem(422, "invalid"), [fault("/token", "not_good")]);

        let used = invite(&world, "acme", &json!({ "role": "reader" }));
        accept(&anybody, &used, "ada@acme.example").expect(201);
        let bound = invite(&world, "acme", &json!({ "role": "reader", "email": "ada@acme.example" }));
        let suspended = invite(&world, "bolt", &json!({ "role": "reader" }));
        set_standing(&world, "bolt", "suspend");
        for token in [&used, &bound, &suspended] {
            assert_eq!(essence(&accept(&anybody, token, "eve@acme.example")), essence(&never));
        }
        let expired = invite(&world, "acme", &json!({ "role": "reader" }));
        world.app.clock.advance(7 * DAY);
        assert_eq!(essence(&accept(&anybody, &expired, "eve@acme.example")), essence(&never));
    }

    fn an_invitation_to_a_suspended_member_is_good_again_when_the_member_is(engine) {
        let world = World::new(engine);
        let anybody = world.app.anonymous();
        let token = invite(&world, "acme", &json!({ "role": "reader" }));
        set_standing(&world, "acme", "suspend");
        accept(&anybody, &token, "ada@acme.example").problem(422, "invalid");
        set_standing(&world, "acme", "reinstate");
        accept(&anybody, &token, "ada@acme.example").expect(201);
    }

    fn a_short_password_is_refused_at_its_place_and_does_not_use_the_invitation_up(engine) {
        let world = World::new(engine);
        let anybody = world.app.anonymous();
        let token = invite(&world, "acme", &json!({ "role": "reader" }));
        for password in ["", "elevenchars", &"x".repeat(257)] {
            let body = json!({ "token": token, "email": "ada@acme.example", "name": "Ada", "password": password });
            let refused = anybody.post("/v1/invitations/accept", &body);
            assert_eq!(refused.problem(422, "invalid"), [fault("/password", "length")]);
            assert!(password.is_empty() || !refused.text.contains(password), "the answer repeats the password");
        }
        // Twelve characters count, not twelve bytes.
        let body = json!({ "token": token, "email": "ada@acme.example", "name": "Ada", "password": "正确马电池订书钉十二个字" });
        anybody.post("/v1/invitations/accept", &body).expect(201);
    }

    fn an_acceptance_names_every_fault_at_once(engine) {
        let world = World::new(engine);
        let anybody = world.app.anonymous();
        let body = json!({ "token": "nonsense", "email": "ada", "name": " ", "password": "short" });
        assert_eq!(
            anybody.post("/v1/invitations/accept", &body).problem(422, "invalid"),
            [fault("/email", "malformed"), fault("/name", "malformed"), fault("/password", "length")]
        );
        assert_eq!(
            anybody.post("/v1/invitations/accept", &json!({})).problem(422, "invalid"),
            ["/email", "/name", "/password", "/token"].map(|pointer| fault(pointer, "required"))
        );
    }

    fn a_taken_address_is_refused_and_does_not_use_the_invitation_up(engine) {
        let world = World::new(engine);
        let anybody = world.app.anonymous();
        let token = invite(&world, "acme", &json!({ "role": "reader" }));
        // One address is one person in the whole alliance, and its case says nothing.
        let taken = accept(&anybody, &token, "OWNER@bolt.example");
        assert_eq!(taken.problem(422, "invalid"), [fault("/email", "taken")]);
        accept(&anybody, &token, "ada@acme.example").expect(201);
        assert_eq!(world.sign_in("owner@bolt.example").get("/v1/me").json()["member_slug"], "bolt");
    }

    fn an_invitation_form_names_its_faults(engine) {
        let world = World::new(engine);
        let operator_path = format!("/v1/admin/members/{}/invitations", world.ids["acme"]);
        for (client, path) in
            [(world.owner("acme"), "/v1/invitations"), (world.owner("operator"), operator_path.as_str())]
        {
            let bad = client.post(path, &json!({ "role": "king", "email": "ada" }));
            assert_eq!(bad.problem(422, "invalid"), [fault("/email", "malformed"), fault("/role", "not_allowed")]);
            assert_eq!(client.post(path, &json!({})).problem(422, "invalid"), [fault("/role", "required")]);
        }
    }
}
