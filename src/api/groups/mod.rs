//! Sharing groups and the seller profiles in them, through the caller's lens.

pub mod apart;
pub mod candidates;
pub mod changes;
pub mod contributions;
pub mod create;
pub mod feed;
pub mod following;
pub mod history;
pub mod introductions;
pub mod invitations;
pub mod judgements;
pub mod keepers;
pub mod leave;
pub mod links;
pub mod list;
pub mod matching;
pub mod members;
pub mod raise_k;
pub mod seller;
pub mod sellers;
pub mod snapshot;
pub mod stats;
mod streaming;

use actix_web::{HttpRequest, web};
use serde::de::DeserializeOwned;

use crate::api::Shared;
use crate::domain::membership::Act;
use crate::domain::viewer::Viewer;
use crate::http::groups::readable;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::keep_group::admit;

/// The body of a request that changes a group, read before anything is answered and looked at only if the viewer
/// may do this there.
async fn form_for<T: DeserializeOwned + Send + 'static>(
    app: &Shared,
    viewer: &Viewer,
    (slug, act): (&str, Act),
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<T, Problem> {
    let bytes = body::bytes(request, payload).await?;
    let (viewer, slug) = (viewer.clone(), slug.to_owned());
    blocking::read(app, move |conn| admit(conn, &viewer, &slug, act)).await?;
    let reading = body::reading_of::<T>(request, bytes).await?;
    match reading.form {
        Some(form) if reading.faults.is_empty() => Ok(form),
        _ => Err(Problem::invalid(reading.faults)),
    }
}
