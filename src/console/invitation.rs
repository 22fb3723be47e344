//! The page on which an invited person sets name and password. The token stands in the link's
//! fragment, so it reaches neither the server's log nor a proxy's.

use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::{HttpResponse, get};

const PAGE: &str = include_str!("invitation.html");
const SCRIPT: &str = include_str!("invitation.js");

/// The path of the page; a token follows as its fragment.
pub const PATH: &str = "/invitation";

/// The form.
#[get("/invitation")]
pub async fn page() -> HttpResponse {
    let policy = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; \
                  frame-ancestors 'none'; form-action 'none'";
    HttpResponse::Ok()
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .content_type("text/html; charset=utf-8")
        .body(PAGE)
}

/// What the form runs.
#[get("/invitation.js")]
pub async fn script() -> HttpResponse {
    HttpResponse::Ok().content_type("text/javascript; charset=utf-8").body(SCRIPT)
}
