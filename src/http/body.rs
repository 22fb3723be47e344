//! Bodies and parameters, read after the caller is known and within limits.

use actix_web::http::header::CONTENT_LENGTH;
use actix_web::{HttpRequest, web};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use super::blocking;
use super::problem::{Kind, Problem};
use crate::domain::fault::Fault;
use crate::domain::json::{self, Reading};

/// Largest JSON body, in bytes.
pub const BODY_BYTES_MAX: usize = 1 << 20;

/// Reads a whole body of at most [`BODY_BYTES_MAX`] bytes.
pub async fn bytes(request: &HttpRequest, mut payload: web::Payload) -> Result<Vec<u8>, Problem> {
    let too_large = || Problem::new(Kind::TOO_LARGE, format!("A body is limited to {BODY_BYTES_MAX} bytes."));
    let announced =
        request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > BODY_BYTES_MAX) {
        return Err(too_large());
    }
    let mut body = Vec::with_capacity(announced.unwrap_or(0));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Problem::new(Kind::MALFORMED, "The body broke off."))?;
        if body.len() + chunk.len() > BODY_BYTES_MAX {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Reads a JSON body into a form, keeping what is wrong for whoever accepts the form.
pub async fn reading<T: DeserializeOwned + Send + 'static>(
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<Reading<T>, Problem> {
    let body = bytes(request, payload).await?;
    reading_of(request, body).await
}

/// The same of a body that was taken before: where an answer comes before the body is looked at, an
/// unread body would show in it (the connection may have to be closed).
pub async fn reading_of<T: DeserializeOwned + Send + 'static>(
    request: &HttpRequest,
    body: Vec<u8>,
) -> Result<Reading<T>, Problem> {
    require_json(request)?;
    let reading = match json::read_plain(&body) {
        Some(reading) => reading,
        // To name the faults of a megabyte takes longer than other requests of this thread should wait.
        None => blocking::run(move || json::read_slowly(&body)).await?,
    };
    match (&reading.form, reading.faults.first()) {
        (None, Some(fault)) if fault.pointer.is_empty() => Err(unreadable(fault)),
        _ => Ok(reading),
    }
}

/// Reads a JSON body into a form whose shape must be right.
pub async fn form<T: DeserializeOwned + Send + 'static>(
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<T, Problem> {
    let reading = reading(request, payload).await?;
    match reading.form {
        Some(form) if reading.faults.is_empty() => Ok(form),
        _ => Err(Problem::invalid(reading.faults)),
    }
}

fn unreadable(fault: &Fault) -> Problem {
    match fault.code.as_str() {
        // The text was read; what it says is of the wrong shape altogether.
        "wrong_type" => Problem::invalid(vec![fault.clone()]),
        _ => Problem::new(Kind::MALFORMED, fault.detail.clone()),
    }
}

fn require_json(request: &HttpRequest) -> Result<(), Problem> {
    let kind = content_type(request);
    if kind.is_empty() || kind == "application/json" || kind.ends_with("+json") {
        return Ok(());
    }
    Err(Problem::new(Kind::UNSUPPORTED_TYPE, "Send application/json."))
}

/// The media type of the body, lower-case and without parameters.
pub fn content_type(request: &HttpRequest) -> String {
    use actix_web::HttpMessage;
    request.content_type().trim().to_ascii_lowercase()
}

/// Reads the parameters of the URL.
pub fn parameters<T: DeserializeOwned>(request: &HttpRequest) -> Result<T, Problem> {
    web::Query::<T>::from_query(request.query_string()).map(web::Query::into_inner).map_err(|error| {
        let text = error.to_string();
        let sentence = text.split_once(": ").map_or(text.as_str(), |(_, rest)| rest);
        Problem::new(Kind::BAD_PARAMETER, format!("The parameters are not valid: {sentence}."))
    })
}

/// A page size between 1 and `most`.
pub fn limit(given: Option<i64>, default: i64, most: i64) -> Result<i64, Problem> {
    let limit = given.unwrap_or(default);
    if (1..=most).contains(&limit) {
        return Ok(limit);
    }
    Err(Problem::bad_parameter("limit", "out_of_range", format!("Between 1 and {most}.")))
}

/// Reads an id from the path; what is no id is simply not there.
pub fn id<T: std::str::FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}
