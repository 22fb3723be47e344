//! Is the server alive, may it get traffic, and with which key does it sign.

use actix_web::{HttpRequest, HttpResponse, get};

use super::Shared;
use crate::http::blocking;
use crate::http::caller::{Caller, Operate};
use crate::http::problem::{Kind, Problem};
use crate::store::pool;
use actix_web::FromRequest;

/// The process answers.
#[utoipa::path(tag = "health", responses((status = 200, description = "Alive")))]
#[get("/healthz")]
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// The database answers, and the server can do its work.
#[utoipa::path(tag = "health", responses((status = 200, description = "Ready"), (status = 503, description = "Not ready")))]
#[get("/readyz")]
pub async fn ready(app: Shared) -> Result<HttpResponse, Problem> {
    if !app.is_working() {
        tracing::error!("a background thread has ended; the server must be started again");
        return Err(Problem::new(Kind::BUSY, "The server cannot do its work."));
    }
    let db = app.db.clone();
    match blocking::run(move || db.ping()).await? {
        Ok(()) => Ok(HttpResponse::Ok().content_type("text/plain").body("ready\n")),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            Err(Problem::new(Kind::BUSY, "The database does not answer."))
        }
    }
}

/// The public key of access tokens, as a JSON Web Key Set.
#[utoipa::path(tag = "health", responses((status = 200, description = "RFC 7517", content_type = "application/json")))]
#[get("/.well-known/jwks.json")]
pub async fn jwks(app: Shared) -> HttpResponse {
    HttpResponse::Ok().json(app.access_tokens.jwks())
}

/// Figures for Prometheus. They tell the alliance's volume, so only the machine itself and the
/// operator get them. Not part of the public API, so not in the OpenAPI document.
#[get("/metrics")]
pub async fn metrics(app: Shared, request: HttpRequest) -> Result<HttpResponse, Problem> {
    if !is_local(&request) {
        Caller::<Operate>::extract(&request).await?;
    }
    let waiting = blocking::read(&app, pool::queue_length).await?;
    let text = app.metrics.text(waiting);
    Ok(HttpResponse::Ok()
        .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
        .body(text))
}

/// Whether the request comes from this machine and not through a proxy on it.
fn is_local(request: &HttpRequest) -> bool {
    let headers = request.headers();
    let forwarded = ["forwarded", "x-forwarded-for", "via"].iter().any(|name| headers.contains_key(*name));
    !forwarded && request.peer_addr().is_some_and(|peer| peer.ip().is_loopback())
}
