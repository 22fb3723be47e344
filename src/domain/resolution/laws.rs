//! The laws of resolution, on random small worlds.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::facts::Facts;
use super::partition::{EntryId, partition};
use super::rules::Rules;
use super::world::{MemoryPool, world};

/// What must be equal however a pool came about: profiles, links and refusals of every stratum.
fn assert_is_the_definition(pool: &MemoryPool, reports: &BTreeMap<EntryId, Facts>) {
    let layers = partition(reports, Rules::shipped());
    let profiles: BTreeSet<_> =
        layers[2].components.iter().map(|component| component.members.clone()).collect();
    assert_eq!(pool.profiles(), profiles);
    assert_eq!(pool.wide_phones, layers[2].wide_phones);
    for (index, layer) in layers.into_iter().enumerate() {
        let links: BTreeSet<_> = layer.components.into_iter().flat_map(|component| component.links).collect();
        assert_eq!(pool.links[index], links, "links of stratum {index}");
        assert_eq!(pool.refusals[index], layer.refusals.into_iter().collect(), "refusals of stratum {index}");
    }
}

fn pool_of(reports: impl IntoIterator<Item = (EntryId, Facts)>) -> MemoryPool {
    let mut pool = MemoryPool::default();
    for (id, facts) in reports {
        pool.apply(BTreeMap::from([(id, Some(facts))]));
    }
    pool
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_order_of_arrival_gives_the_defined_partition(
        (reports, order) in world(28).prop_flat_map(|reports| {
            let ids: Vec<EntryId> = reports.keys().copied().collect();
            (Just(reports), Just(ids).prop_shuffle())
        })
    ) {
        let pool = pool_of(order.iter().map(|id| (*id, reports[id].clone())));
        assert_is_the_definition(&pool, &reports);
    }

    #[test]
    fn any_cut_into_batches_gives_the_defined_partition(
        reports in world(40),
        batch in 1usize..10,
    ) {
        let mut pool = MemoryPool::default();
        let all: Vec<_> = reports.clone().into_iter().collect();
        for part in all.chunks(batch) {
            pool.apply(part.iter().map(|(id, facts)| (*id, Some(facts.clone()))).collect());
        }
        assert_is_the_definition(&pool, &reports);
    }

    #[test]
    fn a_retracted_report_leaves_no_trace(
        reports in world(28),
        retracted in proptest::collection::btree_set(1i64..28, 0..12),
        together in any::<bool>(),
    ) {
        let mut pool = pool_of(reports.clone());
        let gone: Vec<EntryId> = retracted.into_iter().filter(|id| reports.contains_key(id)).collect();
        if together {
            pool.apply(gone.iter().map(|id| (*id, None)).collect());
        } else {
            for id in &gone {
                pool.apply(BTreeMap::from([(*id, None)]));
            }
        }
        let mut left = reports;
        left.retain(|id, _| !gone.contains(id));
        assert_is_the_definition(&pool, &left);
    }

    #[test]
    fn a_revised_report_counts_as_if_it_had_always_been_so(
        (reports, revised) in (world(24), world(24)),
    ) {
        let mut pool = pool_of(reports.clone());
        let mut expected = reports;
        for (id, facts) in revised {
            if let Some(seat) = expected.get_mut(&id) {
                // A revision keeps the report's identity, and with it its tie-break.
                let facts = Facts { tie: seat.tie, ..facts };
                *seat = facts.clone();
                pool.apply(BTreeMap::from([(id, Some(facts))]));
            }
        }
        assert_is_the_definition(&pool, &expected);
    }
}
