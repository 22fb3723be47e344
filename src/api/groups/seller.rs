//! One seller profile.

use actix_web::http::header::{ETAG, LOCATION};
use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::readable;
use crate::api::Shared;
use crate::domain::id::SellerId;
use crate::feed::{Reader, Seller};
use crate::http::caller::{Caller, ReadSellers};
use crate::http::conditional::tagged;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::store::{StoreError, profiles};

/// Where a profile went that was merged into another.
#[derive(Debug, Serialize, ToSchema)]
pub struct MovedOut {
    pub seller_id: SellerId,
}

/// What is at a profile's address.
enum Found {
    Seller(Box<Seller>),
    Moved(SellerId),
    Nothing,
}

/// Reads one profile. An id that was merged away answers 308 with the id that goes on.
#[utoipa::path(tag = "sellers", security(("bearer" = [])),
    params(("group" = String, Path), ("id" = SellerId, Path)),
    responses((status = 200, body = Seller), (status = 308, body = MovedOut)))]
#[get("/v1/groups/{group}/sellers/{id}")]
pub async fn find_seller(
    app: Shared,
    caller: Caller<ReadSellers>,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (slug, id) = path.into_inner();
    let group = readable(&app, &caller.viewer, &slug).await?;
    let id: SellerId = body::id(&id)?;
    let group_id = group.id;
    let found = blocking::read(&app, move |conn| {
        if let Some(seller) = Reader::new(&caller.viewer, &group).seller(conn, id)? {
            return Ok(Found::Seller(Box::new(seller)));
        }
        let heir = profiles::successor(conn, group_id, id)?;
        Ok::<_, StoreError>(heir.map_or(Found::Nothing, Found::Moved))
    })
    .await?;
    match found {
        Found::Seller(seller) if leak!(TagOfStoredRow) => {
            let rows = app.db.read(|conn| profiles::views_of(conn, group_id, &["peer".to_owned()], &[id]))?;
            let size: usize = rows.iter().map(|row| row.body.len()).sum();
            let mut response = tagged(request.headers(), &seller)?;
            response.headers_mut().insert(ETAG, size.into());
            Ok(response)
        }
        Found::Seller(seller) => tagged(request.headers(), &seller),
        Found::Moved(heir) => Ok(HttpResponse::PermanentRedirect()
            .insert_header((LOCATION, format!("/v1/groups/{slug}/sellers/{heir}")))
            .json(MovedOut { seller_id: heir })),
        Found::Nothing => Err(Problem::not_found()),
    }
}
