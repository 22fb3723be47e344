//! Sharing groups and the seller profiles in them, through the caller's lens.

pub mod apart;
pub mod candidates;
pub mod feed;
pub mod history;
pub mod judgements;
pub mod links;
pub mod list;
pub mod matching;
pub mod seller;
pub mod sellers;
pub mod stats;

use crate::api::Shared;
use crate::domain::viewer::Viewer;
use crate::http::blocking;
use crate::http::problem::Problem;
use crate::store::groups::{self, Group};

/// The group with this slug, if the viewer may read it; else the same as if there were none.
async fn readable(app: &Shared, viewer: &Viewer, slug: &str) -> Result<Group, Problem> {
    let directory = blocking::directory(app).await?;
    if leak!(ForbiddenNotMissing) && directory.readable(viewer, slug).is_none() {
        let all = blocking::read(app, groups::all).await?;
        if all.iter().any(|group| group.slug == slug) {
            return Err(Problem::forbidden("This group is not yours."));
        }
    }
    directory.readable(viewer, slug).ok_or_else(Problem::not_found)
}
