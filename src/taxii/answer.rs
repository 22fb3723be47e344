//! Media types of TAXII: what is sent, what is accepted, and who is let in before that is asked.

use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT, CONTENT_TYPE};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use futures_util::future::LocalBoxFuture;
use serde::Serialize;

use super::failure::Failure;
use crate::domain::viewer::Viewer;
use crate::http::caller::{Caller, Permission};
use crate::http::problem::{Kind, Problem};

/// What every answer is.
pub const TAXII: &str = "application/taxii+json;version=2.1";

/// What objects are.
pub const STIX: &str = "application/stix+json;version=2.1";

/// A caller who may do what `P` names, and takes TAXII 2.1.
pub struct Asker<P: Permission> {
    pub viewer: Viewer,
    permission: std::marker::PhantomData<P>,
}

impl<P: Permission> FromRequest for Asker<P> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = Caller::<P>::by_bearer_or_basic(request);
        let accepts = accepts(request);
        Box::pin(async move {
            let viewer = caller.await?.viewer;
            if !accepts {
                return Err(Problem::new(Kind::NOT_ACCEPTABLE, format!("Accept {TAXII}.")).into());
            }
            Ok(Self { viewer, permission: std::marker::PhantomData })
        })
    }
}

/// Whether the caller takes what is sent; who says nothing takes everything.
fn accepts(request: &HttpRequest) -> bool {
    let mut said = request.headers().get_all(ACCEPT).peekable();
    said.peek().is_none() || said.any(|value| value.to_str().is_ok_and(|text| text.split(',').any(is_taken)))
}

/// Whether a body is said to be of TAXII 2.1.
pub fn is_sent(request: &HttpRequest) -> bool {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| is_taken(kind) && !kind.contains('*'))
}

/// Whether a media type, or a range of them, is or has ours; without a version it is the newest.
fn is_taken(text: &str) -> bool {
    let mut parts = text.split(';').map(|part| part.trim().to_ascii_lowercase());
    let kind = parts.next().unwrap_or_default();
    let fits = parts.all(|part| match part.split_once('=') {
        Some(("version", version)) => version.trim_matches('"') == "2.1",
        Some(("q", weight)) => weight.parse::<f32>().is_ok_and(|weight| weight > 0.0),
        _ => true,
    });
    fits && (kind.is_empty() || ["application/taxii+json", "application/*", "*/*"].contains(&kind.as_str()))
}

/// Answers with a resource.
pub fn resource<T: Serialize>(body: &T) -> Result<HttpResponse, Failure> {
    let text = serde_json::to_string(body).map_err(|error| Problem::internal(&error))?;
    Ok(HttpResponse::Ok().content_type(TAXII).body(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_version_every_version_and_everything_are_taken_and_nothing_else() {
        let taken = [
            "application/taxii+json;version=2.1",
            "application/taxii+json; version=2.1",
            "application/taxii+json;version=\"2.1\";q=0.5",
            "APPLICATION/TAXII+JSON",
            "application/*",
            "*/*;q=0.1",
        ];
        let refused = [
            "application/taxii+json;version=2.0",
            "application/taxii+json;version=2.1;q=0",
            "application/json",
            "text/html",
            "application/stix+json;version=2.1",
        ];
        for text in taken {
            assert!(is_taken(text), "{text}");
        }
        for text in refused {
            assert!(!is_taken(text), "{text}");
        }
    }
}
