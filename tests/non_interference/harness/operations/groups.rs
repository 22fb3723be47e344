//! Operations on a group's sellers, feed and members.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::super::people::{GROUPS, Viewer};
use super::super::service::Request;
use super::super::worlds::{Filed, Known};
use super::{bare, get, nobody, send, walk, with};

pub(super) fn of_groups(operation: &str, viewer: &Viewer, known: &Known) -> Option<Vec<Request>> {
    let (_, path) = operation.split_once(' ')?;
    let groups = || GROUPS.iter().copied().chain([known.den.as_str(), "nosuch"]);
    let reads = |group: &str| known.reads(viewer, group);
    let sellers = || {
        targets(viewer, known)
            .into_iter()
            .map(|(group, id)| path.replace("{group}", &group).replace("{id}", &id))
    };
    let mut requests = Vec::new();
    match operation {
        "get /v1/groups/{group}/stats" => {
            for group in groups() {
                let path = path.replace("{group}", group);
                requests.push(get(path.clone()));
                requests.push(with(get(path), "if-none-match", "*"));
            }
        }
        "get /v1/groups/{group}/sellers" => {
            for group in groups() {
                let path = path.replace("{group}", group);
                requests.push(get(path.clone()));
                requests.push(walk(format!("{path}?limit=2")));
                if reads(group) {
                    requests.extend(queries(known).into_iter().map(|query| walk(format!("{path}?{query}"))));
                }
            }
        }
        "get /v1/groups/{group}/sellers/{id}" => {
            for path in sellers() {
                requests.push(get(path.clone()));
                requests.push(with(get(path), "if-none-match", "*"));
            }
        }
        "get /v1/groups/{group}/sellers/{id}/links" => {
            // Every two reports that may be one seller's.
            let first = |report: &Filed| report.content["seller"]["identifiers"][0].clone();
            let pairs: Vec<[&str; 2]> = known
                .reports
                .values()
                .flat_map(|a| known.reports.values().map(move |b| (a, b)))
                .filter(|(a, b)| a.id < b.id && first(a) == first(b))
                .map(|(a, b)| [a.id.as_str(), b.id.as_str()])
                .collect();
            for path in sellers() {
                requests.push(get(path.clone()));
                for [from, to] in &pairs {
                    requests.push(get(format!("{path}?from={from}&to={to}")));
                }
                requests.push(get(format!("{path}?from={}&to={}", nobody("rep"), nobody("rep"))));
                requests.push(get(format!("{path}?from={}", nobody("rep"))));
            }
        }
        "get /v1/groups/{group}/sellers/{id}/apart" => {
            let targets = targets(viewer, known);
            for (group, id) in &targets {
                let path = path.replace("{group}", group).replace("{id}", id);
                let others = targets.iter().filter(|(of, _)| of == group).map(|(_, id)| id).take(6);
                requests.extend(others.map(|other| get(format!("{path}?other={other}"))));
                requests.push(get(format!("{path}?other={}", nobody("sel"))));
            }
        }
        "post /v1/groups/{group}/sellers/{id}/introductions" => {
            requests.extend(sellers().map(|path| send(Method::POST, path, &json!({ "message": "x" }))));
        }
        "get /v1/groups/{group}/sellers/{id}/history"
        | "get /v1/groups/{group}/sellers/{id}/contributions" => {
            requests.extend(sellers().map(|path| walk(format!("{path}?limit=1"))));
        }
        "post /v1/groups/{group}/match" => {
            for group in groups() {
                let path = path.replace("{group}", group);
                let ask = |identifiers: &[Value]| {
                    send(Method::POST, path.clone(), &json!({ "identifiers": identifiers }))
                };
                requests.extend(known.identifiers.chunks(50).map(ask));
                requests.push(ask(&[]));
                if reads(group) {
                    requests.extend(known.identifiers.iter().map(|one| ask(std::slice::from_ref(one))));
                }
            }
        }
        "get /v1/groups/{group}/feed" => {
            for group in groups() {
                let path = path.replace("{group}", group);
                requests.push(walk(format!("{path}?limit=3")));
                requests.extend(["", "?limit=0", "?cursor=abc"].map(|query| get(format!("{path}{query}"))));
                requests.push(with(get(path.clone()), "accept", "application/x-ndjson"));
                // A stream ends when nothing came for no time.
                let stream = with(get(path.clone()), "accept", "text/event-stream");
                requests.push(with(stream, "prefer", "wait=0"));
                if reads(group) {
                    let parts = [
                        "since=2",
                        "since=2026-06-01T06:00:00Z",
                        "since=2027-01-01T00:00:00Z",
                        "platform=taobao",
                        "changed=identifiers,value",
                        "minimum_risk=12",
                    ];
                    requests.extend(parts.map(|part| walk(format!("{path}?limit=3&{part}"))));
                    let narrow = format!("{path}?country=CN&changed=names");
                    requests.push(with(get(narrow), "accept", "application/x-ndjson"));
                    for part in ["?since=2&changed=identifiers", "?platform=taobao", "?limit=2"] {
                        let stream = with(get(format!("{path}{part}")), "accept", "text/event-stream");
                        requests.push(with(stream, "prefer", "wait=0"));
                    }
                    // There are events, so it does not wait.
                    requests.push(with(get(format!("{path}?limit=1")), "prefer", "wait=1"));
                }
            }
        }
        "get /v1/groups/{group}/snapshot" => {
            for group in groups() {
                let path = path.replace("{group}", group);
                requests.push(get(path.clone()));
                if reads(group) {
                    let parts = [
                        "platform=taobao",
                        "country=CN",
                        "country=XX",
                        "minimum_risk=12",
                        "limit=1",
                        "format=csv",
                        "format=csv&bom=true&country=CN",
                        "format=xlsx",
                        "format=xls",
                    ];
                    requests.extend(parts.map(|part| get(format!("{path}?{part}"))));
                }
            }
        }
        "post /v1/groups/{group}/judgements" => {
            for group in groups() {
                let path = path.replace("{group}", group);
                let ask = |a: &str, b: &str| {
                    let body = json!({ "a": a, "b": b, "verdict": "same", "reason": "x" });
                    send(Method::POST, path.clone(), &body)
                };
                requests.push(send(Method::POST, path.clone(), &json!({})));
                // Beside one that is not there: the answer says which of the two the viewer knows of.
                let sellers = targets(viewer, known).into_iter().filter(|(of, _)| of == group);
                requests.extend(sellers.map(|(_, id)| ask(&id, &nobody("sel").replace("sel_0", "sel_1"))));
                let reports = known.reports.values().map(|report| &report.id);
                requests.extend(reports.map(|id| ask(id, &nobody("rep"))));
            }
        }
        "get /v1/groups/{group}/judgements" | "get /v1/groups/{group}/candidates" => {
            for group in groups() {
                let path = path.replace("{group}", group);
                requests.push(walk(format!("{path}?limit=1")));
                requests.extend(["", "?limit=0", "?cursor=abc"].map(|query| get(format!("{path}{query}"))));
                if path.ends_with("/candidates") {
                    let sellers = targets(viewer, known).into_iter().filter(|(of, _)| of == group);
                    requests.extend(sellers.map(|(_, id)| walk(format!("{path}?limit=2&seller={id}"))));
                }
            }
        }
        "delete /v1/groups/{group}/judgements/{id}" => {
            for group in groups() {
                let path = path.replace("{group}", group);
                // Of the viewer's own there may be some, which a replay must not take back.
                let foreign = known.judgements.values().filter(|said| Some(said.member) != viewer.member);
                let ids = foreign.map(|said| said.id.clone()).chain([nobody("jud"), nobody("sel")]);
                requests.extend(ids.map(|id| bare(Method::DELETE, path.replace("{id}", &id))));
            }
        }
        _ => {
            for group in groups() {
                requests.extend(of_kept_group(operation, &path.replace("{group}", group), viewer, known)?);
            }
        }
    }
    Some(requests)
}

/// What the members of a group do with it.
fn of_kept_group(operation: &str, path: &str, viewer: &Viewer, known: &Known) -> Option<Vec<Request>> {
    // The keeper cannot remove or dismiss itself, is a keeper already, and the others are not in the group.
    let members = || ["acme", "bolt", "dora", "guild", "nobody"];
    Some(match operation {
        "get /v1/groups/{group}/members" => vec![get(path)],
        "get /v1/groups/{group}/invitations" | "get /v1/groups/{group}/changes" => {
            vec![
                walk(format!("{path}?limit=1")),
                get(format!("{path}?limit=0")),
                get(format!("{path}?cursor=abc")),
            ]
        }
        "post /v1/groups/{group}/invitations" => {
            // In the group already, or invited: perhaps there, perhaps not.
            let named = ["emil", "guild", "dora", "nobody", "NOBODY"];
            let named = named.iter().map(|member| json!({ "member": member, "read": true }));
            let refused: Vec<Value> = named.chain([json!({})]).collect();
            refused.iter().map(|body| send(Method::POST, path, body)).collect()
        }
        "put /v1/groups/{group}/k" => {
            // As it is, and so no change for who keeps the group.
            [json!({}), json!({ "k": 2 }), json!({ "k": 3 })].map(|k| send(Method::PUT, path, &k)).into()
        }
        "post /v1/groups/{group}/leave" => vec![send(Method::POST, path, &json!({ "reports": "burnt" }))],
        "delete /v1/groups/{group}/invitations/{id}" => {
            // The keeper would take them back.
            let foreign = known.invitations.iter().filter(|_| viewer.member != Some("bolt"));
            let ids = foreign.map(|one| one.id.clone()).chain([nobody("gin"), nobody("inv")]);
            ids.map(|id| bare(Method::DELETE, path.replace("{id}", &id))).collect()
        }
        "delete /v1/groups/{group}/members/{member}" | "delete /v1/groups/{group}/keepers/{member}" => {
            members().map(|member| bare(Method::DELETE, path.replace("{member}", member))).into()
        }
        "put /v1/groups/{group}/keepers/{member}" => {
            members().map(|member| bare(Method::PUT, path.replace("{member}", member))).into()
        }
        _ => return None,
    })
}

/// Profiles to ask for: all of the groups that the viewer reads, some of the others, and some of the
/// others as if they were of a group that it reads.
fn targets(viewer: &Viewer, known: &Known) -> Vec<(String, String)> {
    let mut targets = vec![("alliance".to_owned(), nobody("sel")), ("nosuch".to_owned(), nobody("sel"))];
    for group in GROUPS.into_iter().chain([known.den.as_str()]) {
        let ids: Vec<&String> =
            known.sellers.iter().filter(|(of, _)| of == group).map(|(_, id)| id).collect();
        let most = if known.reads(viewer, group) { usize::MAX } else { 3 };
        targets.extend(ids.iter().take(most).map(|id| (group.to_owned(), (*id).clone())));
        targets.extend(ids.iter().map(|id| ("alliance".to_owned(), (*id).clone())));
    }
    targets
}

/// What a list of profiles can be narrowed by, wrongly too.
fn queries(known: &Known) -> Vec<String> {
    let mut queries: Vec<String> = [
        "platform=taobao&limit=2",
        "platform=ebay",
        "platform=nosuch",
        "country=CN&limit=1",
        "country=GB",
        "country=DE",
        "country=XX",
        "minimum_risk=12",
        "minimum_risk=101",
        "order=risk&limit=2",
        "order=worth",
        "changed_since=2026-06-01T12:00:00Z",
        "changed_since=yesterday",
        "identifier=x",
        "limit=0",
        "cursor=abc",
    ]
    .map(str::to_owned)
    .into();
    for identifier in &known.identifiers {
        let text = |name: &str| identifier[name].as_str().unwrap_or_default().to_owned();
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("identifier", &text("value")).append_pair("identifier_type", &text("type"));
        queries.push(format!("{}&limit=1", query.finish()));
    }
    queries
}
