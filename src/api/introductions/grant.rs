//! Grants a request.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{ReceivedOut, received_out, text};
use crate::api::Shared;
use crate::domain::fault::Faults;
use crate::domain::id::IntroductionId;
use crate::domain::introduction::CONTACT_CHARS_MAX;
use crate::http::caller::{AskIntroductions, Caller};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::introduce::{self, groups_read};
use crate::store::introductions::find_received;

/// How who asks may reach the caller's member.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GrantForm {
    /// 1 to 500 characters.
    #[schema(required = true, example = "Ada Analyst, brand-protection@acme.example")]
    pub contact: Option<String>,
}

/// Makes the caller's member known to who asks, by its name and this contact. It cannot be taken back, since the asker
/// may have read it; twice is as once.
#[utoipa::path(tag = "introductions", security(("bearer" = [])), params(("id" = IntroductionId, Path)),
    request_body = GrantForm, responses((status = 200, body = ReceivedOut)))]
#[post("/v1/introductions/received/{id}/grant")]
pub async fn grant_introduction(
    app: Shared,
    caller: Caller<AskIntroductions>,
    id: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let body = body::bytes(&request, payload).await?;
    let id: IntroductionId = body::id(&id)?;
    let (viewer, now) = (caller.viewer, app.now());
    let asked = viewer.clone();
    let known = blocking::read(&app, move |conn| {
        let groups = groups_read(conn, &asked)?;
        find_received(conn, &asked, &groups, now, id)
    })
    .await?;
    known.ok_or_else(Problem::not_found)?;
    let reading = body::reading_of::<GrantForm>(&request, body).await?;
    let mut faults = Faults::starting_with(reading.faults);
    let contact = reading.form.unwrap_or_default().contact;
    let contact = text(&mut faults, contact, "/contact", CONTACT_CHARS_MAX);
    let contact = faults.or(contact).map_err(Problem::invalid)?;
    let granted =
        blocking::write(&app, move |conn| introduce::grant(conn, now, &viewer, (id, &contact))).await?;
    Ok(HttpResponse::Ok().json(received_out(granted)))
}
