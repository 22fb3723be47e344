//! Asks those who reported a seller to make themselves known.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::readable;
use crate::api::Shared;
use crate::api::introductions::{IntroductionOut, introduction_out, text};
use crate::domain::fault::Faults;
use crate::domain::id::SellerId;
use crate::domain::introduction::{CONTACT_CHARS_MAX, MESSAGE_CHARS_MAX};
use crate::feed::Reader;
use crate::http::caller::{AskIntroductions, Caller};
use crate::http::probing::{count_refusal, throttle};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::introduce::{NewIntroduction, ask};

/// Why the caller's member wants to know who reported the seller, and how it may be reached.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IntroductionForm {
    /// 1 to 2,000 characters.
    #[schema(
        required = true,
        example = "We bought from this shop in May and would share the cost of a test purchase."
    )]
    pub message: Option<String>,
    /// 1 to 500 characters.
    #[schema(required = true, example = "Ada Analyst, brand-protection@acme.example")]
    pub contact: Option<String>,
}

/// Asks whoever reported a seller to make itself known to the caller's member. Each that reads the group is shown the
/// name of the member, the message and the contact, for 30 days. The answer is the same whether there is one, many or nobody
/// besides the caller.
#[utoipa::path(tag = "introductions", security(("bearer" = [])),
    params(("group" = String, Path), ("id" = SellerId, Path)), request_body = IntroductionForm,
    responses((status = 201, body = IntroductionOut)))]
#[post("/v1/groups/{group}/sellers/{id}/introductions")]
pub async fn ask_introduction(
    app: Shared,
    caller: Caller<AskIntroductions>,
    path: web::Path<(String, String)>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (slug, id) = path.into_inner();
    let viewer = caller.viewer;
    let body = body::bytes(&request, payload).await?;
    let group = readable(&app, &viewer, &slug).await?;
    let seller: SellerId = body::id(&id)?;
    let (asker, of) = (viewer.clone(), group.clone());
    let seen = blocking::read(&app, move |conn| Reader::new(&asker, &of).seller(conn, seller)).await?;
    seen.ok_or_else(Problem::not_found)?;
    let reading = body::reading_of::<IntroductionForm>(&request, body).await?;
    let mut faults = Faults::starting_with(reading.faults);
    let form = reading.form.unwrap_or_default();
    let message = text(&mut faults, form.message, "/message", MESSAGE_CHARS_MAX);
    let contact = text(&mut faults, form.contact, "/contact", CONTACT_CHARS_MAX);
    let (message, contact) = faults.or(message.zip(contact)).map_err(Problem::invalid)?;
    let quotas = throttle(&app, &viewer)?;
    let new = NewIntroduction { group, seller, message, contact };
    let (ids, now, daily) = (app.ids.clone(), app.now(), app.limits.daily);
    let asked = blocking::write(&app, move |conn| ask(conn, ids.as_ref(), now, daily, &viewer, &new)).await;
    let (made, left) = asked.inspect_err(|problem| count_refusal(&app, problem))?;
    let out = introduction_out(made, slug, Vec::new(), now);
    let mut response = HttpResponse::Created().json(out);
    quotas.and(left).stamp(&mut response);
    Ok(response)
}
