//! Stops a value.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::StopOut;
use crate::api::Shared;
use crate::api::admin::note::note;
use crate::domain::fault::Faults;
use crate::domain::identifier::{IdentifierType, RawIdentifier};
use crate::domain::stop_list::{StopReason, Target};
use crate::http::caller::{Caller, Operate};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::keep_stop_list::{NewStop, stop};

/// What to stop, written as an identifier of a report, and why.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StopForm {
    #[serde(rename = "type")]
    #[schema(required = true)]
    pub kind: Option<IdentifierType>,
    /// Of an e-mail address, `@` and a host stop every mailbox there and at the hosts below it.
    #[schema(required = true, example = "@members.ebay.com")]
    pub value: Option<String>,
    pub platform: Option<String>,
    pub country: Option<String>,
    pub bank_code: Option<String>,
    pub scheme: Option<String>,
    #[schema(required = true)]
    pub reason: Option<StopReason>,
    /// What it is, for whoever asks later; 1 to 2,000 characters.
    #[schema(required = true)]
    pub note: Option<String>,
}

/// Stops a value: from now on it links nobody, and profiles that hung together by it alone come apart. Everybody
/// goes on seeing it where they do now. One that is stopped already is answered with 200 and stays as it is.
#[utoipa::path(tag = "admin", security(("bearer" = [])), request_body = StopForm,
    responses((status = 201, body = StopOut), (status = 200, body = StopOut, description = "It is stopped already")))]
#[post("/v1/admin/stop-list")]
pub async fn add_stop(
    app: Shared,
    caller: Caller<Operate>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let reading = body::reading::<StopForm>(&request, payload).await?;
    let mut faults = Faults::starting_with(reading.faults);
    let new = asked(reading.form.unwrap_or_default(), &mut faults);
    let new = faults.or(new).map_err(Problem::invalid)?;
    let (ids, now, actor) = (app.ids.clone(), app.now(), caller.viewer.actor());
    let (row, is_new) =
        blocking::write(&app, move |conn| stop(conn, ids.as_ref(), now, &actor, &new)).await?;
    app.wake_resolver();
    let mut response = if is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(response.json(StopOut::from(row)))
}

fn asked(form: StopForm, faults: &mut Faults) -> Option<NewStop> {
    let kind = faults.required(form.kind, "/type");
    let value = faults.required(form.value, "/value");
    let target = kind.zip(value).and_then(|(kind, value)| {
        let raw = RawIdentifier {
            kind,
            value: &value,
            platform: form.platform.as_deref(),
            country: form.country.as_deref(),
            bank_code: form.bank_code.as_deref(),
            scheme: form.scheme.as_deref(),
        };
        let refused = |fault: crate::domain::identifier::Fault| {
            faults.add(format!("/{}", fault.field), fault.code, fault.message)
        };
        Target::parse(&raw).map_err(refused).ok()
    });
    let reason = faults.required(form.reason, "/reason");
    let note = note(faults, form.note, "Say what it is.");
    Some(NewStop { target: target?, reason: reason?, note: note? })
}
