//! The operator's operations.

use actix_web::http::Method;
use serde_json::json;

use super::super::service::Request;
use super::super::worlds::Known;
use super::{bare, get, nobody, send, walk};

pub(super) fn of_admin(operation: &str, known: &Known) -> Option<Vec<Request>> {
    let (_, path) = operation.split_once(' ')?;
    let at = |id: &str| path.replace("{id}", id);
    Some(match operation {
        "get /v1/admin/members" => {
            vec![get(path), walk(format!("{path}?limit=2")), get(format!("{path}?limit=0"))]
        }
        "get /v1/admin/groups" => vec![get(path)],
        "post /v1/admin/members" => {
            let taken = json!({ "slug": "acme", "name": "Another", "kind": "brand" });
            vec![send(Method::POST, path, &json!({})), send(Method::POST, path, &taken)]
        }
        "post /v1/admin/groups" => {
            let taken = json!({ "slug": "luxury", "name": "Another" });
            vec![send(Method::POST, path, &json!({})), send(Method::POST, path, &taken)]
        }
        "put /v1/admin/groups/{group}/k" => {
            let lower = [json!({}), json!({ "k": 2 }), json!({ "k": 21 })];
            let groups = ["alliance", "luxury", "nosuch"].map(|group| path.replace("{group}", group));
            groups.iter().flat_map(|path| lower.iter().map(|k| send(Method::PUT, path.as_str(), k))).collect()
        }
        "get /v1/admin/stop-list" => {
            let filters = ["type=email", "reason=placeholder&state=lifted", "origin=operator", "state=maybe"];
            let filtered = filters.map(|filter| get(format!("{path}?{filter}")));
            [walk(format!("{path}?limit=20")), get(format!("{path}?limit=0"))]
                .into_iter()
                .chain(filtered)
                .collect()
        }
        "post /v1/admin/stop-list" => {
            // Shipped, and so stopped already.
            let known =
                json!({ "type": "email", "value": "@members.ebay.com", "reason": "proxy_mail", "note": "x" });
            vec![send(Method::POST, path, &json!({})), send(Method::POST, path, &known)]
        }
        "post /v1/admin/stop-list/{id}/lift" => vec![bare(Method::POST, at(&nobody("stp")))],
        "get /v1/admin/look-ups" => {
            let member = &known.members["acme"];
            let filters =
                [format!("member={member}&limit=50"), "since=2026-06-01T05:00:00Z&limit=50".to_owned()];
            let filtered = filters.map(|filter| walk(format!("{path}?{filter}")));
            [
                walk(format!("{path}?limit=200")),
                get(format!("{path}?limit=0")),
                get(format!("{path}?member=acme")),
            ]
            .into_iter()
            .chain(filtered)
            .collect()
        }
        "get /v1/admin/canaries" | "get /v1/admin/canary-alerts" => {
            vec![
                walk(format!("{path}?limit=2")),
                get(format!("{path}?limit=0")),
                get(format!("{path}?cursor=abc")),
            ]
        }
        "post /v1/admin/canaries" => {
            let refused = json!({ "type": "email", "value": "nonsense" });
            [json!({}), refused].iter().map(|body| send(Method::POST, path, body)).collect()
        }
        "post /v1/admin/canaries/{id}/retire" => vec![bare(Method::POST, at(&nobody("can")))],
        "get /v1/admin/members/{id}" => {
            let ids = known.members.values().map(|id| get(at(id)));
            ids.chain([get(at(&nobody("mem"))), get(at("acme"))]).collect()
        }
        "post /v1/admin/members/{id}/suspend" => {
            // The operator cannot suspend itself.
            vec![bare(Method::POST, at(&nobody("mem"))), bare(Method::POST, at(&known.members["operator"]))]
        }
        "post /v1/admin/members/{id}/reinstate" => vec![bare(Method::POST, at(&nobody("mem")))],
        "put /v1/admin/members/{id}/owner-group" => {
            let family = json!({ "owner_group": "wing-house" });
            let members = known.members.values().take(2).map(|id| send(Method::PUT, at(id), &json!({})));
            members.chain([send(Method::PUT, at(&nobody("mem")), &family)]).collect()
        }
        "delete /v1/admin/members/{id}/owner-group" => {
            // Nobody owns an authority.
            vec![
                bare(Method::DELETE, at(&nobody("mem"))),
                bare(Method::DELETE, at(&known.members["customs"])),
            ]
        }
        "post /v1/admin/members/{id}/invitations" => {
            let king = json!({ "role": "king" });
            let members = known.members.values().take(2).map(|id| send(Method::POST, at(id), &king));
            members.chain([send(Method::POST, at(&nobody("mem")), &king)]).collect()
        }
        _ => return None,
    })
}
