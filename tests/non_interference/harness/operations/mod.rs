//! How each operation is replayed, without changing anything: what writes is sent with a body that is
//! refused, to something that is not there, or as what is stored already.

mod admin;
mod groups;
mod misp;
mod reports;
mod taxii;

use actix_web::http::Method;
use serde_json::{Value, json};

use super::people::{GROUPS, Viewer};
use super::service::Request;
use super::worlds::Known;

/// An identifier of this kind that nothing has.
fn nobody(prefix: &str) -> String {
    format!("{prefix}_{}", "0".repeat(32))
}

fn get(path: impl Into<String>) -> Request {
    Request { method: Method::GET, path: path.into(), headers: Vec::new(), body: None, walk: false }
}

fn walk(path: impl Into<String>) -> Request {
    Request { walk: true, ..get(path) }
}

fn bare(method: Method, path: impl Into<String>) -> Request {
    Request { method, ..get(path) }
}

fn send(method: Method, path: impl Into<String>, body: &Value) -> Request {
    raw(method, path, "application/json", body.to_string())
}

fn raw(method: Method, path: impl Into<String>, content_type: &str, body: String) -> Request {
    let headers = vec![("content-type", content_type.to_owned())];
    Request { headers, body: Some(body), ..bare(method, path) }
}

fn with(mut request: Request, name: &'static str, value: impl Into<String>) -> Request {
    request.headers.push((name, value.into()));
    request
}

/// The requests for an operation such as `get /v1/me`; none if nobody has said how to replay it.
pub fn requests(operation: &str, viewer: &Viewer, known: &Known) -> Option<Vec<Request>> {
    let (_, path) = operation.split_once(' ')?;
    if path.starts_with("/v1/reports") {
        return reports::of_reports(operation, viewer, known);
    }
    if path.starts_with("/v1/groups/") {
        return groups::of_groups(operation, viewer, known);
    }
    if path.starts_with("/v1/admin/") {
        return admin::of_admin(operation, known);
    }
    if path.starts_with("/taxii2/") {
        return taxii::of_taxii(operation, viewer, known);
    }
    if path.starts_with("/misp/") {
        return misp::of_misp(operation, viewer, known);
    }
    let post = |path: &str, body: Value| send(Method::POST, path, &body);
    Some(match operation {
        "get /healthz" | "get /readyz" | "get /.well-known/jwks.json" | "get /v1/me" | "get /v1/groups" => {
            vec![get(path)]
        }
        "get /v1/group-invitations" => vec![get(path)],
        "post /v1/group-invitations/{id}/accept" | "post /v1/group-invitations/{id}/decline" => {
            // Of the viewer's own there may be some, which a replay must not answer.
            let foreign = known
                .invitations
                .iter()
                .filter(|one| Some(one.member) != viewer.member)
                .map(|one| one.id.clone());
            let ids = foreign.chain([nobody("gin"), nobody("inv")]);
            ids.map(|id| bare(Method::POST, path.replace("{id}", &id))).collect()
        }
        "post /v1/groups" => {
            let refused = json!({ "slug": "platform:x", "name": "x" });
            vec![post(path, json!({})), post(path, refused)]
        }
        "get /v1/introductions" | "get /v1/introductions/received" => {
            vec![
                get(path),
                walk(format!("{path}?limit=1")),
                get(format!("{path}?limit=0")),
                get(format!("{path}?cursor=abc")),
            ]
        }
        "delete /v1/introductions/{id}"
        | "post /v1/introductions/received/{id}/grant"
        | "post /v1/introductions/received/{id}/ignore" => {
            let (verb, path) = operation.split_once(' ')?;
            // Of the viewer's own there may be some, which a replay must not end, grant or put aside.
            let foreign = known
                .introductions
                .iter()
                .filter(|one| !one.of.iter().any(|of| Some(*of) == viewer.member))
                .map(|one| one.id.clone());
            let ids = foreign.chain([nobody("itr"), nobody("inv")]);
            let to = |id: String| path.replace("{id}", &id);
            match verb {
                "delete" => ids.map(|id| bare(Method::DELETE, to(id))).collect(),
                _ => ids.map(|id| send(Method::POST, to(id), &json!({ "contact": "me" }))).collect(),
            }
        }
        "get /v1/webhooks" => vec![get(path)],
        "post /v1/webhooks" => {
            // A platform's drop box is nobody's but its own, and `duo` is there in some alliances only.
            let groups = GROUPS.iter().map(|group| json!({ "url": "https://10.0.0.1/", "group": group }));
            groups.chain([json!({})]).map(|body| post(path, body)).collect()
        }
        "get /v1/webhooks/{id}" => vec![get(path.replace("{id}", &nobody("whk")))],
        "delete /v1/webhooks/{id}" => vec![bare(Method::DELETE, path.replace("{id}", &nobody("whk")))],
        "patch /v1/webhooks/{id}" => {
            vec![send(Method::PATCH, path.replace("{id}", &nobody("whk")), &json!({ "state": "active" }))]
        }
        "get /v1/webhooks/{id}/deliveries" => {
            let path = path.replace("{id}", &nobody("whk"));
            ["", "?state=dead", "?state=x"].map(|query| get(format!("{path}{query}"))).into()
        }
        "get /v1/webhooks/{id}/deliveries/{number}" => {
            vec![get(path.replace("{id}", &nobody("whk")).replace("{number}", "1"))]
        }
        "post /v1/webhooks/{id}/rotate-secret"
        | "post /v1/webhooks/{id}/ping"
        | "post /v1/webhooks/{id}/replay"
        | "post /v1/webhooks/{id}/deliveries/{number}/retry" => {
            let path = path.replace("{id}", &nobody("whk")).replace("{number}", "1");
            vec![post(&path, json!({ "since": 0 }))]
        }
        "get /v1/look-ups" => {
            vec![
                walk(format!("{path}?limit=200")),
                get(format!("{path}?limit=0")),
                get(format!("{path}?cursor=abc")),
            ]
        }
        "get /v1/users" | "get /v1/keys" => vec![get(path), walk(format!("{path}?limit=1"))],
        "post /v1/sessions" => {
            // Of everybody, of somebody who may be there, of a member that may be suspended.
            let wrong = |email: &str| json!({ "email": email, "password": "not the right password" });
            let emails =
                ["owner@bolt.example", "second@bolt.example", "owner@fern.example", "x@bolt.example"];
            emails.map(|email| post(path, wrong(email))).into()
        }
        "post /v1/sessions/refresh" => vec![post(path, json!({ "refresh_token": "stale" }))],
        // A key has no session to end.
        "delete /v1/sessions/current" => vec![bare(Method::DELETE, path)],
        "post /v1/invitations/accept" => {
            let password = "not the right password";
            let body = json!({ "token": "stale", "email": "second@bolt.example", "name": "X", "password": password });
            vec![post(path, body), post(path, json!({}))]
        }
        "post /v1/invitations" => vec![post(path, json!({ "role": "king" }))],
        "post /v1/keys" => vec![post(path, json!({ "name": "x", "scopes": ["reports:burn"] }))],
        "delete /v1/keys/{id}" => vec![bare(Method::DELETE, path.replace("{id}", &nobody("key")))],
        "post /v1/users/{id}/suspend" | "post /v1/users/{id}/reinstate" => {
            vec![bare(Method::POST, path.replace("{id}", &nobody("usr")))]
        }
        _ => return None,
    })
}
