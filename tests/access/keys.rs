//! API keys: what they open, how long, and who may make them.

use aws_lc_rs::digest;
use data_encoding::HEXLOWER;
use reqwest::Method;
use serde_json::{Value, json};
use touchstone::store::keys;

use super::{essence, eventually, fault, is_in, text};
use crate::support::client::{Client, Reply};
use crate::support::forms::{email, report};
use crate::support::on_both_engines;
use crate::support::world::World;

const DAY: i64 = 24 * 3600;

/// The length of what an API key ends in, so that a mistyped or leaked one is known without asking.
const CHECKSUM_CHARS: usize = 6;

fn make(client: &Client, scopes: &[&str]) -> Reply {
    client.post("/v1/keys", &json!({ "name": "a key", "scopes": scopes }))
}

fn listed(client: &Client, id: &str) -> Value {
    client.all("/v1/keys").into_iter().find(|key| key["id"] == id).expect("the key is listed")
}

/// What follows the id: it may hold underscores of its own.
fn secret_of(key: &str) -> &str {
    key.splitn(4, '_').nth(3).expect("a key has four parts")
}

fn with_checksum(body: &str) -> String {
    let sum = HEXLOWER.encode(digest::digest(&digest::SHA256, body.as_bytes()).as_ref());
    format!("{body}{}", &sum[..CHECKSUM_CHARS])
}

on_both_engines! {
    fn a_key_is_shown_once_and_listed_without_its_secret(engine) {
        let world = World::new(engine);
        let acme = world.owner("acme");
        let body = json!({ "name": "nightly upload", "scopes": ["sellers:read", "reports:write"], "expires_in_days": 30 });
        let made = acme.post("/v1/keys", &body).expect(201).json();
        let (id, key) = (text(&made["id"]), text(&made["api_key"]));
        assert!(key.starts_with("ts_live_"), "{key}");
        assert!(is_in(&world.app.client(&key)));

        let one = listed(&acme, &id);
        assert_eq!(one["name"], "nightly upload");
        assert_eq!(one["scopes"].as_array().unwrap().len(), 2);
        assert_eq!(one["expires_at"], "2026-07-01T00:00:00.000000Z");
        assert!(one.get("api_key").is_none() && one.get("revoked_at").is_none(), "{one}");
        let secret = secret_of(&key);
        let list = acme.get("/v1/keys").expect(200).text;
        assert!(secret.len() >= 16 && !list.contains(&secret[..16]), "{list}");
        assert!(!world.owner("bolt").get("/v1/keys").expect(200).text.contains(&id));
    }

    fn a_key_does_what_its_scopes_say_and_no_more(engine) {
        let world = World::new(engine);
        let reader = world.key_with("acme", &["reports:read"]);
        let me = reader.get("/v1/me").expect(200).json();
        assert_eq!((&me["member_slug"], &me["scopes"]), (&json!("acme"), &json!(["reports:read"])));
        assert!(me.get("role").is_none(), "{me}");
        reader.get("/v1/reports").expect(200);
        let form = report("A-1", &[], &[email("jian.li@163.com")]);
        reader.post("/v1/reports", &form).problem(403, "forbidden");
        reader.get("/v1/groups/alliance/sellers").problem(403, "forbidden");
        reader.get("/v1/groups/alliance/feed").problem(403, "forbidden");
        make(&reader, &["reports:read"]).problem(403, "forbidden");

        let writer = world.key_with("acme", &["reports:write"]);
        let filed = writer.post("/v1/reports", &form).expect(201).json();
        // Writing is not reading: not even what the key itself has filed.
        writer.get(&format!("/v1/reports/{}", text(&filed["id"]))).problem(403, "forbidden");

        let follower = world.key_with("acme", &["feed:read"]);
        follower.get("/v1/groups/alliance/feed").expect(200);
        follower.get("/v1/groups/alliance/sellers").problem(403, "forbidden");
    }

    fn a_key_cannot_be_given_what_its_maker_lacks(engine) {
        let world = World::new(engine);
        let maker = world.key_with("acme", &["keys:manage", "reports:read"]);
        let greedy = make(&maker, &["reports:write", "reports:read", "sellers:read", "users:manage"]);
        let places: Vec<_> = [0, 2, 3].map(|at| fault(&format!("/scopes/{at}"), "not_allowed")).to_vec();
        assert_eq!(greedy.problem(422, "invalid"), places);
        let same = make(&maker, &["reports:read", "keys:manage"]).expect(201).json();
        let same = world.app.client(&text(&same["api_key"]));
        same.get("/v1/reports").expect(200);
        make(&same, &["reports:write"]).problem(422, "invalid");
    }

    fn a_key_cannot_be_given_what_does_not_fit_its_member(engine) {
        let world = World::new(engine);
        for (slug, scope) in [
            ("acme", "admin:manage"),
            ("acme", "reports:all"),
            ("taobao", "reports:write"),
            ("taobao", "reports:read"),
            ("taobao", "admin:manage"),
            ("customs", "sellers:read"),
            ("customs", "feed:read"),
            ("operator", "reports:read"),
            ("operator", "sellers:read"),
            ("operator", "feed:read"),
        ] {
            let refused = make(&world.owner(slug), &["keys:manage", scope]);
            assert_eq!(refused.problem(422, "invalid"), [fault("/scopes/1", "not_allowed")], "{slug} {scope}");
        }
    }

    fn a_key_form_names_every_fault_at_once(engine) {
        let world = World::new(engine);
        let acme = world.owner("acme");
        let nothing_right = [
            fault("/expires_in_days", "out_of_range"),
            fault("/name", "malformed"),
            fault("/scopes", "required"),
        ];
        for days in [0, -1, 367] {
            let body = json!({ "name": " ", "scopes": [], "expires_in_days": days });
            assert_eq!(acme.post("/v1/keys", &body).problem(422, "invalid"), nothing_right);
        }
        let lacking = acme.post("/v1/keys", &json!({}));
        assert_eq!(lacking.problem(422, "invalid"), [fault("/name", "required"), fault("/scopes", "required")]);
    }

    fn a_key_ends_when_it_said_it_would(engine) {
        let world = World::new(engine);
        let acme = world.owner("acme");
        let body = json!({ "name": "short", "scopes": ["reports:read"], "expires_in_days": 1 });
        let short = text(&acme.post("/v1/keys", &body).expect(201).json()["api_key"]);
        let usual = text(&make(&acme, &["reports:read"]).expect(201).json()["api_key"]);
        let (short, usual) = (world.app.client(&short), world.app.client(&usual));
        world.app.clock.advance(DAY - 1);
        assert!(is_in(&short));
        world.app.clock.advance(1);
        assert!(!is_in(&short) && is_in(&usual));
        world.app.clock.advance(89 * DAY - 1);
        assert!(is_in(&usual));
        world.app.clock.advance(1);
        assert!(!is_in(&usual), "a key that does not say is good for 90 days");
    }

    fn a_revoked_key_is_refused_on_its_next_request(engine) {
        let world = World::new(engine);
        let acme = world.owner("acme");
        let made = make(&acme, &["reports:read"]).expect(201).json();
        let (id, key) = (text(&made["id"]), world.app.client(&text(&made["api_key"])));
        key.get("/v1/reports").expect(200);
        acme.delete(&format!("/v1/keys/{id}")).expect(204);
        key.get("/v1/reports").problem(401, "unauthenticated");
        let revoked_at = listed(&acme, &id)["revoked_at"].clone();
        assert_eq!(revoked_at, "2026-06-01T00:00:00.000000Z");
        world.app.clock.advance(60);
        acme.delete(&format!("/v1/keys/{id}")).expect(204);
        assert_eq!(listed(&acme, &id)["revoked_at"], revoked_at, "revoking twice moved the time");
        assert!(is_in(&world.key("acme")), "another key of the member was revoked");
    }

    fn a_key_with_a_changed_checksum_or_secret_is_refused_like_one_that_never_was(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let good = acme.bearer();
        let (body, sum) = good.split_at(good.len() - CHECKSUM_CHARS);
        assert_eq!(with_checksum(body), good, "the checksum is not what the test takes it for");

        let digit = if sum.starts_with('0') { '1' } else { '0' };
        let secret = secret_of(body);
        let id_of_bolt = bolt.bearer().split('_').nth(2).unwrap();
        let never = with_checksum(&format!("ts_live_{}_{secret}", "0".repeat(32)));
        let refusal = world.app.client(&never).get("/v1/me");
        refusal.problem(401, "unauthenticated");
        for wrong in [
            format!("{body}{digit}{}", &sum[1..]),
            body.to_owned(),
            with_checksum(&format!("ts_live_{id_of_bolt}_{secret}")),
            with_checksum(&body[..body.len() - 1]),
            with_checksum(&format!("{body}A")),
            "ts_live_".to_owned(),
            good.to_uppercase(),
        ] {
            assert_eq!(essence(&world.app.client(&wrong).get("/v1/me")), essence(&refusal), "{wrong}");
        }
        assert!(is_in(&acme) && is_in(&bolt));
    }

    fn only_a_bearer_credential_is_a_credential(engine) {
        let world = World::new(engine);
        let anybody = world.app.anonymous();
        let key = world.key("acme").bearer().to_owned();
        let with = |value: &str| {
            anybody.send(anybody.request(Method::GET, "/v1/me").header("authorization", value)).status
        };
        let basic = format!("Basic {key}");
        for value in ["", "Bearer", "Bearer ", "Bearer nonsense", "Basic YWNtZTpzZWNyZXQ=", key.as_str(), basic.as_str()] {
            assert_eq!(with(value), 401, "{value}");
        }
        assert_eq!(with(&format!("Bearer {key}")), 200);
        assert_eq!(with(&format!("bearer {key}")), 200, "RFC 9110: the scheme is the same in any case");
        assert_eq!(anybody.get(&format!("/v1/me?access_token={key}")).status, 401);
    }

    fn the_last_use_of_a_key_is_shown(engine) {
        let world = World::new(engine);
        let acme = world.owner("acme");
        let made = make(&acme, &["reports:read"]).expect(201).json();
        let id = text(&made["id"]);
        assert!(listed(&acme, &id).get("last_used_at").is_none());
        world.app.clock.advance(300);
        world.app.client(&text(&made["api_key"])).get("/v1/me").expect(200);
        eventually("the use is noted", || listed(&acme, &id)["last_used_at"] == "2026-06-01T00:05:00.000000Z");
    }

    fn a_use_that_is_noted_late_does_not_hide_a_later_one(engine) {
        let world = World::new(engine);
        let acme = world.owner("acme");
        let id = text(&make(&acme, &["reports:read"]).expect(201).json()["id"]);
        let (key, now) = (id.parse().expect("a key's id"), world.app.app.now());
        for used in [now.plus_seconds(600), now.plus_seconds(300)] {
            let noted = world.app.app.db.write(|conn| keys::touch(conn, key, used));
            noted.expect("the use can be noted");
        }
        assert_eq!(listed(&acme, &id)["last_used_at"], "2026-06-01T00:10:00.000000Z");
    }
}
