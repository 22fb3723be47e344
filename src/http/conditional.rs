//! Conditional requests: entity tags and what `If-Match` and `If-None-Match` say about them.

use actix_web::http::header::{ETAG, HeaderMap, IF_MATCH, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse};
use aws_lc_rs::digest;
use data_encoding::HEXLOWER;
use serde::Serialize;

use super::problem::{Kind, Problem};

/// The entity tag of a report's revision.
pub fn revision_tag(revision: i32) -> String {
    format!("\"r{revision}\"")
}

/// The revision that `If-Match` names: required where somebody else's change would be overwritten.
pub fn expected_revision(request: &HttpRequest) -> Result<i32, Problem> {
    let detail = "Send the ETag of the revision that you read as If-Match.";
    given_revision(request)?.ok_or_else(|| Problem::new(Kind::PRECONDITION_REQUIRED, detail))
}

/// The revision that `If-Match` names, if it is there.
pub fn given_revision(request: &HttpRequest) -> Result<Option<i32>, Problem> {
    let Some(value) = request.headers().get(IF_MATCH) else { return Ok(None) };
    let revision = value.to_str().ok().and_then(|text| {
        let revision = text.strip_prefix("\"r")?.strip_suffix('"')?.parse().ok()?;
        // An entity tag is compared letter by letter (RFC 9110 §8.8.3.2): "r01" is not "r1".
        (revision_tag(revision) == text).then_some(revision)
    });
    let detail = "If-Match is not the ETag of any revision of this report.";
    revision.map(Some).ok_or_else(|| Problem::new(Kind::PRECONDITION_FAILED, detail))
}

/// The tag of whatever follows from these bytes alone.
pub fn tag(bytes: &[u8]) -> String {
    let hash = digest::digest(&digest::SHA256, bytes);
    format!("\"{}\"", HEXLOWER.encode(&hash.as_ref()[..16]))
}

/// Whether the client says that it has what this tag is of.
pub fn has(headers: &HeaderMap, tag: &str) -> bool {
    headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        value.split(',').any(|known| known.trim().trim_start_matches("W/") == tag || known.trim() == "*")
    })
}

/// Says that what the client has is still so.
pub fn unchanged(tag: String) -> HttpResponse {
    HttpResponse::NotModified().insert_header((ETAG, tag)).finish()
}

/// Answers with a body whose tag is made from its own bytes, so that the tag moves exactly when what
/// this viewer sees does; or with 304 if the client has it already.
pub fn tagged<T: Serialize>(headers: &HeaderMap, body: &T) -> Result<HttpResponse, Problem> {
    let bytes = serde_json::to_vec(body).map_err(|error| Problem::internal(&error))?;
    let tag = tag(&bytes);
    if has(headers, &tag) {
        return Ok(unchanged(tag));
    }
    Ok(HttpResponse::Ok().insert_header((ETAG, tag)).content_type("application/json").body(bytes))
}
