//! How each operation is replayed, without changing anything: what writes is sent with a body that is
//! refused, to something that is not there, or as what is stored already.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::people::{GROUPS, Viewer};
use super::service::Request;
use super::worlds::{Filed, Known};

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
        return of_reports(operation, viewer, known);
    }
    if path.starts_with("/v1/groups/") {
        return of_groups(operation, viewer, known);
    }
    if path.starts_with("/v1/admin/") {
        return of_admin(operation, known);
    }
    if path.starts_with("/taxii2/") {
        return of_taxii(operation, viewer, known);
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

fn of_admin(operation: &str, known: &Known) -> Option<Vec<Request>> {
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

fn of_reports(operation: &str, viewer: &Viewer, known: &Known) -> Option<Vec<Request>> {
    let (_, path) = operation.split_once(' ')?;
    let (own, foreign): (Vec<&Filed>, Vec<&Filed>) =
        known.reports.values().partition(|report| Some(report.member) == viewer.member);
    let at = |report: &Filed| path.replace("{id}", &report.id);
    let nowhere = path.replace("{id}", &nobody("rep"));
    Some(match operation {
        "get /v1/reports" => {
            let queries = ["", "?state=live", "?state=retracted", "?modified_since=2026-06-01T12:00:00Z"];
            let wrong = ["?limit=0", "?cursor=abc", "?state=burnt", "?nonsense=1"];
            let lists = queries.iter().chain(&wrong).map(|query| get(format!("{path}{query}")));
            let named = known.reports.values().map(|report| {
                let external_id = report.content["external_id"].as_str().unwrap_or_default();
                get(format!("{path}?external_id={external_id}"))
            });
            lists.chain(named).chain([walk(format!("{path}?limit=2"))]).collect()
        }
        "post /v1/reports" => {
            let everywhere: Vec<&str> = GROUPS.iter().copied().chain(["nosuch"]).collect();
            let refused = [json!({}), json!({ "share_with": everywhere }), json!([])];
            let again =
                own.iter().map(|report| with(send(Method::POST, path, &report.content), "prefer", "wait=5"));
            refused.iter().map(|body| send(Method::POST, path, body)).chain(again).collect()
        }
        "post /v1/reports/preview" => {
            let everywhere: Vec<&str> = GROUPS.iter().copied().chain(["nosuch"]).collect();
            let refused = [json!({}), json!({ "share_with": everywhere })];
            // Of others too, and unfiled: where the viewer may share it, what is shown depends on nobody's.
            let all = known.reports.values().flat_map(|report| {
                let mut elsewhere = report.content.clone();
                elsewhere["share_with"] = json!(["alliance", "platform:ebay"]);
                [report.content.clone(), elsewhere]
            });
            refused.into_iter().chain(all).map(|body| send(Method::POST, path, &body)).collect()
        }
        "post /v1/reports/bulk" => {
            let mut lines: Vec<String> = own.iter().map(|report| report.content.to_string()).collect();
            lines.extend(["{}".to_owned(), "nonsense".to_owned()]);
            vec![
                raw(Method::POST, path, "application/x-ndjson", lines.join("\n")),
                raw(Method::POST, path, "text/csv", "nonsense\n1\n".to_owned()),
            ]
        }
        "get /v1/reports/{id}" | "get /v1/reports/{id}/revisions" | "get /v1/reports/{id}/sellers" => {
            known.reports.values().map(|report| get(at(report))).chain([get(nowhere)]).collect()
        }
        "put /v1/reports/{id}" => {
            let put = |path: String, revision: i64, body: &Value| {
                with(send(Method::PUT, path, body), "if-match", format!("\"r{revision}\""))
            };
            let foreign = foreign.iter().map(|report| put(at(report), 1, &json!({})));
            let stale = own.iter().map(|report| put(at(report), 999, &report.content));
            let same = own.iter().filter(|report| report.live);
            let same = same.map(|report| put(at(report), report.revision, &report.content));
            foreign.chain(stale).chain(same).chain([put(nowhere, 1, &json!({}))]).collect()
        }
        "delete /v1/reports/{id}" => {
            let delete = |path: String| with(bare(Method::DELETE, path), "if-match", "\"r999\"");
            known.reports.values().map(|report| delete(at(report))).chain([delete(nowhere)]).collect()
        }
        _ => return None,
    })
}

fn of_taxii(operation: &str, viewer: &Viewer, known: &Known) -> Option<Vec<Request>> {
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
        "get /taxii2/groups/status/{id}/" => requests.push(get(path.replace("{id}", "nonsense"))),
        "get /taxii2/groups/collections/{collection}/" => {
            requests.extend(groups().map(|group| get(path.replace("{collection}", group))));
        }
        "post /taxii2/groups/collections/{collection}/objects/" => {
            let posts = groups().map(|group| path.replace("{collection}", group));
            requests.extend(posts.map(|path| send(Method::POST, path, &json!({ "objects": [] }))));
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

fn of_groups(operation: &str, viewer: &Viewer, known: &Known) -> Option<Vec<Request>> {
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
        "get /v1/groups/{group}/sellers/{id}/history" => {
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
