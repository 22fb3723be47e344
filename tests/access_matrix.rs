//! Who may call what: every operation of the OpenAPI document has its row, and every kind of caller is
//! tried on it.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;

use crate::support::client::Client;
use crate::support::on_both_engines;
use crate::support::world::World;

/// What an operation asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// Anybody at all.
    Nothing,
    /// Any member in good standing.
    Membership,
    /// A scope: a key that has it, or a person of the role, of a member that it fits.
    Scope(&'static str),
}

use Need::{Membership, Nothing, Scope};

const MATRIX: &[(&str, &str, Need)] = &[
    ("get", "/healthz", Nothing),
    ("get", "/readyz", Nothing),
    ("get", "/.well-known/jwks.json", Nothing),
    ("post", "/v1/sessions", Nothing),
    ("post", "/v1/sessions/refresh", Nothing),
    ("delete", "/v1/sessions/current", Membership),
    ("post", "/v1/invitations/accept", Nothing),
    ("post", "/v1/invitations", Scope("users:manage")),
    ("get", "/v1/me", Membership),
    ("get", "/v1/users", Scope("users:manage")),
    ("post", "/v1/users/{id}/suspend", Scope("users:manage")),
    ("post", "/v1/users/{id}/reinstate", Scope("users:manage")),
    ("get", "/v1/keys", Scope("keys:manage")),
    ("post", "/v1/keys", Scope("keys:manage")),
    ("delete", "/v1/keys/{id}", Scope("keys:manage")),
    ("get", "/v1/reports", Scope("reports:read")),
    ("post", "/v1/reports", Scope("reports:write")),
    ("post", "/v1/reports/bulk", Scope("reports:write")),
    ("post", "/v1/reports/preview", Scope("reports:write")),
    ("get", "/v1/reports/{id}", Scope("reports:read")),
    ("put", "/v1/reports/{id}", Scope("reports:write")),
    ("delete", "/v1/reports/{id}", Scope("reports:write")),
    ("get", "/v1/reports/{id}/revisions", Scope("reports:read")),
    ("get", "/v1/reports/{id}/sellers", Scope("reports:read")),
    ("get", "/v1/groups", Membership),
    ("post", "/v1/groups", Scope("groups:manage")),
    ("get", "/v1/groups/{group}/members", Membership),
    ("delete", "/v1/groups/{group}/members/{member}", Scope("groups:manage")),
    ("put", "/v1/groups/{group}/keepers/{member}", Scope("groups:manage")),
    ("delete", "/v1/groups/{group}/keepers/{member}", Scope("groups:manage")),
    ("get", "/v1/groups/{group}/invitations", Scope("groups:manage")),
    ("post", "/v1/groups/{group}/invitations", Scope("groups:manage")),
    ("delete", "/v1/groups/{group}/invitations/{id}", Scope("groups:manage")),
    ("get", "/v1/groups/{group}/changes", Scope("groups:manage")),
    ("put", "/v1/groups/{group}/k", Scope("groups:manage")),
    ("post", "/v1/groups/{group}/leave", Scope("groups:manage")),
    ("get", "/v1/group-invitations", Scope("groups:manage")),
    ("post", "/v1/group-invitations/{id}/accept", Scope("groups:manage")),
    ("post", "/v1/group-invitations/{id}/decline", Scope("groups:manage")),
    ("get", "/v1/groups/{group}/stats", Scope("sellers:read")),
    ("get", "/v1/groups/{group}/sellers", Scope("sellers:read")),
    ("get", "/v1/groups/{group}/sellers/{id}", Scope("sellers:read")),
    ("get", "/v1/groups/{group}/sellers/{id}/links", Scope("sellers:read")),
    ("get", "/v1/groups/{group}/sellers/{id}/apart", Scope("sellers:read")),
    ("get", "/v1/groups/{group}/sellers/{id}/history", Scope("sellers:read")),
    ("get", "/v1/groups/{group}/sellers/{id}/contributions", Scope("sellers:read")),
    ("post", "/v1/groups/{group}/match", Scope("sellers:read")),
    ("get", "/v1/groups/{group}/feed", Scope("feed:read")),
    ("get", "/v1/groups/{group}/snapshot", Scope("feed:read")),
    ("get", "/v1/groups/{group}/candidates", Scope("sellers:read")),
    ("post", "/v1/groups/{group}/judgements", Scope("judgements:write")),
    ("get", "/v1/groups/{group}/judgements", Scope("sellers:read")),
    ("delete", "/v1/groups/{group}/judgements/{id}", Scope("judgements:write")),
    ("post", "/v1/groups/{group}/sellers/{id}/introductions", Scope("introductions:write")),
    ("get", "/v1/introductions", Scope("sellers:read")),
    ("delete", "/v1/introductions/{id}", Scope("introductions:write")),
    ("get", "/v1/introductions/received", Scope("sellers:read")),
    ("post", "/v1/introductions/received/{id}/grant", Scope("introductions:write")),
    ("post", "/v1/introductions/received/{id}/ignore", Scope("introductions:write")),
    ("get", "/v1/webhooks", Scope("webhooks:manage")),
    ("post", "/v1/webhooks", Scope("webhooks:manage")),
    ("get", "/v1/webhooks/{id}", Scope("webhooks:manage")),
    ("patch", "/v1/webhooks/{id}", Scope("webhooks:manage")),
    ("delete", "/v1/webhooks/{id}", Scope("webhooks:manage")),
    ("post", "/v1/webhooks/{id}/rotate-secret", Scope("webhooks:manage")),
    ("post", "/v1/webhooks/{id}/ping", Scope("webhooks:manage")),
    ("post", "/v1/webhooks/{id}/replay", Scope("webhooks:manage")),
    ("get", "/v1/webhooks/{id}/deliveries", Scope("webhooks:manage")),
    ("get", "/v1/webhooks/{id}/deliveries/{number}", Scope("webhooks:manage")),
    ("post", "/v1/webhooks/{id}/deliveries/{number}/retry", Scope("webhooks:manage")),
    ("get", "/v1/look-ups", Scope("audit:read")),
    ("get", "/taxii2/", Membership),
    ("get", "/taxii2/groups/", Membership),
    ("get", "/taxii2/groups/status/{id}/", Scope("reports:write")),
    ("get", "/taxii2/groups/collections/", Membership),
    ("get", "/taxii2/groups/collections/{collection}/", Membership),
    ("get", "/taxii2/groups/collections/{collection}/manifest/", Scope("feed:read")),
    ("get", "/taxii2/groups/collections/{collection}/objects/", Scope("feed:read")),
    ("post", "/taxii2/groups/collections/{collection}/objects/", Scope("reports:write")),
    ("get", "/taxii2/groups/collections/{collection}/objects/{object}/", Scope("feed:read")),
    ("delete", "/taxii2/groups/collections/{collection}/objects/{object}/", Scope("feed:read")),
    ("get", "/taxii2/groups/collections/{collection}/objects/{object}/versions/", Scope("feed:read")),
    ("get", "/misp/{group}/manifest.json", Scope("feed:read")),
    ("get", "/misp/{group}/{event}.json", Scope("feed:read")),
    ("get", "/v1/admin/members", Scope("admin:manage")),
    ("post", "/v1/admin/members", Scope("admin:manage")),
    ("get", "/v1/admin/members/{id}", Scope("admin:manage")),
    ("post", "/v1/admin/members/{id}/suspend", Scope("admin:manage")),
    ("post", "/v1/admin/members/{id}/reinstate", Scope("admin:manage")),
    ("put", "/v1/admin/members/{id}/owner-group", Scope("admin:manage")),
    ("delete", "/v1/admin/members/{id}/owner-group", Scope("admin:manage")),
    ("post", "/v1/admin/members/{id}/invitations", Scope("admin:manage")),
    ("get", "/v1/admin/groups", Scope("admin:manage")),
    ("post", "/v1/admin/groups", Scope("admin:manage")),
    ("put", "/v1/admin/groups/{group}/k", Scope("admin:manage")),
    ("get", "/v1/admin/stop-list", Scope("admin:manage")),
    ("post", "/v1/admin/stop-list", Scope("admin:manage")),
    ("post", "/v1/admin/stop-list/{id}/lift", Scope("admin:manage")),
    ("get", "/v1/admin/look-ups", Scope("admin:manage")),
    ("get", "/v1/admin/canaries", Scope("admin:manage")),
    ("post", "/v1/admin/canaries", Scope("admin:manage")),
    ("post", "/v1/admin/canaries/{id}/retire", Scope("admin:manage")),
    ("get", "/v1/admin/canary-alerts", Scope("admin:manage")),
];

/// Who has each scope, written out and not computed: kinds of member, and the least role of a person.
const SCOPES: &[(&str, &[&str], &str)] = &[
    ("reports:read", &["brand", "association"], "reader"),
    ("reports:write", &["brand", "association"], "analyst"),
    ("sellers:read", &["brand", "association", "platform"], "reader"),
    ("feed:read", &["brand", "association", "platform"], "reader"),
    ("judgements:write", &["brand", "association", "platform"], "analyst"),
    ("introductions:write", &["brand", "association", "platform"], "analyst"),
    ("keys:manage", &["brand", "association", "platform", "authority", "operator"], "owner"),
    ("users:manage", &["brand", "association", "platform", "authority", "operator"], "owner"),
    ("groups:manage", &["brand", "association", "platform"], "owner"),
    ("webhooks:manage", &["brand", "association", "platform"], "owner"),
    ("audit:read", &["brand", "association", "platform"], "owner"),
    ("admin:manage", &["operator"], "owner"),
];

/// A member of every kind.
const MEMBERS: [(&str, &str); 5] = [
    ("acme", "brand"),
    ("guild", "association"),
    ("taobao", "platform"),
    ("customs", "authority"),
    ("operator", "operator"),
];

const ROLES: [&str; 3] = ["reader", "analyst", "owner"];

/// A caller: its kind of member, and its role or the scopes of its key.
struct Caller {
    name: String,
    client: Client,
    kind: &'static str,
    role: Option<&'static str>,
    scopes: Vec<&'static str>,
}

impl Caller {
    fn may(&self, need: Need) -> bool {
        let Scope(wanted) = need else { return true };
        let (_, kinds, least) = SCOPES.iter().find(|(scope, _, _)| *scope == wanted).unwrap();
        let rank = |role: &str| ROLES.iter().position(|known| *known == role).unwrap();
        kinds.contains(&self.kind)
            && match self.role {
                Some(role) => rank(role) >= rank(least),
                None => self.scopes.contains(&wanted),
            }
    }
}

/// Ids that fit the path but are nobody's, so that what is allowed finds nothing to change.
fn filled(method: &Method, path: &str) -> String {
    let is_refused = *method != Method::GET;
    let nobody = "0".repeat(32);
    let rooms = [
        "users",
        "keys",
        "reports",
        "sellers",
        "judgements",
        "members",
        "stop-list",
        "canaries",
        "introductions",
        "received",
        "webhooks",
    ];
    let prefix = rooms
        .iter()
        .chain(&["invitations", "group-invitations"])
        .zip(["usr", "key", "rep", "sel", "jud", "mem", "stp", "can", "itr", "itr", "whk", "gin", "gin"])
        .filter(|(room, _)| path.contains(&format!("/{room}/{{id}}")))
        .map(|(_, prefix)| prefix)
        .next()
        .unwrap_or("none");
    path.replace("{id}", &format!("{prefix}_{nobody}"))
        .replace("{group}", "alliance")
        // Of a collection that cannot be written, everybody would be refused alike: whoever reads none misses it.
        .replace("{collection}", if is_refused { "nowhere" } else { "alliance" })
        .replace("{object}", "identity--00000000-0000-4000-8000-000000000000")
        .replace("{event}", "00000000-0000-5000-8000-000000000000")
        .replace("{member}", "bolt")
}

fn ask(client: &Client, method: &str, path: &str) -> u16 {
    let method: Method = method.to_uppercase().parse().unwrap();
    let has_body = method == Method::POST || method == Method::PUT;
    let path = filled(&method, path);
    let request = client.request(method, &path);
    // A body that nothing accepts: whoever is let in gets a fault, not a change.
    let request = if has_body { request.json(&serde_json::json!({ "no_such_field": 1 })) } else { request };
    client.send(request).status
}

fn operations(document: &Value) -> BTreeSet<(String, String)> {
    let mut operations = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            operations.insert((method.clone(), path.clone()));
        }
    }
    operations
}

#[test]
fn every_operation_of_the_document_stands_in_the_matrix() {
    let app = crate::support::app::TestApp::start(crate::support::Engine::Sqlite);
    let documented = operations(&app.anonymous().get("/openapi.json").expect(200).json());
    let listed: BTreeSet<_> =
        MATRIX.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    let missing: Vec<_> = documented.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&documented).collect();
    assert!(missing.is_empty(), "these operations have no row: {missing:?}");
    assert!(gone.is_empty(), "these rows have no operation: {gone:?}");
}

on_both_engines! {
    fn every_caller_gets_what_it_may_and_nothing_else(engine) {
        let mut world = World::new(engine);
        world.add_member("guild", "association");
        let mut callers = Vec::new();
        for (slug, kind) in MEMBERS {
            for role in ROLES {
                let client = if role == "owner" { world.owner(slug) } else { world.user(slug, role) };
                callers.push(Caller { name: format!("{role} of a {kind}"), client, kind, role: Some(role), scopes: Vec::new() });
            }
            let fitting: Vec<&'static str> =
                SCOPES.iter().filter(|(_, kinds, _)| kinds.contains(&kind)).map(|(scope, _, _)| *scope).collect();
            for scope in &fitting {
                callers.push(Caller {
                    name: format!("key of a {kind} for {scope}"),
                    client: world.key_with(slug, &[scope]),
                    kind,
                    role: None,
                    scopes: vec![*scope],
                });
            }
        }
        let mut wrong = Vec::new();
        for (method, path, need) in MATRIX {
            let anonymous = ask(&world.app.anonymous(), method, path);
            if (anonymous == 401) != (*need != Nothing) && *path != "/v1/sessions" {
                wrong.push(format!("anonymous: {method} {path} gave {anonymous}"));
            }
            // Signing out would end the owner's own session.
            if *path == "/v1/sessions/current" {
                continue;
            }
            for caller in &callers {
                let status = ask(&caller.client, method, path);
                let refused = matches!(status, 401 | 403);
                if refused == caller.may(*need) && *need != Nothing {
                    wrong.push(format!("{}: {method} {path} gave {status}", caller.name));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    fn a_suspended_member_is_refused_everything_on_the_next_request_and_served_again_after(engine) {
        let world = World::new(engine);
        let id = &world.ids["acme"];
        let (owner, key) = (world.owner("acme"), world.key("acme"));
        let operator = world.key("operator");
        let guarded: Vec<_> = MATRIX
            .iter()
            .filter(|(_, path, need)| *need != Nothing && *path != "/v1/sessions/current")
            .collect();
        for (method, path, _) in &guarded {
            operator.post(&format!("/v1/admin/members/{id}/suspend"), &Value::Null).expect(200);
            assert_eq!((ask(&owner, method, path), ask(&key, method, path)), (401, 401), "{method} {path}");
            operator.post(&format!("/v1/admin/members/{id}/reinstate"), &Value::Null).expect(200);
            assert_ne!(ask(&owner, method, path), 401, "{method} {path}");
            assert_ne!(ask(&key, method, path), 401, "{method} {path}");
        }
    }
}
