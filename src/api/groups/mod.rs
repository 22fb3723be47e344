//! Sharing groups and the seller profiles in them, through the caller's lens.

pub mod apart;
pub mod candidates;
pub mod changes;
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
use crate::domain::group::GroupKind;
use crate::domain::membership::Act;
use crate::domain::viewer::Viewer;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::keep_group::admit;
use crate::store::groups::{self, Group};

/// The group with this slug, if the viewer may read it; else the same as if there were none.
///
/// The rights in a built-in group follow from the kind of member, which never changes. Who is in a custom
/// group is read at each request: who has left must read nothing more, on whichever node it asks.
async fn readable(app: &Shared, viewer: &Viewer, slug: &str) -> Result<Group, Problem> {
    let directory = blocking::directory(app).await?;
    if leak!(ForbiddenNotMissing) && directory.readable(viewer, slug).is_none() {
        let all = blocking::read(app, groups::all).await?;
        if all.iter().any(|group| group.slug == slug) {
            return Err(Problem::forbidden("This group is not yours."));
        }
    }
    let built_in = directory.readable(viewer, slug);
    if let Some(group) = built_in.filter(|group| group.kind != GroupKind::Custom) {
        return Ok(group);
    }
    let (viewer, slug) = (viewer.clone(), slug.to_owned());
    let seated = blocking::read(app, move |conn| groups::seat(conn, &viewer, &slug)).await?;
    seated
        .filter(|(_, seat)| seat.rights.read || leak!(ContributorsRead))
        .map(|(group, _)| group)
        .ok_or_else(Problem::not_found)
}

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
