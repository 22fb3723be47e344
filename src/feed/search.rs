//! Finding profiles: lists with filters, and matching identifiers. Whether a profile is found by a
//! value is decided by its projection: a value that the viewer does not see in full finds nothing.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use super::{Reader, Seller};
use crate::domain::id::SellerId;
use crate::domain::resolution::facts::Key;
use crate::store::profiles::{self, SellerFilter, SellerPosition, ViewRow};
use crate::store::{Conn, Result};

/// A page of profiles and where the next one begins.
pub struct SellerPage {
    pub sellers: Vec<Seller>,
    pub next: Option<SellerPosition>,
}

/// A profile that some of the given identifiers point at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Match {
    pub seller: Seller,
    /// Places of the matching identifiers in the request, from 0.
    pub matched: Vec<usize>,
}

/// Most pairs of identifier and profile that one match looks at: a name can be everybody's.
const PAIRS_MAX: i64 = 500;

impl Reader<'_> {
    /// A page of profiles, last seen first. With `shown`, only profiles on which the viewer sees the
    /// identifier of that key in full.
    pub fn sellers(
        &self,
        conn: &mut Conn,
        filter: &SellerFilter,
        shown: Option<Key>,
        after: Option<SellerPosition>,
        limit: i64,
    ) -> Result<SellerPage> {
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut filter = filter.clone();
        filter.terms.extend(shown);
        let mut sellers = Vec::new();
        let mut position = after;
        loop {
            let mut rows = profiles::list(conn, self.group.id, self.class(), &filter, position, limit + 1)?;
            let more = rows.len() > wanted;
            rows.truncate(wanted);
            for (row, projection) in self.reveal(conn, rows)? {
                if sellers.len() == wanted {
                    return Ok(SellerPage { sellers, next: position });
                }
                position = Some(place(&row));
                if shown.is_none_or(|key| projection.shows(key)) {
                    sellers.push(self.seller_of(row, projection));
                }
            }
            if !more {
                return Ok(SellerPage { sellers, next: None });
            }
            if sellers.len() == wanted {
                return Ok(SellerPage { sellers, next: position });
            }
        }
    }

    /// The profiles that the given keys point at, those with most matches first.
    pub fn matches(&self, conn: &mut Conn, keys: &[Key]) -> Result<Vec<Match>> {
        let mut distinct = keys.to_vec();
        distinct.sort();
        distinct.dedup();
        let found = profiles::with_terms(conn, self.group.id, &distinct, PAIRS_MAX)?;
        let ids: Vec<SellerId> = found.keys().copied().collect();
        let rows =
            profiles::views_of(conn, self.group.id, std::slice::from_ref(&self.class().to_owned()), &ids)?;
        let mut matches: Vec<Match> = self
            .reveal(conn, rows)?
            .into_iter()
            .filter_map(|(row, projection)| {
                let shown: BTreeSet<Key> =
                    distinct.iter().copied().filter(|key| projection.shows(*key)).collect();
                let matched: Vec<usize> = keys
                    .iter()
                    .enumerate()
                    .filter(|(_, key)| shown.contains(key))
                    .map(|(at, _)| at)
                    .collect();
                (!matched.is_empty()).then(|| Match { seller: self.seller_of(row, projection), matched })
            })
            .collect();
        matches.sort_by_key(|one| (std::cmp::Reverse(one.matched.len()), one.seller.id));
        Ok(matches)
    }
}

fn place(row: &ViewRow) -> SellerPosition {
    (row.order_day, row.profile_id)
}
