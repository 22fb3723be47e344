//! The laws of resolution, on random small worlds.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::account::Account;
use super::facts::Facts;
use super::judgement::{Judgements, Verdict};
use super::partition::{EntryId, partition};
use super::rules::Rules;
use super::world::{MemoryPool, judgements, world};

/// Random worlds for each law: `LAWS_WORLDS` for a long run.
fn worlds() -> u32 {
    std::env::var("LAWS_WORLDS").ok().and_then(|worlds| worlds.parse().ok()).unwrap_or(1_000)
}

/// What must be equal however a pool came about: profiles, links and refusals of every stratum.
fn assert_is_the_definition(pool: &MemoryPool, reports: &BTreeMap<EntryId, Facts>) {
    let layers = partition(reports, Rules::shipped(), &pool.judgements);
    let profiles: BTreeSet<_> =
        layers[2].components.iter().map(|component| component.members.clone()).collect();
    assert_eq!(pool.profiles(), profiles);
    assert_eq!(pool.wide_phones, layers[2].wide_phones);
    let accounts = layers[0].components.iter().map(|component| component.members.clone()).collect();
    assert_eq!(pool.anchored(), accounts);
    let kept: BTreeMap<_, _> =
        pool.accounts.iter().map(|(label, stored)| (*label, Account::clone(&stored.account))).collect();
    assert_eq!(kept, pool.accounts_of_reports(), "what the reports of an account say together");
    for (index, layer) in layers.into_iter().skip(1).enumerate() {
        let links: BTreeSet<_> = layer.components.into_iter().flat_map(|component| component.links).collect();
        assert_eq!(pool.links[index], links, "links of stratum {}", index + 1);
        assert_eq!(
            pool.refusals[index],
            layer.refusals.into_iter().collect(),
            "refusals of stratum {}",
            index + 1
        );
    }
}

fn pool_of(reports: impl IntoIterator<Item = (EntryId, Facts)>) -> MemoryPool {
    let mut pool = MemoryPool::default();
    for (id, facts) in reports {
        pool.apply(BTreeMap::from([(id, Some(facts))]));
    }
    pool
}

/// What one report says from now on; nothing if it is retracted.
type Step = (EntryId, Option<Facts>);

/// Reports that are retracted, or revised to say what another one said, step by step, and what stands in the end.
fn changed(
    reports: &BTreeMap<EntryId, Facts>,
    changes: Vec<(EntryId, Option<EntryId>)>,
) -> (Vec<Step>, BTreeMap<EntryId, Facts>) {
    let (mut steps, mut left) = (Vec::new(), reports.clone());
    for (id, other) in changes {
        // What left comes back under another number, so here not at all.
        let Some(seat) = left.get(&id) else { continue };
        let facts = other.and_then(|other| reports.get(&other));
        let facts = facts.map(|facts| Facts { tie: seat.tie, ..facts.clone() });
        match &facts {
            Some(facts) => drop(left.insert(id, facts.clone())),
            None => drop(left.remove(&id)),
        }
        steps.push((id, facts));
    }
    (steps, left)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(worlds()))]

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
    #[test]
    fn judgements_count_the_same_whenever_they_are_made(
        ((reports, order), judged, batch) in (
            world(24).prop_flat_map(|reports| {
                let ids: Vec<EntryId> = reports.keys().copied().collect();
                (Just(reports), Just(ids).prop_shuffle())
            }),
            judgements(24).prop_flat_map(|judged| {
                let all: Vec<_> = judged.into_iter().collect();
                let places = proptest::collection::vec(0usize..24, all.len());
                (Just(all).prop_shuffle(), places)
            }),
            1usize..3,
        )
    ) {
        let mut pool = MemoryPool::default();
        for (place, id) in order.iter().enumerate() {
            pool.apply(BTreeMap::from([(*id, Some(reports[id].clone()))]));
            for ((of, verdict), _) in judged.0.iter().zip(&judged.1).filter(|(_, at)| **at == place) {
                pool.judge(*of, Some(*verdict));
                pool.look_again(of, batch);
            }
        }
        assert_is_the_definition(&pool, &reports);
    }

    #[test]
    fn a_judgement_that_was_taken_back_leaves_no_trace(
        reports in world(24),
        kept in judgements(24),
        made in judgements(24),
        batch in 1usize..3,
        together in any::<bool>(),
    ) {
        let mut pool = pool_of(reports.clone());
        for (of, verdict) in &kept {
            pool.judge(*of, Some(*verdict));
            pool.look_again(of, batch);
        }
        let undone: Judgements =
            made.into_iter().filter(|(of, _)| !kept.contains_key(of)).collect();
        for (of, verdict) in &undone {
            pool.judge(*of, Some(*verdict));
            pool.look_again(of, batch);
        }
        assert_is_the_definition(&pool, &reports);
        // Taken back one by one, or all before the pool is looked at again.
        for of in undone.keys() {
            pool.judge(*of, None);
            if !together {
                pool.look_again(of, batch);
            }
        }
        let ends: Vec<EntryId> = undone.keys().flatten().copied().collect();
        pool.look_again(&ends, batch);
        assert_eq!(pool.judgements, kept);
        assert_is_the_definition(&pool, &reports);
    }

    #[test]
    fn judgements_hold_while_reports_come_change_and_go(
        reports in world(20),
        judged in judgements(20),
        changes in proptest::collection::vec((1i64..20, proptest::option::of(1i64..20)), 0..12),
    ) {
        let mut pool = pool_of(reports.clone());
        for (of, verdict) in &judged {
            pool.judge(*of, Some(*verdict));
            pool.look_again(of, 2);
        }
        let (steps, expected) = changed(&reports, changes);
        for step in steps {
            pool.apply(BTreeMap::from([step]));
        }
        assert_is_the_definition(&pool, &expected);
    }

    #[test]
    fn a_batch_that_is_worked_out_while_another_is_written_comes_to_the_same(
        reports in world(28),
        judged in judgements(28),
        there in 0i64..28,
        changes in proptest::collection::vec((1i64..28, proptest::option::of(1i64..28)), 0..16),
        batch in 1usize..6,
    ) {
        let (there, coming): (BTreeMap<_, _>, BTreeMap<_, _>) =
            reports.clone().into_iter().partition(|(id, _)| *id <= there);
        let mut pool = pool_of(there);
        for (of, verdict) in &judged {
            pool.judge(*of, Some(*verdict));
            pool.look_again(of, 2);
        }
        let mut steps: Vec<Step> = coming.into_iter().map(|(id, facts)| (id, Some(facts))).collect();
        let (changes, expected) = changed(&reports, changes);
        steps.extend(changes);
        pool.apply_each_ahead(steps.chunks(batch).map(|steps| steps.iter().cloned().collect()).collect());
        assert_is_the_definition(&pool, &expected);
    }

    #[test]
    fn two_that_people_part_are_in_one_profile_only_as_one_account(
        reports in world(24),
        judged in judgements(24),
    ) {
        let [accounts, _, profiles] = partition(&reports, Rules::shipped(), &judged);
        let together = |layer: &super::partition::Merged, of: &[EntryId; 2]| {
            layer.components.iter().any(|one| of.iter().all(|id| one.members.contains(id)))
        };
        for (of, _) in judged.iter().filter(|(_, verdict)| **verdict == Verdict::Different) {
            assert!(!together(&profiles, of) || together(&accounts, of), "{of:?}");
        }
        for (of, _) in judged.iter().filter(|(_, verdict)| **verdict == Verdict::Unsure) {
            let mut others = judged.clone();
            others.remove(of);
            let without = partition(&reports, Rules::shipped(), &others);
            assert_eq!(without[2].components, profiles.components);
        }
    }
}
