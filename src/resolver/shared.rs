//! Keeps count of the values that several profiles can be found by.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::id::GroupId;
use crate::domain::lens::class::Class;
use crate::domain::lens::seller::Projection;
use crate::domain::resolution::keys::{Key, KeyMap};
use crate::domain::resolution::review::{carriers_max, score_decibits};
use crate::domain::resolution::rules::KeyClass;
use crate::store::profiles::TermRow;
use crate::store::shared_terms::{self, SharedRow};
use crate::store::{Conn, Result};

/// The classes of the values of a projection that are worth counting.
pub(super) fn classes(projection: &Projection) -> impl Iterator<Item = (Key, KeyClass)> + '_ {
    projection.identifiers().filter_map(|(view, key)| {
        let class = KeyClass::of_kind(view.kind, &view.value)?;
        carriers_max(class).map(|_| (key, class))
    })
}

/// Counts the terms again that profiles lost or gained. `known` has the classes of all values that the changed
/// profiles have; what they no longer have is of the class that it was counted as.
pub(super) fn recount<'t>(
    conn: &mut Conn,
    group: GroupId,
    lost: impl IntoIterator<Item = &'t TermRow>,
    gained: impl IntoIterator<Item = &'t TermRow>,
    known: &KeyMap<KeyClass>,
) -> Result<()> {
    let (lost, gained) = (by_audience(lost), by_audience(gained));
    let audiences: BTreeSet<&str> = lost.keys().chain(gained.keys()).copied().collect();
    let none = BTreeSet::new();
    for audience in audiences {
        let [lost, gained] = [&lost, &gained].map(|terms| terms.get(audience).unwrap_or(&none));
        let untold: Vec<Key> = lost.iter().copied().filter(|term| !known.contains_key(term)).collect();
        let mut classes = shared_terms::classes(conn, group, audience, &untold)?;
        classes.extend(lost.union(gained).filter_map(|term| Some((*term, *known.get(term)?))));
        let asked: Vec<Key> = classes.keys().copied().collect();
        let counts = shared_terms::counts(conn, group, audience, &asked)?;
        let several = |term: &Key| counts.get(term).copied().filter(|carriers| *carriers >= 2);
        let rows: Vec<SharedRow> = classes
            .iter()
            .filter_map(|(term, class)| {
                let score_decibits = score_decibits(*class, several(term)?);
                let audience = audience.to_owned();
                Some(SharedRow { group_id: group, audience, term: *term, class: *class, score_decibits })
            })
            .collect();
        // What nobody lost and one carries had nobody before.
        let single: Vec<Key> = lost.iter().copied().filter(|term| several(term).is_none()).collect();
        shared_terms::put(conn, &rows)?;
        shared_terms::delete(conn, group, audience, &single)?;
    }
    Ok(())
}

fn by_audience<'t>(rows: impl IntoIterator<Item = &'t TermRow>) -> BTreeMap<&'t str, BTreeSet<Key>> {
    // By what peers see masked, each finds only what it holds: no queue is made from that.
    let masked = Class::Peer.to_string();
    let mut terms: BTreeMap<&str, BTreeSet<Key>> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| row.audience != masked) {
        terms.entry(&row.audience).or_default().insert(row.term);
    }
    terms
}
