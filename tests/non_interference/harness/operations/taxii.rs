//! Operations of TAXII.

use actix_web::http::Method;
use serde_json::json;

use super::super::people::{GROUPS, Viewer};
use super::super::service::Request;
use super::super::worlds::Known;
use super::{bare, get, raw, send, walk, with};

pub(super) fn of_taxii(operation: &str, viewer: &Viewer, known: &Known) -> Option<Vec<Request>> {
    let (_, path) = operation.split_once(' ')?;
    let groups = || GROUPS.iter().copied().chain([known.den.as_str(), "nosuch"]);
    let nothing = "threat-actor--00000000-0000-5000-8000-000000000000";
    // Of every group and lens class, asked for in each collection that the viewer reads and some of the others.
    let objects = |group: &str| {
        let most = if known.reads(viewer, group) { usize::MAX } else { 2 };
        let of_group = known.objects.iter().map(|(_, id)| id.as_str()).take(most);
        let paths =
            of_group.chain([nothing]).map(|id| path.replace("{collection}", group).replace("{object}", id));
        paths.collect::<Vec<String>>()
    };
    let mut requests = Vec::new();
    match operation {
        "get /taxii2/" | "get /taxii2/groups/" | "get /taxii2/groups/collections/" => {
            requests.push(get(path));
            requests.push(with(get(path), "accept", "text/html"));
        }
        "get /taxii2/groups/status/{id}/" => {
            let ids = known.statuses.iter().map(String::as_str).chain(["nonsense"]);
            requests.extend(ids.map(|id| get(path.replace("{id}", id))));
        }
        "get /taxii2/groups/collections/{collection}/" => {
            requests.extend(groups().map(|group| get(path.replace("{collection}", group))));
        }
        "post /taxii2/groups/collections/{collection}/objects/" => {
            // Of reports that are not there, of the viewer's own as objects that carry too little, and of nothing.
            let object = |kind: &str, n: u32| {
                json!({
                    "type": kind, "spec_version": "2.1", "id": format!("{kind}--00000000-0000-4000-8000-{n:012}"),
                    "modified": "2026-06-01T00:00:00.000Z", "revoked": n == 1,
                })
            };
            let some = json!({ "objects": [object("report", 1), object("report", 2), object("url", 3)] });
            for group in groups() {
                let path = path.replace("{collection}", group);
                let post = |body: &serde_json::Value| {
                    raw(Method::POST, path.as_str(), "application/taxii+json;version=2.1", body.to_string())
                };
                requests.extend([
                    post(&some),
                    post(&json!({ "objects": [] })),
                    send(Method::POST, path.as_str(), &some),
                ]);
            }
        }
        "get /taxii2/groups/collections/{collection}/objects/"
        | "get /taxii2/groups/collections/{collection}/manifest/" => {
            for group in groups() {
                let path = path.replace("{collection}", group);
                requests.push(get(path.clone()));
                requests.extend(["limit=0", "next=abc"].map(|query| get(format!("{path}?{query}"))));
                if known.reads(viewer, group) {
                    let parts = [
                        "limit=1000",
                        "limit=40",
                        "limit=40&match[type]=threat-actor",
                        "limit=20&added_after=2026-06-01T06:00:00Z",
                        "match[version]=all&match[type]=email-addr,url",
                        "match[spec_version]=2.0",
                    ];
                    requests.extend(parts.map(|part| walk(format!("{path}?{part}"))));
                    let ids: Vec<&str> = known.objects.iter().map(|(_, id)| id.as_str()).take(60).collect();
                    requests.push(walk(format!("{path}?match[id]={}", ids.join(","))));
                }
            }
        }
        "get /taxii2/groups/collections/{collection}/objects/{object}/"
        | "get /taxii2/groups/collections/{collection}/objects/{object}/versions/" => {
            requests.extend(groups().flat_map(objects).map(get));
        }
        "delete /taxii2/groups/collections/{collection}/objects/{object}/" => {
            requests.extend(groups().flat_map(objects).map(|path| bare(Method::DELETE, path)));
        }
        _ => return None,
    }
    Some(requests)
}
