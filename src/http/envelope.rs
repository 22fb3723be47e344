//! What every answer carries: a request id, and headers that keep browsers and caches from doing harm.

use std::sync::Arc;
use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};
use tracing::Span;
use tracing::field::Empty;
use tracing_actix_web::{RequestId, RootSpanBuilder};

use crate::app::App;

/// What the log says of a request: method, route pattern, status and request id. Never the path or
/// the query, which can carry personal values, and never a header.
pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
        let method = name_of(request.method());
        tracing::info_span!("request", method, id, route = Empty, status = Empty)
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        if let Ok(response) = outcome {
            if let Some(Route(route)) = response.request().extensions().get() {
                span.record("route", route);
            }
            span.record("status", response.status().as_u16());
            span.in_scope(|| tracing::debug!("answered"));
        }
    }
}

/// The pattern that a request matched. Kept with it, since finding it tries the routes again.
struct Route(String);

/// A method as it is counted and logged. HTTP lets a client make up any other: a figure of its own for
/// each would let anybody fill the memory, and what was made up may say anything.
fn name_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Adds the envelope to an answer and counts it.
pub async fn envelope(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
    let app = request.app_data::<web::Data<Arc<App>>>().map(|app| app.get_ref().clone());
    let method = name_of(request.method());
    let documentation = request.path().starts_with("/docs");
    let mut response = next.call(request).await?;
    if let Some(app) = app {
        let route = response.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
        app.metrics.answered(method, &route, response.status().as_u16(), started.elapsed().as_secs_f64());
        response.request().extensions_mut().insert(Route(route));
    }
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    let policy = if documentation {
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; script-src 'self' 'unsafe-inline'"
    } else {
        "default-src 'none'; frame-ancestors 'none'"
    };
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
    if !documentation && !headers.contains_key(CACHE_CONTROL) {
        // Answers are made for one viewer; none may be kept for another.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    Ok(response)
}
