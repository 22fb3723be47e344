//! Signing in, staying signed in, signing out.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use touchstone::ops::invite_user::hash_password;
use touchstone::ops::set_password::set_password;

use super::{essence, fault, is_in, join, refresh, sign_in, text, user_id};
use crate::support::client::Client;
use crate::support::on_both_engines;
use crate::support::world::{PASSWORD, World};

/// A session as its client keeps it.
struct Signed {
    client: Client,
    refresh_token: String,
}

fn signed(world: &World, session: &Value) -> Signed {
    let client = world.app.client(&text(&session["access_token"]));
    Signed { client, refresh_token: text(&session["refresh_token"]) }
}

fn open(world: &World, email: &str) -> Signed {
    signed(world, &world.open_session(email))
}

fn next(world: &World, refresh_token: &str) -> Signed {
    signed(world, &refresh(&world.app.anonymous(), refresh_token).expect(200).json())
}

fn decoded(part: &str) -> Vec<u8> {
    BASE64URL_NOPAD.decode(part.as_bytes()).expect("base64url")
}

on_both_engines! {
    fn a_wrong_password_and_an_unknown_or_suspended_user_are_answered_alike(engine) {
        let world = World::new(engine);
        join(&world, "acme", "analyst", "ada@acme.example");
        let id = user_id(&world.owner("acme"), "ada@acme.example");
        world.owner("acme").post(&format!("/v1/users/{id}/suspend"), &json!({})).expect(200);

        let wrong = sign_in(&world, "owner@acme.example", "another horse battery staple");
        wrong.problem(401, "unauthenticated");
        let endless = "x".repeat(10_000);
        for (email, password) in [
            ("nobody@acme.example", PASSWORD),
            ("ada@acme.example", PASSWORD),
            ("no address", PASSWORD),
            ("owner@acme.example", ""),
            ("owner@acme.example", endless.as_str()),
        ] {
            assert_eq!(essence(&sign_in(&world, email, password)), essence(&wrong), "{email}");
        }
        sign_in(&world, " Owner@ACME.example ", PASSWORD).expect(201);
    }

    fn a_sign_in_form_names_all_that_it_lacks(engine) {
        let world = World::new(engine);
        let anybody = world.app.anonymous();
        let lacking = anybody.post("/v1/sessions", &json!({}));
        assert_eq!(lacking.problem(422, "invalid"), [fault("/email", "required"), fault("/password", "required")]);
        let misspelt = json!({ "email": "owner@acme.example", "pasword": PASSWORD });
        let faults = anybody.post("/v1/sessions", &misspelt).problem(422, "invalid");
        assert!(faults.contains(&fault("/pasword", "unknown_field")), "{faults:?}");
        anybody.post_raw("/v1/sessions", "application/json", "{").problem(400, "malformed");
    }

    fn an_access_token_is_good_for_ten_minutes(engine) {
        let world = World::new(engine);
        let session = world.open_session("owner@acme.example");
        assert_eq!((&session["token_type"], &session["expires_in"]), (&json!("Bearer"), &json!(600)));
        let acme = signed(&world, &session).client;
        world.app.clock.advance(599);
        assert!(is_in(&acme));
        world.app.clock.advance(1);
        assert!(!is_in(&acme));
        acme.get("/v1/reports").problem(401, "unauthenticated");
    }

    fn an_access_token_is_signed_by_the_key_that_is_published(engine) {
        let world = World::new(engine);
        let token = world.owner("acme").bearer().to_owned();
        let parts: Vec<&str> = token.split('.').collect();
        let header: Value = serde_json::from_slice(&decoded(parts[0])).unwrap();
        let published = world.app.anonymous().get("/.well-known/jwks.json").expect(200).json();
        let key = &published["keys"][0];
        assert_eq!((&header["alg"], &header["kid"]), (&json!("EdDSA"), &key["kid"]));
        let public = UnparsedPublicKey::new(&ED25519, decoded(key["x"].as_str().unwrap()));
        let signed = format!("{}.{}", parts[0], parts[1]);
        assert!(public.verify(signed.as_bytes(), &decoded(parts[2])).is_ok());
    }

    fn a_forged_access_token_is_refused(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.owner("acme"), world.owner("bolt"));
        let (acme, bolt) = (acme.bearer(), bolt.bearer());
        let parts: Vec<&str> = acme.split('.').collect();
        let payload_of_bolt = bolt.split('.').nth(1).unwrap();
        let published = world.app.anonymous().get("/.well-known/jwks.json").expect(200).json();
        let key = &published["keys"][0];

        let unsigned = BASE64URL_NOPAD.encode(br#"{"alg":"none","typ":"at+jwt"}"#);
        let symmetric = json!({ "alg": "HS256", "typ": "at+jwt", "kid": key["kid"] }).to_string();
        let symmetric = format!("{}.{}", BASE64URL_NOPAD.encode(symmetric.as_bytes()), parts[1]);
        // The public key taken for a shared secret: the classic confusion of algorithms.
        let shared = hmac::Key::new(hmac::HMAC_SHA256, &decoded(key["x"].as_str().unwrap()));
        let tag = BASE64URL_NOPAD.encode(hmac::sign(&shared, symmetric.as_bytes()).as_ref());
        for forged in [
            format!("{}.{payload_of_bolt}.{}", parts[0], parts[2]),
            format!("{}.{}.", parts[0], parts[1]),
            format!("{}.{}", parts[0], parts[1]),
            format!("{unsigned}.{}.", parts[1]),
            format!("{symmetric}.{tag}"),
            format!("{acme}A"),
        ] {
            assert!(!is_in(&world.app.client(&forged)), "{forged}");
        }
        assert!(is_in(&world.app.client(acme)));
    }

    fn a_refresh_gives_the_next_pair_of_tokens(engine) {
        let world = World::new(engine);
        let first = open(&world, "owner@acme.example");
        let second = next(&world, &first.refresh_token);
        assert_ne!(first.refresh_token, second.refresh_token);
        world.app.clock.advance(601);
        assert!(!is_in(&first.client) && !is_in(&second.client));
        let third = next(&world, &second.refresh_token);
        assert!(is_in(&third.client));
        assert_eq!(third.client.get("/v1/me").json()["member_slug"], "acme");
    }

    fn a_refresh_token_that_is_used_twice_ends_the_whole_session_and_no_other(engine) {
        let world = World::new(engine);
        let other = open(&world, "owner@acme.example");
        let first = open(&world, "owner@acme.example");
        let second = next(&world, &first.refresh_token);
        assert!(is_in(&first.client) && is_in(&second.client));

        let anybody = world.app.anonymous();
        refresh(&anybody, &first.refresh_token).problem(401, "unauthenticated");
        assert!(!is_in(&first.client) && !is_in(&second.client), "the session goes on");
        refresh(&anybody, &second.refresh_token).problem(401, "unauthenticated");

        assert!(is_in(&other.client));
        assert!(is_in(&next(&world, &other.refresh_token).client));
    }

    fn of_two_refreshes_at_once_one_succeeds_and_the_session_ends(engine) {
        let world = World::new(engine);
        let session = open(&world, "owner@acme.example");
        let mut statuses: Vec<u16> = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..2)
                .map(|_| {
                    let (client, token) = (world.app.anonymous(), session.refresh_token.clone());
                    scope.spawn(move || refresh(&client, &token).status)
                })
                .collect();
            tries.into_iter().map(|one| one.join().unwrap()).collect()
        });
        statuses.sort();
        assert_eq!(statuses, [200, 401]);
        assert!(!is_in(&session.client));
    }

    fn a_refresh_token_is_good_for_thirty_days(engine) {
        let world = World::new(engine);
        let (early, late) = (open(&world, "owner@acme.example"), open(&world, "owner@acme.example"));
        world.app.clock.advance(30 * 24 * 3600 - 1);
        assert!(is_in(&next(&world, &early.refresh_token).client));
        world.app.clock.advance(1);
        refresh(&world.app.anonymous(), &late.refresh_token).problem(401, "unauthenticated");
    }

    fn a_refresh_token_that_was_never_given_is_refused(engine) {
        let world = World::new(engine);
        let session = open(&world, "owner@acme.example");
        let anybody = world.app.anonymous();
        refresh(&anybody, session.client.bearer()).problem(401, "unauthenticated");
        refresh(&anybody, "nonsense").problem(401, "unauthenticated");
        let lacking = anybody.post("/v1/sessions/refresh", &json!({}));
        assert_eq!(lacking.problem(422, "invalid"), [fault("/refresh_token", "required")]);
        // A refresh token is not an access token either.
        assert!(!is_in(&world.app.client(&session.refresh_token)));
        assert!(is_in(&next(&world, &session.refresh_token).client));
    }

    fn signing_out_ends_this_session_and_no_other(engine) {
        let world = World::new(engine);
        let (here, there) = (open(&world, "owner@acme.example"), open(&world, "owner@acme.example"));
        assert_eq!(here.client.delete("/v1/sessions/current").expect(204).text, "");
        assert!(!is_in(&here.client));
        refresh(&world.app.anonymous(), &here.refresh_token).problem(401, "unauthenticated");
        here.client.delete("/v1/sessions/current").problem(401, "unauthenticated");
        assert!(is_in(&there.client));
        assert!(is_in(&next(&world, &there.refresh_token).client));
        world.key("acme").delete("/v1/sessions/current").problem(403, "forbidden");
        assert!(is_in(&world.key("acme")));
    }

    fn a_password_that_is_set_anew_ends_every_session_of_that_user_and_no_other(engine) {
        let world = World::new(engine);
        join(&world, "acme", "analyst", "ada@acme.example");
        let (here, there) = (open(&world, "ada@acme.example"), open(&world, "ada@acme.example"));
        let other = open(&world, "owner@acme.example");
        let password = "a password that nobody else knows";
        let hash = hash_password(&password.to_owned().into()).unwrap();
        let app = &world.app.app;
        let set = |email: &str| app.db.write(|conn| set_password(conn, app.now(), email, &hash)).unwrap();
        assert!(set("ada@acme.example"));
        for session in [here, there] {
            session.client.get("/v1/me").problem(401, "unauthenticated");
            refresh(&world.app.anonymous(), &session.refresh_token).problem(401, "unauthenticated");
        }
        other.client.get("/v1/me").expect(200);
        sign_in(&world, "ada@acme.example", PASSWORD).problem(401, "unauthenticated");
        sign_in(&world, "ada@acme.example", password).expect(201);
        assert!(!set("nobody@acme.example"));
    }
}
