//! The seller profiles of a group.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::readable;
use crate::api::reports::list::time;
use crate::api::{Shared, answer_page, page};
use crate::domain::identifier::{self, Identifier, IdentifierType, RawIdentifier, text};
use crate::domain::probing::Asking;
use crate::domain::resolution::keys::{Key, KeyHasher};
use crate::domain::risk::RISK_MAX;
use crate::feed::search::{Asked, SellerPage as Found};
use crate::feed::{Reader, Seller};
use crate::http::caller::{Caller, ReadSellers};
use crate::http::cursor::Cursors;
use crate::http::probing::look_up;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::store::profiles::SellerOrder;

page!(
    /// A page of seller profiles.
    SellerPage of Seller
);

/// What to list.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SellerParams {
    pub cursor: Option<String>,
    /// 1 to 200; 50 by default.
    pub limit: Option<i64>,
    /// Only profiles with this identifier, which the caller must see in full; needs `identifier_type`. No personal value,
    /// which must not stand in an address: send those to `POST /v1/groups/{group}/match`.
    pub identifier: Option<String>,
    /// `storefront`, `domain`, …
    pub identifier_type: Option<String>,
    /// Only profiles with a storefront or page on this platform (slug).
    pub platform: Option<String>,
    /// Only profiles with an identifier of this country (ISO 3166-1 alpha-2).
    pub country: Option<String>,
    /// Only profiles of this score of risk or a higher one, 0 to 100.
    pub minimum_risk: Option<u8>,
    /// Only profiles whose view changed at or after this RFC 3339 time.
    pub changed_since: Option<String>,
    /// `last_seen`, as by default, or `risk`: the highest first.
    pub order: Option<String>,
}

/// Lists seller profiles of a group that the caller reads, last seen first or by their risk. Each request with an `identifier` is on
/// record and counts against the budget of its member.
#[utoipa::path(tag = "sellers", security(("bearer" = [])), params(("group" = String, Path), SellerParams),
    responses((status = 200, body = SellerPage)))]
#[get("/v1/groups/{group}/sellers")]
pub async fn list_sellers(
    app: Shared,
    caller: Caller<ReadSellers>,
    slug: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let viewer = caller.viewer;
    let group = readable(&app, &viewer, &slug).await?;
    let params: SellerParams = body::parameters(&request)?;
    let limit = body::limit(params.limit, 50, 200)?;
    let value = identifier(&params)?;
    let asked = asked(&params, value.as_ref(), &app.hasher)?;
    let cursors = Cursors::new(&app.cursor_key, &viewer, &format!("sellers {} {asked:?}", group.slug));
    let after = params.cursor.map(|cursor| cursors.open::<(i32, i64, _)>(&cursor)).transpose()?;
    let after = after.map(|(risk, day, id)| (risk, crate::domain::time::Timestamp(day), id));
    let quotas = match value {
        Some(value) => Some(look_up(&app, &viewer, group.id, Asking::Sellers, vec![value]).await?),
        None => None,
    };
    let asker = viewer.clone();
    let Found { sellers, next } =
        blocking::read(&app, move |conn| Reader::new(&asker, &group).sellers(conn, &asked, after, limit))
            .await?;
    let next = next.map(|(risk, day, id)| cursors.seal(&(risk, day.micros(), id)));
    let page = SellerPage { items: sellers, next };
    let mut response = answer_page(&request, &page, page.next.as_deref());
    if let Some(quotas) = quotas {
        quotas.stamp(&mut response);
    }
    Ok(response)
}

/// The keys of a platform and a country that profiles are narrowed to.
pub(super) fn words(
    platform: Option<&str>,
    country: Option<&str>,
    hasher: &KeyHasher,
) -> Result<Vec<Key>, Problem> {
    let mut words = Vec::new();
    if let Some(platform) = platform {
        let slug = identifier::storefront::platform_slug(platform).unwrap_or_else(|| platform.to_lowercase());
        words.push(hasher.word("platform", &slug));
    }
    if let Some(country) = country {
        let detail = "Give the country as its ISO 3166-1 alpha-2 code.";
        let code = text::country(country)
            .ok_or_else(|| Problem::bad_parameter("country", "unknown_country", detail))?;
        words.push(hasher.word("country", &code));
    }
    Ok(words)
}

fn asked(params: &SellerParams, value: Option<&Identifier>, hasher: &KeyHasher) -> Result<Asked, Problem> {
    let words = words(params.platform.as_deref(), params.country.as_deref(), hasher)?;
    let shown = value.map(|value| hasher.key(value));
    let modified_since = time("changed_since", params.changed_since.as_deref())?;
    let minimum_risk = minimum_risk(params.minimum_risk)?;
    let order = match params.order.as_deref() {
        None | Some("last_seen") => SellerOrder::LastSeen,
        Some("risk") => SellerOrder::Risk,
        Some(_) => {
            let detail = "Must be one of: last_seen, risk.";
            return Err(Problem::bad_parameter("order", "not_allowed", detail));
        }
    };
    Ok(Asked { words, shown, modified_since, minimum_risk, order })
}

/// A score of risk that is asked for; all are above none.
pub(super) fn minimum_risk(asked: Option<u8>) -> Result<Option<u8>, Problem> {
    match asked {
        Some(minimum) if minimum > RISK_MAX => {
            let detail = format!("Scores go from 0 to {RISK_MAX}.");
            Err(Problem::bad_parameter("minimum_risk", "out_of_range", detail))
        }
        _ => Ok(asked.filter(|minimum| *minimum > 0)),
    }
}

/// The identifier that the profiles must have, if one is given.
fn identifier(params: &SellerParams) -> Result<Option<Identifier>, Problem> {
    let (value, kind) = match (&params.identifier, &params.identifier_type) {
        (Some(value), Some(kind)) => (value, kind),
        (Some(_), None) => {
            return Err(Problem::bad_parameter("identifier_type", "required", "Say of which type it is."));
        }
        (None, Some(_)) => {
            return Err(Problem::bad_parameter("identifier", "required", "Say which one of this type."));
        }
        (None, None) => return Ok(None),
    };
    let kind = IdentifierType::parse_name(kind).ok_or_else(|| {
        let names: Vec<&str> = IdentifierType::ALL.iter().map(|kind| kind.as_str()).collect();
        let detail = format!("Must be one of: {}.", names.join(", "));
        Problem::bad_parameter("identifier_type", "not_allowed", detail)
    })?;
    if kind.is_personal() {
        let detail = "Addresses are kept in logs and histories: send a personal value to POST /v1/groups/{group}/match.";
        return Err(Problem::bad_parameter("identifier", "personal", detail));
    }
    let raw = RawIdentifier {
        kind,
        value,
        platform: params.platform.as_deref(),
        country: params.country.as_deref(),
        bank_code: None,
        scheme: None,
    };
    let parsed = identifier::parse(&raw);
    parsed.map(Some).map_err(|fault| Problem::bad_parameter("identifier", fault.code, fault.message))
}
