//! Which sharing group a caller asks for, the same at every surface.

use std::sync::Arc;

use super::blocking;
use super::problem::Problem;
use crate::app::App;
use crate::domain::group::GroupKind;
use crate::domain::viewer::Viewer;
use crate::store::groups::{self, Group};

/// The group with this slug, if the viewer may read it; else the same as if there were none.
///
/// The rights in a built-in group follow from the kind of member, which never changes. Who is in a custom
/// group is read at each request: who has left must read nothing more, on whichever node it asks.
pub async fn readable(app: &Arc<App>, viewer: &Viewer, slug: &str) -> Result<Group, Problem> {
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
