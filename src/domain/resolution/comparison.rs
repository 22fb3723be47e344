//! What another way of resolving a pool would change: which profiles would merge, which would split, and over
//! which links.

use std::collections::{BTreeMap, BTreeSet};

use super::super::id::SellerId;
use super::partition::{EntryId, Link};

/// A pool as it is resolved: each report's profile, and the links that hold the profiles together.
#[derive(Debug, Clone, Default)]
pub struct Resolved {
    pub profile_of: BTreeMap<EntryId, SellerId>,
    pub links: Vec<Link>,
}

/// Profiles, or parts of them, that would be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    pub into: SellerId,
    pub reports: usize,
    /// The profiles that the reports are in now, each with how many of them.
    pub from: BTreeMap<SellerId, usize>,
    /// The new links between them.
    pub links: Vec<Link>,
}

/// A profile that would come apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    pub of: SellerId,
    pub reports: usize,
    /// The profiles that its reports would be in, each with how many of them.
    pub into: BTreeMap<SellerId, usize>,
    /// The links between them that would be missing.
    pub links: Vec<Link>,
}

/// Everything that would change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    pub reports: usize,
    /// Profiles now and then.
    pub profiles: [usize; 2],
    /// Reports of the largest profile, now and then.
    pub largest: [usize; 2],
    /// Reports that would be in a profile of another id.
    pub moved: usize,
    /// The largest first.
    pub merges: Vec<Merge>,
    pub splits: Vec<Split>,
}

/// Compares a pool as it is with how it would be. Both must have the same reports; one that only one of them has
/// counts as a profile's change of size and no more.
pub fn compare(now: &Resolved, then: &Resolved) -> Comparison {
    let pairs: BTreeSet<(SellerId, SellerId)> = met(now, then).map(|(_, old, new)| (old, new)).collect();
    let mut of_now: BTreeMap<SellerId, usize> = BTreeMap::new();
    let mut of_then: BTreeMap<SellerId, usize> = BTreeMap::new();
    for (old, new) in &pairs {
        *of_now.entry(*old).or_default() += 1;
        *of_then.entry(*new).or_default() += 1;
    }
    let sizes = [now, then].map(sizes);
    let mut merges: BTreeMap<SellerId, Merge> = BTreeMap::new();
    let mut splits: BTreeMap<SellerId, Split> = BTreeMap::new();
    let mut moved = 0;
    for (_, old, new) in met(now, then) {
        moved += usize::from(old != new);
        if of_then.get(&new).is_some_and(|parts| *parts > 1) {
            let merge = merges.entry(new).or_insert_with(|| Merge {
                into: new,
                reports: sizes[1].get(&new).copied().unwrap_or(0),
                from: BTreeMap::new(),
                links: Vec::new(),
            });
            *merge.from.entry(old).or_default() += 1;
        }
        if of_now.get(&old).is_some_and(|parts| *parts > 1) {
            let split = splits.entry(old).or_insert_with(|| Split {
                of: old,
                reports: sizes[0].get(&old).copied().unwrap_or(0),
                into: BTreeMap::new(),
                links: Vec::new(),
            });
            *split.into.entry(new).or_default() += 1;
        }
    }
    for link in &then.links {
        if let Some(merge) = then.profile_of.get(&link.from).and_then(|profile| merges.get_mut(profile))
            && now.parts(link)
        {
            merge.links.push(*link);
        }
    }
    for link in &now.links {
        if let Some(split) = now.profile_of.get(&link.from).and_then(|profile| splits.get_mut(profile))
            && then.parts(link)
        {
            split.links.push(*link);
        }
    }
    let mut merges: Vec<Merge> = merges.into_values().collect();
    merges.sort_by_key(|merge| (std::cmp::Reverse(merge.reports), merge.into));
    let mut splits: Vec<Split> = splits.into_values().collect();
    splits.sort_by_key(|split| (std::cmp::Reverse(split.reports), split.of));
    Comparison {
        reports: then.profile_of.len(),
        profiles: sizes.each_ref().map(BTreeMap::len),
        largest: sizes.each_ref().map(|sizes| sizes.values().copied().max().unwrap_or(0)),
        moved,
        merges,
        splits,
    }
}

impl Resolved {
    /// Whether the two reports of a link are in two profiles.
    fn parts(&self, link: &Link) -> bool {
        self.profile_of.get(&link.from) != self.profile_of.get(&link.to)
    }
}

/// Every report that both have, with its profile in each.
fn met<'r>(
    now: &'r Resolved,
    then: &'r Resolved,
) -> impl Iterator<Item = (EntryId, SellerId, SellerId)> + 'r {
    let both = |(id, old): (&EntryId, &SellerId)| Some((*id, *old, *then.profile_of.get(id)?));
    now.profile_of.iter().filter_map(both)
}

fn sizes(resolved: &Resolved) -> BTreeMap<SellerId, usize> {
    let mut sizes = BTreeMap::new();
    for profile in resolved.profile_of.values() {
        *sizes.entry(*profile).or_default() += 1;
    }
    sizes
}

#[cfg(test)]
mod tests {
    use super::super::facts::Fact;
    use super::super::keys::Key;
    use super::super::rules::KeyClass;
    use super::*;

    fn id(n: u8) -> SellerId {
        SellerId([n; 16])
    }

    fn resolved(profiles: &[(EntryId, u8)], links: &[(EntryId, EntryId)]) -> Resolved {
        let fact = Fact { key: Key(1), class: KeyClass::Phone };
        let link = |(from, to): &(EntryId, EntryId)| Link {
            from: *from,
            to: *to,
            fact,
            degree: 2,
            score_decibits: 109,
        };
        Resolved {
            profile_of: profiles.iter().map(|(entry, profile)| (*entry, id(*profile))).collect(),
            links: links.iter().map(link).collect(),
        }
    }

    fn ends(links: &[Link]) -> Vec<(EntryId, EntryId)> {
        links.iter().map(|link| (link.from, link.to)).collect()
    }

    #[test]
    fn a_merge_is_told_with_the_link_that_makes_it_and_a_split_with_the_one_that_it_misses() {
        let now = resolved(&[(1, 1), (2, 1), (3, 3), (4, 4), (5, 4), (6, 6)], &[(1, 2), (4, 5)]);
        let then = resolved(&[(1, 1), (2, 1), (3, 1), (4, 4), (5, 5), (6, 6)], &[(1, 2), (2, 3)]);
        let found = compare(&now, &then);
        assert_eq!((found.reports, found.profiles, found.largest, found.moved), (6, [4, 4], [2, 3], 2));
        let [merge] = &found.merges[..] else { panic!("{found:?}") };
        assert_eq!((merge.into, merge.reports), (id(1), 3));
        assert_eq!(merge.from, BTreeMap::from([(id(1), 2), (id(3), 1)]));
        assert_eq!(ends(&merge.links), [(2, 3)]);
        let [split] = &found.splits[..] else { panic!("{found:?}") };
        assert_eq!((split.of, split.reports), (id(4), 2));
        assert_eq!(split.into, BTreeMap::from([(id(4), 1), (id(5), 1)]));
        assert_eq!(ends(&split.links), [(4, 5)]);
    }

    #[test]
    fn reports_that_change_sides_are_a_split_and_a_merge() {
        let now = resolved(&[(1, 1), (2, 1), (3, 3)], &[(1, 2)]);
        let then = resolved(&[(1, 1), (2, 2), (3, 2)], &[(2, 3)]);
        let found = compare(&now, &then);
        assert_eq!((found.merges.len(), found.splits.len(), found.moved), (1, 1, 2));
        assert_eq!(ends(&found.merges[0].links), [(2, 3)]);
        assert_eq!(ends(&found.splits[0].links), [(1, 2)]);
    }

    #[test]
    fn what_stays_as_it_is_is_not_told() {
        let now = resolved(&[(1, 1), (2, 1), (3, 3)], &[(1, 2)]);
        let same = compare(&now, &now);
        assert_eq!((same.moved, same.merges.len(), same.splits.len()), (0, 0, 0));
    }
}
