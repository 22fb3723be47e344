//! Operations on a member's own reports.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::super::people::{GROUPS, Viewer};
use super::super::service::Request;
use super::super::worlds::{Filed, Known};
use super::{bare, get, nobody, raw, send, walk, with};

pub(super) fn of_reports(operation: &str, viewer: &Viewer, known: &Known) -> Option<Vec<Request>> {
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
