//! The REST API: one folder per resource, one file per action. This file is the route table and the
//! OpenAPI document made from it.

pub mod admin;
pub mod group_invitations;
pub mod groups;
pub mod health;
pub mod introductions;
pub mod invitations;
pub mod keys;
pub mod look_ups;
pub mod me;
pub mod reports;
pub mod sessions;
pub mod users;
pub mod webhooks;

use actix_web::{HttpResponse, web};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{Modify, OpenApi};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::http::problem::{Problem, ProblemBody};

/// Every route of the API.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(health::alive)
        .service(health::ready)
        .service(health::jwks)
        .service(sessions::create::create_session)
        .service(sessions::refresh::refresh_session)
        .service(sessions::delete::delete_session)
        .service(invitations::accept::accept_invitation)
        .service(invitations::create::create_invitation)
        .service(me::find_me)
        .service(users::list::list_users)
        .service(users::suspend::suspend_user)
        .service(users::suspend::reinstate_user)
        .service(keys::create::create_key)
        .service(keys::list::list_keys)
        .service(keys::revoke::revoke_key)
        .service(look_ups::list::list_look_ups)
        .service(webhooks::create::create_webhook)
        .service(webhooks::list::list_webhooks)
        .service(webhooks::get::find_webhook)
        .service(webhooks::change::change_webhook)
        .service(webhooks::delete::delete_webhook)
        .service(webhooks::rotate_secret::rotate_webhook_secret)
        .service(webhooks::ping::ping_webhook)
        .service(webhooks::replay::replay_webhook)
        .service(webhooks::deliveries::list_deliveries)
        .service(webhooks::delivery::find_delivery)
        .service(webhooks::recall::retry_delivery)
        .service(reports::bulk::file_reports_in_bulk)
        .service(reports::preview::preview_report)
        .service(reports::create::create_report)
        .service(reports::list::list_reports)
        .service(reports::get::find_report)
        .service(reports::revise::revise_report)
        .service(reports::retract::retract_report)
        .service(reports::revisions::list_revisions)
        .service(reports::sellers::list_report_sellers)
        .service(groups::list::list_groups)
        .service(groups::create::found)
        .service(groups::members::list::list_group_members)
        .service(groups::members::remove::remove_group_member)
        .service(groups::keepers::appoint_keeper)
        .service(groups::keepers::dismiss_keeper)
        .service(groups::invitations::create::invite_into_group)
        .service(groups::invitations::list::list_sent_group_invitations)
        .service(groups::invitations::revoke::revoke_group_invitation)
        .service(groups::changes::list_group_changes)
        .service(groups::raise_k::raise_k)
        .service(groups::leave::leave)
        .service(group_invitations::list::list_group_invitations)
        .service(group_invitations::accept::accept_group_invitation)
        .service(group_invitations::decline::decline_group_invitation)
        .service(groups::stats::find_group_stats)
        .service(groups::sellers::list_sellers)
        .service(groups::seller::find_seller)
        .service(groups::links::explain_seller)
        .service(groups::apart::explain_apart)
        .service(groups::introductions::ask_introduction)
        .service(introductions::received::list_received_introductions)
        .service(introductions::grant::grant_introduction)
        .service(introductions::ignore::ignore_introduction)
        .service(introductions::list::list_introductions)
        .service(introductions::withdraw::withdraw_introduction)
        .service(groups::history::list_seller_history)
        .service(groups::contributions::list_seller_contributions)
        .service(groups::matching::match_identifiers)
        .service(groups::feed::read_feed)
        .service(groups::snapshot::read_snapshot)
        .service(groups::candidates::list_candidates)
        .service(groups::judgements::create::create_judgement)
        .service(groups::judgements::list::list_judgements)
        .service(groups::judgements::undo::undo_judgement)
        .service(admin::list_members::list_members)
        .service(admin::create_member::create_member)
        .service(admin::find_member::find_member)
        .service(admin::member_standing::suspend_member)
        .service(admin::member_standing::reinstate_member)
        .service(admin::owner_group::set_owner_group)
        .service(admin::owner_group::clear_owner_group)
        .service(admin::invite_user::invite_user)
        .service(admin::list_groups::list_all_groups)
        .service(admin::create_group::create_group)
        .service(admin::raise_k::raise_group_k)
        .service(admin::stop_list::list::list_stops)
        .service(admin::stop_list::add::add_stop)
        .service(admin::stop_list::lift::lift_stop)
        .service(admin::list_look_ups::list_all_look_ups)
        .service(admin::canaries::list::list_canaries)
        .service(admin::canaries::add::create_canary)
        .service(admin::canaries::retire::end_canary)
        .service(admin::canaries::alerts::list_canary_alerts);
}

/// What is at no route, or not under this method.
pub fn nothing_here() -> HttpResponse {
    use actix_web::ResponseError;
    Problem::not_found().error_response()
}

/// The document's frame; the operations come from the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Touchstone",
        description = "The data-sharing server of a brand anti-counterfeiting alliance. Every answer is \
                       what the caller may see and no more; see docs/PRIVACY.md.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    tags(
        (name = "reports", description = "A member's own reports"),
        (name = "sellers", description = "Shared seller profiles, through the caller's lens"),
        (name = "judgements", description = "What people say about two reports or profiles"),
        (name = "groups", description = "Sharing groups that their members keep"),
        (name = "introductions", description = "Getting to know who reported a seller, if it wants to be known"),
        (name = "webhooks", description = "Having the events of a group's feed sent"),
        (name = "access", description = "Signing in, users and API keys"),
        (name = "admin", description = "The operator's work; it gives no sight of reports"),
        (name = "health", description = "For load balancers and clients' key stores"),
    ),
    components(schemas(ProblemBody)),
    modifiers(&Security, &Problems)
)]
pub struct ApiDoc;

struct Security;

impl Modify for Security {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An access token of `POST /v1/sessions`, or an API key."))
            .build();
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let basic = HttpBuilder::new()
            .scheme(HttpAuthScheme::Basic)
            .description(Some("For TAXII and MISP: an API key as the password; the name is not looked at."))
            .build();
        components.add_security_scheme("basic", SecurityScheme::Http(basic));
    }
}

/// Every operation may answer with a problem document, and every answer has a description; said once here instead of at
/// each.
pub struct Problems;

impl Modify for Problems {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemBody"))).build();
        let response = ResponseBuilder::new()
            .description("A problem document (RFC 9457); docs/API.md lists the kinds")
            .content("application/problem+json", body)
            .build();
        for path in openapi.paths.paths.values_mut() {
            let operations =
                [&mut path.get, &mut path.post, &mut path.put, &mut path.patch, &mut path.delete];
            for operation in operations.into_iter().flatten() {
                let responses = &mut operation.responses.responses;
                for (status, known) in responses.iter_mut() {
                    if let RefOr::T(known) = known
                        && known.description.is_empty()
                    {
                        known.description = reason(status).to_owned();
                    }
                }
                responses.insert("default".to_owned(), RefOr::T(response.clone()));
            }
        }
    }
}

/// What a status means, in the words of RFC 9110.
fn reason(status: &str) -> &'static str {
    let status: Option<actix_web::http::StatusCode> = status.parse().ok();
    status.and_then(|status| status.canonical_reason()).unwrap_or("An answer")
}

/// A cursor page of things.
macro_rules! page {
    ($(#[$doc:meta])* $name:ident of $item:ty) => {
        $(#[$doc])*
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        pub struct $name {
            pub items: Vec<$item>,
            /// The cursor of the next page; absent on the last one.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub next: Option<String>,
        }
    };
}
use page;

/// The `Link` header of a page that has a next one (RFC 8288). The cursor stands for those parameters that say where to
/// begin.
fn link_next(request: &actix_web::HttpRequest, cursor: &str, beginnings: &[&str]) -> String {
    let mut url = url::form_urlencoded::Serializer::new(String::new());
    let pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
    url.extend_pairs(pairs.filter(|(name, _)| name != "cursor" && !beginnings.contains(&name.as_ref())));
    url.append_pair("cursor", cursor);
    format!("<{}?{}>; rel=\"next\"", request.path(), url.finish())
}

/// Answers with a page, with its `Link` header.
fn answer_page<T: serde::Serialize>(
    request: &actix_web::HttpRequest,
    page: &T,
    next: Option<&str>,
) -> HttpResponse {
    answer_page_from(request, page, next, &[])
}

/// The same of pages that may begin at a place which one of these parameters names.
fn answer_page_from<T: serde::Serialize>(
    request: &actix_web::HttpRequest,
    page: &T,
    next: Option<&str>,
    beginnings: &[&str],
) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    if let Some(cursor) = next {
        response.insert_header((actix_web::http::header::LINK, link_next(request, cursor, beginnings)));
    }
    response.json(page)
}

/// The shared state, as handlers take it.
pub type Shared = web::Data<std::sync::Arc<crate::app::App>>;
