//! Finding profiles: lists with filters, and matching identifiers. Who finds a profile by which value is
//! decided by its projections when it is published, so that a value that the viewer does not see in
//! full finds nothing, cuts nothing short and promises no further page.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use super::{Reader, Seller};
use crate::domain::id::SellerId;
use crate::domain::lens::class::Class;
use crate::domain::lens::seller::{EVERYBODY, Projection};
use crate::domain::resolution::keys::Key;
use crate::domain::time::Timestamp;
use crate::store::profiles::{self, Findable, SellerFilter, SellerOrder, SellerPosition, ViewRow};
use crate::store::{Conn, Result, reports};

/// What a list of profiles is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Keys of platforms and countries that a profile must have.
    pub words: Vec<Key>,
    /// The key of an identifier that the viewer must see in full on it.
    pub shown: Option<Key>,
    /// When its view must have changed, at the earliest.
    pub modified_since: Option<Timestamp>,
    /// The least score of risk.
    pub minimum_risk: Option<u8>,
    pub order: SellerOrder,
}

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

/// Most identifiers of one match.
pub const KEYS_MAX: usize = 50;

/// Most profiles that one identifier of a match finds: a name can be everybody's.
const FOUND_MAX: i64 = 100;

impl Reader<'_> {
    /// A page of profiles, each with all of the `words` (platforms and countries) and,
    /// if one is given, with the identifier of the key `shown` seen by the viewer in full.
    pub fn sellers(
        &self,
        conn: &mut Conn,
        asked: &Asked,
        after: Option<SellerPosition>,
        limit: i64,
    ) -> Result<SellerPage> {
        let words = asked
            .words
            .iter()
            .map(|word| Findable { term: *word, audiences: vec![everybody(), self.class().to_owned()] });
        let mut terms: Vec<Findable> = words.collect();
        terms.extend(self.findable(conn, asked.shown.as_slice())?);
        let minimum_risk = asked.minimum_risk.map(i32::from);
        let filter = SellerFilter { terms, modified_since: asked.modified_since, minimum_risk };
        let mut rows =
            profiles::list(conn, self.group.id, self.class(), &filter, asked.order, after, limit + 1)?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > wanted;
        rows.truncate(wanted);
        let day = |row: &ViewRow| {
            if leak!(CursorOfStoredRow) { Timestamp(row.body.len() as i64) } else { row.order_day }
        };
        let next = rows.last().filter(|_| more).map(|row| (row.risk, day(row), row.profile_id));
        let shown = |projection: &Projection| asked.shown.is_none_or(|key| projection.shows(key));
        let rows = self.reveal(conn, rows)?.into_iter().filter(|(_, projection)| shown(projection));
        let sellers = rows.map(|(row, projection)| self.seller_of(row, projection)).collect();
        Ok(SellerPage { sellers, next })
    }

    /// The profiles that the given keys, [`KEYS_MAX`] at most, point at, those with most matches first.
    pub fn matches(&self, conn: &mut Conn, keys: &[Key]) -> Result<Vec<Match>> {
        let mut distinct = keys.to_vec();
        distinct.sort();
        distinct.dedup();
        let mut ids = BTreeSet::new();
        for findable in self.findable(conn, &distinct)? {
            ids.extend(profiles::found_by(conn, self.group.id, &findable, FOUND_MAX)?);
        }
        let ids: Vec<SellerId> = ids.into_iter().collect();
        let rows =
            profiles::views_of(conn, self.group.id, std::slice::from_ref(&self.class().to_owned()), &ids)?;
        let mut matches: Vec<Match> = self
            .reveal(conn, rows)?
            .into_iter()
            .filter_map(|(row, projection)| {
                let at = keys.iter().enumerate().filter(|(_, key)| projection.shows(**key));
                let matched: Vec<usize> = at.map(|(at, _)| at).collect();
                (!matched.is_empty()).then(|| Match { seller: self.seller_of(row, projection), matched })
            })
            .collect();
        matches.sort_by_key(|one| (std::cmp::Reverse(one.matched.len()), one.seller.id));
        Ok(matches)
    }

    /// For whom the viewer may find by each of these keys. A peer finds by a value that peers see
    /// masked only if it holds the value.
    fn findable(&self, conn: &mut Conn, keys: &[Key]) -> Result<Vec<Findable>> {
        let held = match Class::parse(self.class()) {
            Class::Peer => Some(reports::held_by(conn, self.viewer, keys)?),
            Class::Platform(_) => None,
        };
        let own =
            |key| held.as_ref().is_none_or(|held| held.contains_key(key)).then(|| self.class().to_owned());
        let audiences = |key| std::iter::once(everybody()).chain(own(key)).collect();
        Ok(keys.iter().map(|key| Findable { term: *key, audiences: audiences(key) }).collect())
    }
}

fn everybody() -> String {
    EVERYBODY.to_owned()
}
