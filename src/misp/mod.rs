//! A MISP feed of each sharing group: a manifest and one event for each seller, for MISP instances to pull.
//!
//! It is what the caller's lens class sees of the group, mapped, and nothing of one member alone: the same bytes for
//! everybody who gets them. `docs/MISP.md` says how to connect and what stands for what.

pub mod event;
mod find_event;
mod format;
mod forms;
mod manifest;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use utoipa::OpenApi;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::domain::viewer::Viewer;
use crate::http::caller::{Caller, ReadFeed};
use crate::http::problem::Problem;

/// The shared state, as handlers take it.
type Shared = web::Data<std::sync::Arc<crate::app::App>>;

/// Every route of the feed. The manifest comes first: its name would pass for that of an event.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(manifest::read_manifest).service(find_event::find_event);
}

/// What the document of the whole server has of the feed besides its routes.
#[derive(OpenApi)]
#[openapi(tags((name = "misp", description = "Sharing groups as MISP feeds; docs/MISP.md")))]
pub struct MispDoc;

/// A caller who may read feeds, by the credential that its MISP instance sends.
struct Puller {
    viewer: Viewer,
}

impl FromRequest for Puller {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = Caller::<ReadFeed>::by_bearer_or_basic(request);
        Box::pin(async move { Ok(Self { viewer: caller.await?.viewer }) })
    }
}
