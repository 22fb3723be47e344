use proptest::prelude::*;

use super::super::world::{MemoryPool, world};
use super::*;

fn grounds(pool: &mut MemoryPool, members: &[EntryId]) -> Grounds {
    let reports = members.iter().map(|id| (*id, pool.entries[id].clone())).collect();
    let Ok(grounds) = Grounds::of(pool, reports);
    grounds
}

/// A pool of reports that carry these values, each as a key of its class.
fn pool(reports: &[&[(KeyClass, i64)]]) -> MemoryPool {
    let mut pool = MemoryPool::default();
    let facts = reports.iter().zip(1..).map(|(values, tie)| {
        let mut keys: Vec<Fact> =
            values.iter().map(|(class, value)| Fact { key: key(*class, *value), class: *class }).collect();
        keys.sort();
        Facts {
            keys,
            phones: Vec::new(),
            likeness: None,
            one_fact: Vec::new(),
            exclusive: Vec::new(),
            persons: Vec::new(),
            homes: Vec::new(),
            tie,
        }
    });
    pool.apply((1..).zip(facts.map(Some)).collect());
    pool
}

fn key(class: KeyClass, value: i64) -> Key {
    Key(class as i64 * 100 + value)
}

fn taken(class: KeyClass, value: i64) -> Taken {
    Taken { keys: BTreeSet::from([key(class, value)]), ..Taken::default() }
}

use KeyClass::{BankAccount, Email, Name, Phone, Storefront};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn the_grounds_of_a_profile_give_the_links_that_hold_it_together(reports in world(28)) {
        let mut pool = MemoryPool::default();
        pool.apply(reports.into_iter().map(|(id, facts)| (id, Some(facts))).collect());
        for members in pool.profiles() {
            let grounds = grounds(&mut pool, &members);
            let (layers, _) = grounds.worked_out(&Taken::default());
            for (layer, stored) in layers.into_iter().skip(1).zip(&pool.links) {
                let links: BTreeSet<Link> =
                    layer.components.into_iter().flat_map(|one| one.links).collect();
                let stored: BTreeSet<Link> =
                    stored.iter().filter(|link| members.contains(&link.from)).copied().collect();
                prop_assert_eq!(links, stored);
            }
            prop_assert_eq!(grounds.without(&Taken::default()), vec![members.clone()]);
            let (first, last) = (members[0], members[members.len() - 1]);
            let path = grounds.strongest_path(first, last);
            prop_assert!(path.is_some_and(|path| path.len() < members.len()));
        }
    }
}

#[test]
fn a_link_is_a_bridge_only_where_nothing_else_joins_what_it_joins() {
    let mut pool =
        pool(&[&[(Email, 1), (Phone, 1)], &[(Email, 1), (Phone, 1), (BankAccount, 1)], &[(BankAccount, 1)]]);
    let grounds = grounds(&mut pool, &[1, 2, 3]);
    assert_eq!(grounds.without(&taken(Email, 1)), [vec![1, 2, 3]]);
    assert_eq!(grounds.without(&taken(BankAccount, 1)), [vec![1, 2], vec![3]]);
}

#[test]
fn what_one_account_shares_holds_it_together_when_the_storefront_is_taken_away() {
    let mut pool = pool(&[&[(Storefront, 1), (Phone, 1)], &[(Storefront, 1), (Phone, 1)]]);
    assert_eq!(grounds(&mut pool, &[1, 2]).without(&taken(Storefront, 1)), [vec![1, 2]]);
}

#[test]
fn the_strongest_path_goes_around_a_weak_link() {
    // The phone that all share is carried by seven; the way over the bank accounts is longer and stronger.
    let mut pool = pool(&[
        &[(Phone, 1), (BankAccount, 1)],
        &[(BankAccount, 1), (BankAccount, 2)],
        &[(BankAccount, 2), (Phone, 1)],
        &[(Phone, 1)],
        &[(Phone, 1)],
        &[(Phone, 1)],
        &[(Phone, 1)],
    ]);
    let path = grounds(&mut pool, &[1, 2, 3, 4, 5, 6, 7]).strongest_path(1, 3).unwrap_or_default();
    let steps: Vec<_> = path.iter().map(|link| (link.from, link.to, link.fact.class)).collect();
    assert_eq!(steps, [(1, 2, BankAccount), (2, 3, BankAccount)]);
}

#[test]
fn what_two_profiles_share_is_told_with_the_reason_why_it_does_not_join_them() {
    let all: Vec<[(KeyClass, i64); 3]> = (0..9).map(|n| [(Phone, 1), (Name, 1), (Email, n)]).collect();
    let reports: Vec<&[(KeyClass, i64)]> = all.iter().map(|one| &one[..]).collect();
    let mut pool = pool(&reports);
    assert_eq!(pool.profiles().len(), 9);
    let mut common = grounds(&mut pool, &[1, 2]).in_common(&BTreeSet::from([1]));
    common.sort_by_key(|one| one.fact.class);
    let told: Vec<_> = common.iter().map(|one| (one.fact.class, one.hindrance)).collect();
    let pair = (KeyClass::Pair, Hindrance::ByChance);
    assert_eq!(told, [(Phone, Hindrance::Wide(7)), (Name, Hindrance::NeverAlone), pair]);
}
