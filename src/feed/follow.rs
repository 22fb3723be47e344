//! Following a group's feed, or the part of it that a filter leaves. Every form of delivery asks here.
//!
//! An event carries the profile's present view. Through a filter, what matters is whether the profile matches now and
//! whether it did before the event: one that matches is told, one that does no more is told once, as a tombstone, and
//! one that did not and does not is nobody's business. A reader can only hold a profile because it saw a state that
//! matched; the event that ended that state is still before it, and has it as the state before.

use std::collections::{BTreeMap, BTreeSet};

use super::{FeedEvent, Reader, Seller, feed_event};
use crate::domain::id::SellerId;
use crate::domain::lens::change::ViewField;
use crate::domain::lens::seller::Projection;
use crate::domain::resolution::keys::{Key, KeyHasher};
use crate::domain::time::Timestamp;
use crate::store::feed::{self, EventKind, EventRow};
use crate::store::{Conn, Result, profiles};

/// The part of a feed that is followed.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Keys of platforms and countries that a profile must have.
    pub words: Vec<Key>,
    /// The least score of risk.
    pub minimum_risk: Option<u8>,
    /// Fields of which one must have changed, if there are any; what comes into the part or leaves it passes anyway.
    pub fields: BTreeSet<ViewField>,
}

/// Some events of the part that is followed.
pub struct Stretch {
    pub events: Vec<FeedEvent>,
    /// The number of the last event that was looked at, whether it passed or not: where to go on.
    pub reached: i64,
    /// Whether more are there already.
    pub more: bool,
}

/// Events looked at for one stretch at most, so that a filter which leaves little does not hold a reader for long.
const LOOKED_AT_MAX: i64 = 5_000;

/// Events looked at together.
const TOGETHER: i64 = 500;

/// How a profile stands to a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Standing {
    /// `None` if it was not recorded.
    before: Option<bool>,
    now: bool,
}

impl Filter {
    /// Whether everything passes.
    pub fn is_open(&self) -> bool {
        self.words.is_empty() && self.minimum_risk.is_none() && self.fields.is_empty()
    }

    /// The part by a name that stays: cursors of it are kept for as long as it is followed, by whatever server answers.
    pub fn name(&self) -> String {
        let Self { words, minimum_risk, fields } = self;
        let risk = minimum_risk.map(|minimum| format!(" from {minimum}")).unwrap_or_default();
        format!("Filter {{ words: {words:?}, fields: {fields:?} }}{risk}")
    }

    /// Whether a profile is in the part that is followed.
    pub fn holds(&self, projection: &Projection, hasher: &KeyHasher) -> bool {
        let risk = projection.view().risk.score.into();
        self.is_met(Some(risk)) == Some(true)
            && (self.words.is_empty() || self.has_words(&projection.words(hasher)))
    }

    /// Whether a score is high enough; `None` if that is asked for and the score is not known.
    fn is_met(&self, risk: Option<i32>) -> Option<bool> {
        self.minimum_risk.map_or(Some(true), |minimum| risk.map(|risk| risk >= i32::from(minimum)))
    }

    fn has_words(&self, words: &BTreeSet<Key>) -> bool {
        self.words.iter().all(|word| words.contains(word))
    }

    fn standing(&self, event: &EventRow, now: bool) -> Result<Standing> {
        let words: Option<BTreeSet<Key>> =
            event.words_before.as_deref().map(serde_json::from_str).transpose()?;
        let was_there = event.kind != EventKind::Created;
        let before = words
            .zip(self.is_met(event.risk_before))
            .map(|(words, met)| was_there && met && self.has_words(&words));
        Ok(Standing { before: before.or(if was_there { None } else { Some(false) }), now })
    }

    /// What a reader of this part is told of an event; `None` if nothing.
    fn told(&self, event: EventRow, seller: Option<Seller>) -> Result<Option<FeedEvent>> {
        if self.is_open() {
            return feed_event(event, seller).map(Some);
        }
        let standing = self.standing(&event, seller.is_some())?;
        Ok(match standing {
            Standing { before: Some(false), now: false } => None,
            // It comes in: to this reader it is new, whatever it was to others.
            Standing { before: Some(false), now: true } => {
                let told = feed_event(event, seller)?;
                Some(FeedEvent { kind: EventKind::Created, changed: BTreeSet::new(), ..told })
            }
            Standing { now: false, .. } => Some(feed_event(event, None)?),
            Standing { now: true, .. } => {
                let told = feed_event(event, seller)?;
                let unknown = told.changed.is_empty() && standing.before.is_none();
                let passes = self.fields.is_empty() || unknown || !self.fields.is_disjoint(&told.changed);
                passes.then_some(told)
            }
        })
    }
}

impl Reader<'_> {
    /// At most `limit` events after `after` that pass the filter, each with the profile's present view.
    pub fn follow(
        &self,
        conn: &mut Conn,
        filter: &Filter,
        hasher: &KeyHasher,
        after: i64,
        limit: i64,
    ) -> Result<Stretch> {
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut stretch = Stretch { events: Vec::new(), reached: after, more: true };
        while stretch.reached - after < LOOKED_AT_MAX {
            let together = if filter.is_open() { limit } else { TOGETHER };
            let mut rows = feed::after(conn, self.group.id, self.class(), stretch.reached, together + 1)?;
            stretch.more = rows.len() as i64 > together;
            rows.truncate(usize::try_from(together).unwrap_or(usize::MAX));
            let sellers = self.present(conn, filter, hasher, &rows)?;
            let mut rows = rows.into_iter();
            for event in rows.by_ref() {
                stretch.reached = event.number;
                let seller = sellers.get(&event.profile_id).cloned();
                stretch.events.extend(filter.told(event, seller)?);
                if stretch.events.len() == wanted {
                    break;
                }
            }
            stretch.more |= rows.next().is_some();
            if !stretch.more || stretch.events.len() == wanted {
                break;
            }
        }
        Ok(stretch)
    }

    /// The number after which the feed has what came about at this time or later: the head, if nothing did.
    pub fn number_at(&self, conn: &mut Conn, time: Timestamp) -> Result<i64> {
        let first = feed::first_since(conn, self.group.id, self.class(), time)?;
        first.map_or_else(|| self.head(conn), |number| Ok(number - 1))
    }

    /// The number of the last event.
    pub fn head(&self, conn: &mut Conn) -> Result<i64> {
        feed::head(conn, self.group.id, self.class())
    }

    /// The present views of the profiles of these events, as far as they pass the filter.
    fn present(
        &self,
        conn: &mut Conn,
        filter: &Filter,
        hasher: &KeyHasher,
        events: &[EventRow],
    ) -> Result<BTreeMap<SellerId, Seller>> {
        let ids: BTreeSet<SellerId> = events.iter().map(|event| event.profile_id).collect();
        let ids: Vec<SellerId> = ids.into_iter().collect();
        let class = self.class().to_owned();
        let rows = profiles::views_of(conn, self.group.id, std::slice::from_ref(&class), &ids)?;
        let shown = self.reveal(conn, rows)?.into_iter();
        let held = shown.filter(|(_, projection)| filter.holds(projection, hasher));
        Ok(held.map(|(row, projection)| (row.profile_id, self.seller_of(row, projection))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_named_as_it_was_before_there_was_risk_so_that_its_cursors_stay_good() {
        let words = vec![Key(7)];
        let fields = BTreeSet::from([ViewField::Names]);
        let old = Filter { words, minimum_risk: None, fields };
        assert_eq!(old.name(), "Filter { words: [Key(7)], fields: {Names} }");
        let new = Filter { minimum_risk: Some(40), ..old };
        assert_eq!(new.name(), "Filter { words: [Key(7)], fields: {Names} } from 40");
    }
}
