//! Sharing groups and the seller profiles in them, through the caller's lens.

pub mod feed;
pub mod history;
pub mod links;
pub mod list;
pub mod matching;
pub mod seller;
pub mod sellers;

use crate::api::Shared;
use crate::domain::viewer::Viewer;
use crate::http::blocking;
use crate::http::problem::Problem;
use crate::store::groups::{self, Group};

/// The group with this slug, if the viewer may read it; else the same as if there were none.
async fn readable(app: &Shared, viewer: &Viewer, slug: &str) -> Result<Group, Problem> {
    let (viewer, slug) = (viewer.clone(), slug.to_owned());
    let group = blocking::read(app, move |conn| groups::readable(conn, &viewer, &slug)).await?;
    group.ok_or_else(Problem::not_found)
}
