//! Errors as TAXII wants them: the same problems as everywhere, in its own words.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::TAXII;
use crate::domain::fault::Fault;
use crate::http::problem::Problem;

/// An error answer of TAXII.
#[derive(Debug, Clone)]
pub struct Failure(Problem);

/// The body of one (TAXII 2.1 §3.6.1).
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorMessage {
    pub title: String,
    pub description: String,
    /// The kind of problem; docs/API.md explains each.
    pub error_code: String,
    #[schema(example = "404")]
    pub http_status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<ErrorDetails>,
}

/// Every fault of the request, each with its place.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorDetails {
    pub errors: Vec<Fault>,
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        self.0.status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let body = self.0.body();
        let message = ErrorMessage {
            title: body.title,
            description: body.detail,
            error_code: body.kind,
            http_status: body.status.to_string(),
            details: (!body.errors.is_empty()).then_some(ErrorDetails { errors: body.errors }),
        };
        let text = serde_json::to_string(&message).unwrap_or_default();
        let mut response = self.0.error_response().set_body(BoxBody::new(text));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(TAXII));
        response
    }
}
