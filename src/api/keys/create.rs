//! Makes an API key.

use actix_web::{HttpRequest, HttpResponse, post, web};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::KeyOut;
use crate::api::Shared;
use crate::http::caller::{Caller, ManageKeys};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::manage_keys::{NewKey, create_key as create};

/// A key to make.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KeyForm {
    #[schema(required = true)]
    pub name: Option<String>,
    /// Scopes that the caller has itself.
    #[schema(required = true, example = json!(["reports:write", "sellers:read"]))]
    pub scopes: Vec<String>,
    /// 1 to 366; 90 by default.
    pub expires_in_days: Option<i64>,
}

/// A key with its text, which is shown this once.
#[derive(Serialize, ToSchema)]
pub struct NewKeyOut {
    #[serde(flatten)]
    pub key: KeyOut,
    /// Send as `Authorization: Bearer …`.
    pub api_key: String,
}

/// Makes an API key of the caller's member.
#[utoipa::path(tag = "access", security(("bearer" = [])), request_body = KeyForm,
    responses((status = 201, body = NewKeyOut)))]
#[post("/v1/keys")]
pub async fn create_key(
    app: Shared,
    caller: Caller<ManageKeys>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let form: KeyForm = body::form(&request, payload).await?;
    let viewer = caller.viewer;
    let may = |scope| viewer.may(scope);
    let new = NewKey::parse(form.name, &form.scopes, form.expires_in_days, viewer.kind, may)
        .map_err(Problem::invalid)?;
    let (ids, now, member) = (app.ids.clone(), app.now(), viewer.member);
    let (key, text) =
        blocking::write(&app, move |conn| create(conn, ids.as_ref(), now, member, &new)).await?;
    let out = NewKeyOut { key: KeyOut::from(key), api_key: text.expose_secret().to_owned() };
    Ok(HttpResponse::Created().json(out))
}
