//! Adds a canary.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::CanaryOut;
use crate::api::Shared;
use crate::api::admin::note::note;
use crate::domain::fault::Faults;
use crate::domain::identifier::{self, Identifier, IdentifierType, RawIdentifier};
use crate::http::caller::{Caller, Operate};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::keep_canaries::add_canary;

/// A value that nobody honest would look up, written as an identifier of a report.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CanaryForm {
    #[serde(rename = "type")]
    #[schema(required = true)]
    pub kind: Option<IdentifierType>,
    /// It must be nobody's: whoever owns it would be looked up honestly.
    #[schema(required = true)]
    pub value: Option<String>,
    pub platform: Option<String>,
    pub country: Option<String>,
    pub bank_code: Option<String>,
    pub scheme: Option<String>,
    /// By what you will know it again, without its value; 1 to 2,000 characters.
    #[schema(required = true)]
    pub note: Option<String>,
}

/// Adds a canary. Who looks it up, or names it in a report, is answered as about any value that nobody knows, and an
/// alert is stored. One that is in force already is answered with 200 and stays as it is.
#[utoipa::path(tag = "admin", security(("bearer" = [])), request_body = CanaryForm,
    responses((status = 201, body = CanaryOut), (status = 200, body = CanaryOut, description = "It is one already")))]
#[post("/v1/admin/canaries")]
pub async fn create_canary(
    app: Shared,
    caller: Caller<Operate>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let reading = body::reading::<CanaryForm>(&request, payload).await?;
    let mut faults = Faults::starting_with(reading.faults);
    let asked = asked(reading.form.unwrap_or_default(), &mut faults);
    let (value, note) = faults.or(asked).map_err(Problem::invalid)?;
    let (ids, hasher, now, actor) = (app.ids.clone(), app.hasher.clone(), app.now(), caller.viewer.actor());
    let (canary, is_new) = blocking::write(&app, move |conn| {
        add_canary(conn, ids.as_ref(), &hasher, (now, &actor), (&value, &note))
    })
    .await?;
    let mut response = if is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(response.json(CanaryOut::from(canary)))
}

fn asked(form: CanaryForm, faults: &mut Faults) -> Option<(Identifier, String)> {
    let kind = faults.required(form.kind, "/type");
    let value = faults.required(form.value, "/value");
    let identifier = kind.zip(value).and_then(|(kind, value)| {
        let raw = RawIdentifier {
            kind,
            value: &value,
            platform: form.platform.as_deref(),
            country: form.country.as_deref(),
            bank_code: form.bank_code.as_deref(),
            scheme: form.scheme.as_deref(),
        };
        identifier::parse(&raw)
            .map_err(|fault| faults.add(format!("/{}", fault.field), fault.code, fault.message))
            .ok()
    });
    let note = note(faults, form.note, "Say by what you will know it.");
    identifier.zip(note)
}
