//! What holds for the whole surface: health, metrics, request ids, and what is at no route.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;

use super::essence;
use crate::support::app::TestApp;
use crate::support::client::{Client, Reply};
use crate::support::on_both_engines;
use crate::support::world::World;

/// Asks for the figures as if through a proxy that names itself by this header.
fn proxied_metrics(client: &Client, header: &str) -> Reply {
    client.send(client.request(Method::GET, "/metrics").header(header, "203.0.113.9"))
}

on_both_engines! {
    fn health_readiness_and_the_signing_key_answer_anybody(engine) {
        let app = TestApp::start(engine);
        let anybody = app.anonymous();
        assert_eq!(anybody.get("/healthz").expect(200).text, "ok\n");
        assert_eq!(anybody.get("/readyz").expect(200).text, "ready\n");
        let keys = anybody.get("/.well-known/jwks.json").expect(200).json();
        let key = &keys["keys"][0];
        assert_eq!((&key["kty"], &key["crv"], &key["alg"]), (&json!("OKP"), &json!("Ed25519"), &json!("EdDSA")));
        assert!(key["kid"].is_string() && key["x"].is_string(), "{key}");
        assert!(key.get("d").is_none(), "the private key is published");
    }

    fn a_program_can_be_made_from_the_description_of_the_interface(engine) {
        let app = TestApp::start(engine);
        let document = app.anonymous().get("/openapi.json").expect(200).json();
        let mut ids = BTreeSet::new();
        let operations = document["paths"].as_object().unwrap().values();
        for operation in operations.flat_map(|path| path.as_object().unwrap().values()) {
            let Some(id) = operation["operationId"].as_str() else { continue };
            assert!(ids.insert(id), "two operations have the id {id}");
            for (status, answer) in operation["responses"].as_object().unwrap() {
                let described = answer["description"].as_str().is_some_and(|text| !text.is_empty());
                assert!(described || answer.get("$ref").is_some(), "{id} {status} has no description");
            }
        }
        assert!(ids.len() > 50, "{ids:?}");
    }

    fn every_answer_has_a_request_id_of_its_own(engine) {
        let world = World::new(engine);
        let (anybody, acme) = (world.app.anonymous(), world.key("acme"));
        let replies = [
            anybody.get("/healthz"),
            anybody.get("/openapi.json"),
            anybody.get("/docs"),
            anybody.get("/docs/"),
            anybody.get("/metrics"),
            anybody.get("/invitation"),
            anybody.get("/nothing"),
            anybody.get("/v1/me"),
            anybody.post_raw("/v1/sessions", "application/json", "{"),
            anybody.post_raw("/v1/sessions", "text/plain", "{}"),
            acme.get("/v1/me"),
            acme.get("/v1/reports/nonsense"),
            acme.get("/v1/reports?limit=0"),
            acme.get("/v1/admin/members"),
            acme.post("/v1/reports", &json!({})),
        ];
        let mut ids = BTreeSet::new();
        for reply in &replies {
            let id = reply.header("x-request-id");
            assert!(!id.is_empty(), "no id on {reply:?}");
            assert_eq!(reply.header("x-content-type-options"), "nosniff", "{reply:?}");
            ids.insert(id);
        }
        assert_eq!(ids.len(), replies.len(), "two answers have one id");
    }

    fn what_is_at_no_route_is_a_problem_document_and_the_same_for_everybody(engine) {
        let world = World::new(engine);
        let (anybody, acme) = (world.app.anonymous(), world.owner("acme"));
        let missing = anybody.get("/nothing");
        missing.problem(404, "not-found");
        for path in ["/", "/v1", "/v1/", "/v1/me/", "/v1/nothing", "/v1/reports/a/b", "/v2/me", "/v1/groups/alliance"] {
            for client in [&anybody, &acme] {
                assert_eq!(essence(&client.get(path)), essence(&missing), "{path}");
            }
        }
        let wrong_method = [
            anybody.delete("/v1/me"),
            anybody.post("/healthz", &json!({})),
            acme.delete("/v1/groups"),
            acme.delete("/v1/reports"),
        ];
        for reply in &wrong_method {
            reply.problem(404, "not-found");
            assert_eq!(reply.text, missing.text);
        }
    }

    fn a_refusal_for_want_of_credentials_says_which_are_wanted(engine) {
        let app = TestApp::start(engine);
        let refusal = app.anonymous().get("/v1/me");
        refusal.problem(401, "unauthenticated");
        assert_eq!(refusal.header("www-authenticate"), "Bearer");
    }

    fn the_machine_itself_reads_the_metrics_and_they_name_no_ids(engine) {
        let app = TestApp::start(engine);
        let anybody = app.anonymous();
        anybody.get("/v1/reports/rep_00000000000000000000000000000001").problem(401, "unauthenticated");
        let metrics = anybody.get("/metrics").expect(200);
        assert!(metrics.header("content-type").starts_with("application/openmetrics-text"), "{metrics:?}");
        assert!(metrics.text.contains("/v1/reports/{id}"), "{}", metrics.text);
        assert!(!metrics.text.contains("rep_0"), "{}", metrics.text);
    }

    fn a_method_that_a_client_makes_up_is_not_counted_by_its_name(engine) {
        let app = TestApp::start(engine);
        let anybody = app.anonymous();
        for method in ["BREW", "EVE1", "EVE2"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            anybody.send(anybody.request(method, "/healthz")).problem(404, "not-found");
        }
        let metrics = anybody.get("/metrics").expect(200).text;
        assert!(metrics.contains(r#"method="other""#), "{metrics}");
        assert!(!metrics.contains("BREW") && !metrics.contains("EVE"), "{metrics}");
    }

    fn through_a_proxy_only_the_operator_reads_the_metrics(engine) {
        let world = World::new(engine);
        for header in ["x-forwarded-for", "forwarded", "via"] {
            proxied_metrics(&world.app.anonymous(), header).problem(401, "unauthenticated");
            for slug in ["acme", "taobao", "customs"] {
                proxied_metrics(&world.owner(slug), header).problem(403, "forbidden");
                proxied_metrics(&world.key(slug), header).problem(403, "forbidden");
            }
            proxied_metrics(&world.owner("operator"), header).expect(200);
            proxied_metrics(&world.key("operator"), header).expect(200);
        }
    }
}
