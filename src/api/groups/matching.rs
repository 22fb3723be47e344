//! Which sellers do these identifiers point at?

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::readable;
use crate::api::Shared;
use crate::domain::fault::Faults;
use crate::domain::identifier::{self, Identifier, RawIdentifier};
use crate::domain::probing::Asking;
use crate::domain::resolution::keys::Key;
use crate::feed::Reader;
use crate::feed::search::{KEYS_MAX, Match};
use crate::http::caller::{Caller, ReadSellers};
use crate::http::probing::look_up;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::intake::form::IdentifierForm;

/// Identifiers to look for.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MatchForm {
    /// 1 to 50, as in a report.
    #[schema(required = true)]
    pub identifiers: Vec<IdentifierForm>,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Matches {
    pub items: Vec<Match>,
}

/// Finds the profiles that carry any of the given identifiers. That the caller asked is on record, and each value
/// counts against its member's budget of the day. A personal value
/// finds a profile only where the caller sees it in full: on profiles that its lens shows whole, or
/// because one of its own live reports holds the value.
#[utoipa::path(tag = "sellers", security(("bearer" = [])), params(("group" = String, Path)),
    request_body = MatchForm, responses((status = 200, body = Matches)))]
#[post("/v1/groups/{group}/match")]
pub async fn match_identifiers(
    app: Shared,
    caller: Caller<ReadSellers>,
    slug: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let body = body::bytes(&request, payload).await?;
    let group = readable(&app, &caller.viewer, &slug).await?;
    let reading = body::reading_of::<MatchForm>(&request, body).await?;
    let mut faults = Faults::starting_with(reading.faults);
    let values = identifiers(reading.form.unwrap_or_default(), &mut faults);
    let values = faults.or(Some(values)).map_err(Problem::invalid)?;
    let keys: Vec<Key> = values.iter().map(|value| app.hasher.key(value)).collect();
    let quotas = look_up(&app, &caller.viewer, group.id, Asking::Match, values).await?;
    let items =
        blocking::read(&app, move |conn| Reader::new(&caller.viewer, &group).matches(conn, &keys)).await?;
    let mut response = HttpResponse::Ok().json(Matches { items });
    quotas.stamp(&mut response);
    Ok(response)
}

fn identifiers(form: MatchForm, faults: &mut Faults) -> Vec<Identifier> {
    if form.identifiers.is_empty() {
        faults.add("/identifiers", "required", "Give at least one identifier.");
    }
    if form.identifiers.len() > KEYS_MAX {
        faults.add("/identifiers", "too_many", format!("At most {KEYS_MAX} identifiers."));
    }
    let mut identifiers = Vec::new();
    for (index, one) in form.identifiers.into_iter().enumerate().take(KEYS_MAX) {
        let at = format!("/identifiers/{index}");
        let kind = faults.required(one.kind, format!("{at}/type"));
        let value = faults.required(one.value, format!("{at}/value"));
        let (Some(kind), Some(value)) = (kind, value) else { continue };
        let raw = RawIdentifier {
            kind,
            value: &value,
            platform: one.platform.as_deref(),
            country: one.country.as_deref(),
            bank_code: one.bank_code.as_deref(),
            scheme: one.scheme.as_deref(),
        };
        match identifier::parse(&raw) {
            Ok(identifier) => identifiers.push(identifier),
            Err(fault) => faults.add(format!("{at}/{}", fault.field), fault.code, fault.message),
        }
    }
    identifiers
}
