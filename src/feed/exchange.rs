//! Profiles for those who copy them as objects: each at its place, as its lens class sees it. Nothing here is for one
//! member of the class alone: what a member holds already is not filled in, so that an object is the same bytes for
//! everybody who gets it.

use std::collections::BTreeMap;

use super::Reader;
use crate::domain::id::SellerId;
use crate::domain::lens::seller::SellerView;
use crate::domain::time::Timestamp;
use crate::store::exchange::{self, Place};
use crate::store::{Conn, Result, profiles};

/// A profile as the class sees it.
pub struct Ware {
    pub revision: i32,
    pub view: SellerView,
}

impl Reader<'_> {
    /// At most `limit` places that reach beyond a moment, in order.
    pub fn places_after(&self, conn: &mut Conn, moment: Timestamp, limit: i64) -> Result<Vec<Place>> {
        exchange::after(conn, self.group.id, self.class(), moment, limit)
    }

    /// The last moment at which anything stands.
    pub fn reached(&self, conn: &mut Conn) -> Result<Timestamp> {
        exchange::reached(conn, self.group.id, self.class())
    }

    /// The places of objects with these ids' families that reach beyond a moment, in order.
    pub fn places_of(&self, conn: &mut Conn, families: &[i64], moment: Timestamp) -> Result<Vec<Place>> {
        exchange::of_families(conn, self.group.id, self.class(), families, moment)
    }

    /// The present views of these profiles, in one statement.
    pub fn wares(&self, conn: &mut Conn, ids: &[SellerId]) -> Result<BTreeMap<SellerId, Ware>> {
        let classes = [self.class().to_owned()];
        let rows = profiles::views_of(conn, self.group.id, &classes, ids)?;
        rows.into_iter()
            .map(|row| {
                let view = row.projection()?.into_view();
                Ok((row.profile_id, Ware { revision: row.revision, view }))
            })
            .collect()
    }
}
