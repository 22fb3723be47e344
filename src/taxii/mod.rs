//! TAXII 2.1: sharing groups as collections of STIX 2.1 objects, for platforms whose tools speak that.
//!
//! A collection is what the caller's lens class sees of a group, and nothing of one member alone: objects are the same
//! bytes for everybody who gets them. `docs/TAXII.md` says how to connect and what stands for what.

pub mod answer;
pub mod collections;
pub mod discovery;
pub mod failure;
pub mod filter;
mod form;
mod frame;
pub mod objects;
mod page;
mod posted;
pub mod posting;
pub mod status;
pub mod stix;

use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use utoipa::OpenApi;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::http::problem::Problem;
use failure::{ErrorMessage, Failure};

/// Where TAXII begins, and its API root.
const HOME: &str = "/taxii2";
const ROOT: &str = "/taxii2/groups/";

/// The shared state, as handlers take it.
pub type Shared = web::Data<std::sync::Arc<crate::app::App>>;

/// Every route of TAXII.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(discovery::discover)
        .service(discovery::find_api_root)
        .service(status::find_status)
        .service(collections::list_collections)
        .service(collections::find_collection)
        .service(objects::read_manifest)
        .service(objects::list_objects)
        .service(posting::add_objects)
        .service(objects::find_object)
        .service(posting::delete_object)
        .service(objects::list_versions);
}

/// What the document of the whole server has of TAXII besides its routes.
#[derive(OpenApi)]
#[openapi(
    tags((name = "taxii", description = "Sharing groups as TAXII 2.1 collections; docs/TAXII.md")),
    components(schemas(ErrorMessage))
)]
pub struct TaxiiDoc;

/// Says of the operations of TAXII how they fail, in place of what is said of others.
pub fn describe_failures(document: &mut utoipa::openapi::OpenApi) {
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorMessage"))).build();
    let response = ResponseBuilder::new()
        .description("An error message of TAXII 2.1")
        .content(answer::TAXII, body)
        .build();
    let ours = document.paths.paths.iter_mut().filter(|(path, _)| path.starts_with(HOME));
    for (_, path) in ours {
        for operation in [&mut path.get, &mut path.post, &mut path.delete].into_iter().flatten() {
            operation.responses.responses.insert("default".to_owned(), RefOr::T(response.clone()));
        }
    }
}

/// Whether a path that leads nowhere is of TAXII, and so is to be answered in its way.
pub fn is_ours(request: &HttpRequest) -> bool {
    request.path().strip_prefix(HOME).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What is at no route of TAXII, or not under this method.
pub fn nothing_here() -> HttpResponse {
    Failure::from(Problem::not_found()).error_response()
}
