//! Credentials that are not good. Each is sent to read and to write, and neither happens.

use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::{EncodingKey, Header};
use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use touchstone::app::access_token::{AccessTokens, new_signing_key};
use touchstone::domain::id::{KeyId, SessionId, UserId};
use touchstone::ops::token;
use touchstone::store::secrets;

use super::{good, put, sight};
use crate::support::client::{Client, Reply};
use crate::support::on_both_engines;
use crate::support::world::World;

const DAY: i64 = 24 * 3600;

/// Asserts that a client gets nowhere.
#[track_caller]
fn assert_locked_out(client: &Client, what: &str) {
    let paths = ["/v1/me", "/v1/reports", "/v1/groups", "/v1/groups/alliance/feed", "/v1/keys"];
    let reads = paths.map(|path| client.get(path));
    let writes =
        [client.post("/v1/reports", &good()), client.delete(&format!("/v1/reports/rep_{}", "5".repeat(32)))];
    for reply in reads.iter().chain(&writes) {
        assert_unauthenticated(reply, what);
    }
}

#[track_caller]
fn assert_unauthenticated(reply: &Reply, what: &str) {
    assert_eq!(reply.status, 401, "{what}: {}", reply.text);
    assert!(reply.problem(401, "unauthenticated").is_empty(), "{what}");
    assert_eq!(reply.header("www-authenticate"), "Bearer", "{what}");
}

/// A token taken apart.
struct Parts {
    header: Value,
    claims: Value,
    signature: String,
}

fn apart(token: &str) -> Parts {
    let parts: Vec<&str> = token.split('.').collect();
    let read =
        |part: &str| serde_json::from_slice(&BASE64URL_NOPAD.decode(part.as_bytes()).unwrap()).unwrap();
    Parts { header: read(parts[0]), claims: read(parts[1]), signature: parts[2].to_owned() }
}

fn encoded(value: &Value) -> String {
    BASE64URL_NOPAD.encode(value.to_string().as_bytes())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A token with this header and these claims, signed as the header says.
fn signed(key: &EncodingKey, header: &Value, claims: &Value) -> String {
    let header: Header = serde_json::from_value(header.clone()).unwrap();
    jsonwebtoken::encode(&header, claims, key).unwrap()
}

/// The key that the server under test signs with. Only so can a test vary one claim at a time.
fn server_key(world: &World) -> EncodingKey {
    let app = &world.app.app;
    let pkcs8 = app.db.write(|conn| secrets::get_or_put(conn, "token-signing-key", &[], app.now()));
    EncodingKey::from_ed_der(&pkcs8.unwrap())
}

on_both_engines! {
    fn a_request_without_a_good_credential_is_refused(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        acme.file(&good());
        let before = sight(&acme);
        assert_locked_out(&world.app.anonymous(), "no header");
        let token = world.owner("acme").bearer().to_owned();
        let parts: Vec<&str> = token.split('.').collect();
        let garbage = [
            String::new(),
            "garbage".to_owned(),
            "a.b.c".to_owned(),
            "..".to_owned(),
            "ts_live_".to_owned(),
            "ts_live_5_5".to_owned(),
            "x".repeat(5_000),
            format!("{token}x"),
            format!("{token} {token}"),
            format!("{}.{}", parts[0], parts[1]),
            format!("{}.{}.{}", parts[0], parts[2], parts[1]),
            token.to_uppercase(),
        ];
        for bearer in garbage {
            assert_locked_out(&world.app.client(&bearer), &bearer);
        }
        let anonymous = world.app.anonymous();
        let headers = [
            String::new(),
            "Bearer".to_owned(),
            "Basic b3duZXI6cGFzcw==".to_owned(),
            token.clone(),
            format!("Token {token}"),
            format!("Bearer{token}"),
        ];
        for value in &headers {
            let request = anonymous.request(Method::GET, "/v1/reports").header("authorization", value.as_str());
            assert_unauthenticated(&anonymous.send(request), value);
        }
        // Nowhere else is a credential looked for.
        let request = anonymous.request(Method::GET, &format!("/v1/reports?access_token={token}"));
        assert_unauthenticated(&anonymous.send(request), "in the URL");
        assert_eq!(sight(&acme), before);
    }

    fn an_access_token_is_good_for_ten_minutes(engine) {
        let world = World::new(engine);
        let (acme, owner) = (world.key("acme"), world.owner("acme"));
        let before = sight(&acme);
        world.app.clock.advance(599);
        owner.get("/v1/reports").expect(200);
        world.app.clock.advance(1);
        assert_locked_out(&owner, "after 600 seconds");
        world.app.clock.advance(1);
        assert_locked_out(&owner, "after 601 seconds");
        assert_eq!(sight(&acme), before);
        assert_eq!(sight(&world.sign_in("owner@acme.example")), before);
    }

    fn an_unsigned_token_is_refused(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let before = sight(&acme);
        let Parts { header, claims, signature } = apart(world.owner("acme").bearer());
        for algorithm in ["none", "None", "NONE", "nOnE", ""] {
            let mut with_key = header.clone();
            with_key["alg"] = json!(algorithm);
            for header in [json!({ "alg": algorithm, "typ": "at+jwt" }), with_key] {
                for signature in ["", signature.as_str()] {
                    let token = format!("{}.{}.{signature}", encoded(&header), encoded(&claims));
                    assert_locked_out(&world.app.client(&token), &token);
                }
                let two_parts = format!("{}.{}", encoded(&header), encoded(&claims));
                assert_locked_out(&world.app.client(&two_parts), &two_parts);
            }
        }
        // With its own header, the signature must be there and be right.
        let unsigned = format!("{}.{}.", encoded(&header), encoded(&claims));
        assert_locked_out(&world.app.client(&unsigned), "without its signature");
        assert_eq!(sight(&acme), before);
    }

    fn a_token_signed_with_another_key_is_refused(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let before = sight(&acme);
        let Parts { mut header, claims, .. } = apart(world.owner("acme").bearer());
        let pkcs8 = new_signing_key().unwrap();
        let user: UserId = text(&claims["sub"]).parse().unwrap();
        let session: SessionId = text(&claims["sid"]).parse().unwrap();
        let strangers = AccessTokens::new(&pkcs8).unwrap().sign(user, session, world.app.app.now()).unwrap();
        assert_locked_out(&world.app.client(&strangers), "another server's");
        let key = EncodingKey::from_ed_der(&pkcs8);
        let named = signed(&key, &header, &claims);
        assert_locked_out(&world.app.client(&named), "another key under the name of the right one");

        // The public key is public: as the secret of an HMAC it proves nothing.
        let keys = world.app.anonymous().get("/.well-known/jwks.json").expect(200).json();
        let published = text(&keys["keys"][0]["x"]);
        let raw = BASE64URL_NOPAD.decode(published.as_bytes()).unwrap();
        header["alg"] = json!("HS256");
        for secret in [raw.as_slice(), published.as_bytes(), b"secret".as_slice()] {
            let token = signed(&EncodingKey::from_secret(secret), &header, &claims);
            assert_locked_out(&world.app.client(&token), "HS256");
        }
        assert_eq!(sight(&acme), before);
    }

    fn a_token_is_good_only_with_every_claim_as_the_server_makes_it(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let before = sight(&acme);
        let key = server_key(&world);
        let Parts { header, claims, .. } = apart(world.owner("acme").bearer());
        let others = apart(world.owner("bolt").bearer()).claims;
        let now = world.app.app.now().unix_seconds();
        let signed_again = world.app.client(&signed(&key, &header, &claims));
        signed_again.get("/v1/reports").expect(200);

        let of_claims = [
            ("/aud", json!("another-api")),
            ("/aud", Value::Null),
            ("/iss", json!("another-issuer")),
            ("/iss", Value::Null),
            ("/exp", json!(now)),
            ("/exp", json!(now - 1)),
            ("/exp", Value::Null),
            ("/sub", others["sub"].clone()),
            ("/sub", json!("usr_5")),
            ("/sub", json!(world.ids["acme"])),
            ("/sub", Value::Null),
            ("/sid", others["sid"].clone()),
            ("/sid", json!(format!("ses_{}", "5".repeat(32)))),
            ("/sid", Value::Null),
        ];
        for (place, value) in of_claims {
            let (mut changed, what) = (claims.clone(), format!("{place} {value}"));
            put(&mut changed, place, value);
            // Absent is not the same as null.
            changed.as_object_mut().unwrap().retain(|_, claim| !claim.is_null());
            assert_locked_out(&world.app.client(&signed(&key, &header, &changed)), &what);
        }
        for (place, value) in [
            ("/typ", json!("JWT")),
            ("/typ", Value::Null),
            ("/kid", json!("another-key")),
            ("/kid", Value::Null),
        ] {
            let (mut changed, what) = (header.clone(), format!("{place} {value}"));
            put(&mut changed, place, value);
            changed.as_object_mut().unwrap().retain(|_, field| !field.is_null());
            assert_locked_out(&world.app.client(&signed(&key, &changed, &claims)), &what);
        }
        assert_eq!(sight(&acme), before);
    }

    fn an_api_key_that_has_expired_is_refused(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        acme.file(&good());
        let before = sight(&acme);
        world.app.clock.advance(366 * DAY - 1);
        assert_eq!(sight(&acme), before);
        world.app.clock.advance(1);
        assert_locked_out(&acme, "after 366 days");
        world.app.clock.advance(DAY);
        assert_locked_out(&acme, "after 367 days");
        assert_eq!(sight(&world.sign_in("owner@acme.example")), before);
    }

    fn an_api_key_that_was_revoked_is_refused_from_the_next_request(engine) {
        let world = World::new(engine);
        let (acme, owner) = (world.key("acme"), world.owner("acme"));
        let before = sight(&acme);
        let form = json!({ "name": "short-lived", "scopes": ["reports:read", "reports:write"] });
        let made = owner.post("/v1/keys", &form).expect(201).json();
        let key = world.app.client(&text(&made["api_key"]));
        key.get("/v1/reports").expect(200);
        owner.delete(&format!("/v1/keys/{}", text(&made["id"]))).expect(204);
        assert_locked_out(&key, "revoked");
        assert_eq!(sight(&acme), before);
    }

    fn an_api_key_is_good_only_letter_by_letter(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let before = sight(&acme);
        let good = acme.bearer();
        for at in ["ts_live_".len(), "ts_live_".len() + 33, good.len() - 7, good.len() - 1] {
            let other = if good.as_bytes()[at] == b'0' { "1" } else { "0" };
            let mut changed = good.to_owned();
            changed.replace_range(at..=at, other);
            assert_locked_out(&world.app.client(&changed), &changed);
        }
        let (longer, shorter) = (format!("{good}0"), good[..good.len() - 1].to_owned());
        for changed in [longer, shorter, good[1..].to_owned(), good.to_uppercase()] {
            assert_locked_out(&world.app.client(&changed), &changed);
        }
        // Another secret under the right id, with a right checksum; and the right form for no key at all.
        let id = world.owner("acme").get("/v1/keys").expect(200).json()["items"][0]["id"].clone();
        let id: KeyId = text(&id).parse().unwrap();
        for id in [id, KeyId([5; 16])] {
            let forged = token::api_key_text(id, &token::fresh());
            assert_locked_out(&world.app.client(forged.expose_secret()), "forged");
        }
        assert_eq!(sight(&acme), before);
    }
}
