//! Which profile keeps which id when components change.
//!
//! A profile's id goes with the report that founded it, and when that is gone, with its oldest
//! surviving report: the component that holds it keeps the id. Where several ids meet in one
//! component, that of the oldest report stays and the others are merged into it. A component that no
//! id came to is founded by its own oldest report: its id is made from that report, so that undoing
//! a merge gives back the id from before. While a founder lives, its id is nowhere else, so a new id
//! is never one that is in use.

use std::collections::{BTreeMap, BTreeSet};

use super::super::id::SellerId;
use super::partition::EntryId;

/// What happened to the ids of a region.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Succession {
    /// The id of each component, in the order given.
    pub ids: Vec<SellerId>,
    /// Ids that are no longer in use, with the id that their founder or oldest surviving report is in
    /// now; none if all their reports are gone.
    pub ended: BTreeMap<SellerId, Option<SellerId>>,
    /// Ids that go on, but part of whose reports went to the given ids.
    pub shed: BTreeMap<SellerId, BTreeSet<SellerId>>,
    /// Ids that were not in use before.
    pub born: BTreeSet<SellerId>,
}

impl Succession {
    /// For each profile that reports came into from others, those others: of a merge, what was merged into it; of a
    /// split, where the part that left came from.
    pub fn gained(&self) -> BTreeMap<SellerId, BTreeSet<SellerId>> {
        let merged = self.ended.iter().filter_map(|(id, heir)| Some((heir.as_ref()?, id)));
        let left = self.shed.iter().flat_map(|(id, places)| places.iter().map(move |place| (place, id)));
        let mut gained: BTreeMap<SellerId, BTreeSet<SellerId>> = BTreeMap::new();
        for (into, from) in merged.chain(left) {
            gained.entry(*into).or_default().insert(*from);
        }
        gained
    }
}

/// Hands out ids to `components`. `before` says which profile each surviving or removed report was
/// in; `birth` makes the id of a component from its oldest report.
pub fn succeed(
    components: &[&[EntryId]],
    before: &BTreeMap<EntryId, SellerId>,
    birth: impl Fn(EntryId) -> SellerId,
) -> Succession {
    let component_of: BTreeMap<EntryId, usize> = components
        .iter()
        .enumerate()
        .flat_map(|(index, members)| members.iter().map(move |id| (*id, index)))
        .collect();

    let mut bearer: BTreeMap<SellerId, EntryId> = BTreeMap::new();
    for (entry, id) in before {
        if component_of.contains_key(entry) {
            let bearer = bearer.entry(*id).or_insert(*entry);
            if birth(*entry) == *id {
                *bearer = *entry;
            }
        }
    }
    let mut claims: Vec<(EntryId, SellerId)> = bearer.iter().map(|(id, entry)| (*entry, *id)).collect();
    claims.sort();

    let mut ids: Vec<Option<SellerId>> = vec![None; components.len()];
    for (entry, id) in claims {
        let seat = &mut ids[component_of[&entry]];
        seat.get_or_insert(id);
    }
    let known: BTreeSet<SellerId> = before.values().copied().collect();
    let ids: Vec<SellerId> = ids
        .into_iter()
        .zip(components)
        .map(|(id, members)| id.unwrap_or_else(|| birth(members.iter().copied().min().unwrap_or_default())))
        .collect();
    let used: BTreeSet<SellerId> = ids.iter().copied().collect();

    let mut went: BTreeMap<SellerId, BTreeSet<SellerId>> = BTreeMap::new();
    for (entry, id) in before {
        let places = went.entry(*id).or_default();
        if let Some(index) = component_of.get(entry) {
            places.insert(ids[*index]);
        }
    }
    let mut succession =
        Succession { born: used.difference(&known).copied().collect(), ids, ..Succession::default() };
    for (id, mut places) in went {
        if used.contains(&id) {
            places.remove(&id);
            if !places.is_empty() {
                succession.shed.insert(id, places);
            }
        } else {
            let heir = bearer.get(&id).map(|entry| succession.ids[component_of[entry]]);
            succession.ended.insert(id, heir);
        }
    }
    succession
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> SellerId {
        SellerId([n; 16])
    }

    fn birth(entry: EntryId) -> SellerId {
        id(u8::try_from(entry).expect("small"))
    }

    #[test]
    fn a_merge_keeps_the_older_id() {
        let before = BTreeMap::from([(1, id(1)), (2, id(2))]);
        let result = succeed(&[&[1, 2, 3]], &before, birth);
        assert_eq!(result.ids, [id(1)]);
        assert_eq!(result.ended, BTreeMap::from([(id(2), Some(id(1)))]));
        assert_eq!(result.gained(), BTreeMap::from([(id(1), BTreeSet::from([id(2)]))]));
        assert!(result.born.is_empty());
    }

    #[test]
    fn a_split_leaves_the_id_with_the_oldest_report_and_revives_the_other() {
        let before = BTreeMap::from([(1, id(1)), (2, id(1)), (3, id(1))]);
        let result = succeed(&[&[1], &[2]], &before, birth);
        assert_eq!(result.ids, [id(1), id(2)]);
        assert_eq!(result.shed, BTreeMap::from([(id(1), BTreeSet::from([id(2)]))]));
        assert_eq!(result.gained(), BTreeMap::from([(id(2), BTreeSet::from([id(1)]))]));
        assert_eq!(result.born, BTreeSet::from([id(2)]));
    }

    #[test]
    fn an_id_follows_its_founder_away_from_older_reports() {
        let before = BTreeMap::from([(2, id(4)), (4, id(4))]);
        let result = succeed(&[&[2], &[4]], &before, birth);
        assert_eq!(result.ids, [id(2), id(4)]);
    }

    #[test]
    fn the_id_survives_the_retraction_of_its_founder() {
        let before = BTreeMap::from([(1, id(1)), (2, id(1))]);
        let result = succeed(&[&[2]], &before, birth);
        assert_eq!(result.ids, [id(1)]);
        assert_eq!(result.ended, BTreeMap::new());
    }

    #[test]
    fn an_id_with_no_report_left_ends_without_successor() {
        let result = succeed(&[], &BTreeMap::from([(1, id(1))]), birth);
        assert_eq!(result.ended, BTreeMap::from([(id(1), None)]));
    }
}
