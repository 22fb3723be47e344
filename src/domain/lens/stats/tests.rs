//! The laws of the totals, on random small groups.

use proptest::prelude::*;

use super::super::super::id::MemberId;
use super::*;

fn member(n: u8) -> Owner {
    Owner::of(MemberId::from_bytes([n; 16]), None)
}

/// A report of a member: the same labels in each dimension but the month, of which it has one.
type Filed = (u8, Vec<u8>);

fn labels(said: &[u8]) -> Labels {
    let named = || said.iter().map(|label| format!("c{label}")).collect::<BTreeSet<String>>();
    Labels([BTreeSet::from([format!("2026-0{}", said.first().unwrap_or(&9))]), named(), named(), named()])
}

fn tally(filed: &[Filed]) -> Tally {
    let mut tally = Tally::default();
    for (by, said) in filed {
        tally.add(&member(*by), labels(said));
    }
    tally
}

fn release(filed: &[Filed]) -> Totals {
    tally(filed).release()
}

/// So many reports of each of these members under one label.
fn filed(members: impl IntoIterator<Item = (u8, usize)>, label: u8) -> Vec<Filed> {
    let each = |(by, count)| std::iter::repeat_n((by, vec![label]), count);
    members.into_iter().flat_map(each).collect()
}

/// The law in other words: no member has more than the rest of them three times over.
fn obeys_the_law(by: impl IntoIterator<Item = u8>) -> bool {
    let by: Vec<u8> = by.into_iter().collect();
    let members: BTreeSet<u8> = by.iter().copied().collect();
    let of = |member: u8| by.iter().filter(|one| **one == member).count();
    members.len() >= 5 && members.iter().all(|member| 3 * of(*member) <= by.len() - of(*member))
}

/// Of each dimension, the cells of a report and what was shown.
fn dimensions(totals: &Totals) -> [(&'static str, &[Cell]); 2] {
    [("months", &totals.months), ("categories", &totals.categories)]
}

fn cells_of(dimension: &str, said: &[u8]) -> Vec<Option<String>> {
    let [months, .., categories] = labels(said).0;
    let named = if dimension == "months" { months } else { categories };
    if named.is_empty() { vec![None] } else { named.into_iter().map(Some).collect() }
}

/// Members, most of them with a few reports and one that may have many, under none to two of few labels.
fn group() -> impl Strategy<Value = Vec<Filed>> {
    let said = prop_oneof![
        6 => (0..4_u8).prop_map(|label| vec![label]),
        1 => proptest::collection::vec(0..6_u8, 0..3),
    ];
    let by = prop_oneof![8 => 0..8_u8, 1 => Just(0)];
    proptest::collection::vec((by, said), 0..140)
}

#[test]
fn four_members_are_too_few_and_a_quarter_is_the_most() {
    let equal = |members: u8| filed((0..members).map(|by| (by, 3)), 1);
    assert_eq!(release(&equal(4)), Totals::default());
    assert_eq!(release(&equal(5)).reports, Some(15));
    let with_first = |count| filed([(0, count), (1, 2), (2, 2), (3, 1), (4, 1)], 1);
    assert_eq!(release(&with_first(2)).reports, Some(5), "two of eight are a quarter");
    assert_eq!(release(&with_first(3)), Totals::default());
}

#[test]
fn members_of_one_owner_are_one_contributor() {
    let of = |families: [Option<&str>; 6]| {
        let mut tally = Tally::default();
        for (by, family) in (0..).zip(families) {
            let owner = Owner::of(MemberId::from_bytes([by; 16]), family);
            tally.add(&owner, labels(&[1]));
            tally.add(&owner, labels(&[1]));
        }
        tally.release().reports
    };
    assert_eq!(of([None; 6]), Some(10));
    assert_eq!(of([Some("a"), Some("a"), None, None, None, None]), None, "a third is one owner's");
    assert_eq!(of([Some("a"), Some("a"), Some("b"), Some("b"), None, None]), None, "they are four");
    assert_eq!(of([Some("a"), Some("b"), Some("c"), Some("d"), Some("e"), Some("f")]), Some(10));
}

#[test]
fn a_small_cell_takes_the_next_smallest_with_it_until_the_remainder_is_lawful() {
    let mut all = filed((0..8).map(|by| (by, 10)), 1);
    all.extend(filed((0..8).map(|by| (by, 5)), 2));
    all.extend(filed((0..8).map(|by| (by, 2)), 3));
    let shown = |totals: &Totals| {
        totals.categories.iter().map(|cell| (cell.label.clone().unwrap(), cell.reports)).collect::<Vec<_>>()
    };
    let whole: Vec<(String, u64)> = vec![("c1".into(), 80), ("c2".into(), 40), ("c3".into(), 15)];
    assert_eq!(shown(&release(&all)), whole);
    // Two reports of one member: if no more were hidden, the total would exceed the cells by just them.
    all.extend(filed([(0, 2)], 4));
    let totals = release(&all);
    assert_eq!((totals.reports, shown(&totals)), (Some(130), whole[..2].to_vec()));
}

#[test]
fn a_report_that_says_nothing_stands_in_a_cell_without_a_label() {
    let all: Vec<Filed> = (0..5).map(|by| (by, Vec::new())).collect();
    assert_eq!(release(&all).categories, [Cell { label: None, reports: 5 }]);
}

#[test]
fn figures_are_rounded_down_to_fives_and_then_to_two_digits() {
    for (count, shown) in [(5, 5), (9, 5), (99, 95), (100, 100), (119, 110), (999, 990), (12_345, 12_000)] {
        assert_eq!(coarse(count), shown, "{count}");
    }
}

#[test]
fn what_is_shared_with_the_alliance_counts_there_alone() {
    // Built from the wire form, since a whole report is long.
    let report = |groups: &[&str]| -> Report {
        serde_json::from_value(serde_json::json!({
            "external_id": "x", "share_with": groups, "attribution": "named", "tlp": "GREEN",
            "infringement_type": "counterfeit_goods", "seller": { "identifiers": [] },
            "verification": { "level": "suspected" }, "first_seen": "2026-03-10",
            "last_seen": "2026-04-20", "consent_case_pooling": false,
        }))
        .expect("a report")
    };
    let in_both = report(&["alliance", "luxury"]);
    assert!(counts_in("alliance", &in_both) && !counts_in("luxury", &in_both));
    assert!(counts_in("luxury", &report(&["luxury"])) && !counts_in("alliance", &report(&["luxury"])));
    // A group that includes `alliance` has only what it has besides.
    assert!(!counts_in("platform:taobao", &report(&["alliance"])));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn every_figure_shown_obeys_the_law_and_so_does_what_is_left_of_the_total(all in group()) {
        let totals = release(&all);
        let lawful = obeys_the_law(all.iter().map(|(by, _)| *by));
        prop_assert_eq!(totals.reports.is_some(), lawful);
        for (dimension, cells) in dimensions(&totals) {
            let shown: BTreeSet<&Option<String>> = cells.iter().map(|cell| &cell.label).collect();
            for cell in cells {
                let in_it = all.iter().filter(|(_, said)| cells_of(dimension, said).contains(&cell.label));
                let by: Vec<u8> = in_it.map(|(by, _)| *by).collect();
                prop_assert!(obeys_the_law(by.iter().copied()), "{} {:?}", dimension, cell);
                let exact = by.len() as u64;
                prop_assert!(cell.reports <= exact && exact < cell.reports + 10, "{} for {}", cell.reports, exact);
            }
            let left_over = all.iter().filter(|(_, said)| {
                !cells_of(dimension, said).iter().any(|label| shown.contains(label))
            });
            let by: Vec<u8> = left_over.map(|(by, _)| *by).collect();
            prop_assert!(!lawful || by.is_empty() || obeys_the_law(by), "{}", dimension);
        }
    }

    /// Months are a partition, so the total less the shown ones is exactly what the hidden ones come to: the
    /// worst case. What a reader can work out of a hidden month is a range, wider than what is rounded away.
    #[test]
    fn nobody_can_tell_a_hidden_cell_to_within_what_is_rounded_away(all in group()) {
        let totals = release(&all);
        let months: BTreeSet<_> = all.iter().flat_map(|(_, said)| cells_of("months", said)).collect();
        let shown: BTreeSet<_> = totals.months.iter().map(|cell| cell.label.clone()).collect();
        let hidden = months.difference(&shown).count();
        let of_hidden =
            all.iter().filter(|(_, said)| !shown.contains(&cells_of("months", said)[0])).count() as u64;
        let something = totals.reports.is_some() || !shown.is_empty();
        prop_assert!(!something || hidden != 1, "what is hidden alone can be worked out");
        if totals.reports.is_some() && hidden > 0 {
            // Each of them may be nothing or all of it, even for who knows that sum to the last report.
            prop_assert!(coarse(of_hidden) > coarse(0));
        }
    }

    #[test]
    fn any_order_of_reports_gives_the_same_totals(
        (all, other) in group().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
    ) {
        prop_assert_eq!(release(&all), release(&other));
    }

    /// One more report of one member in cells that are below the threshold, and stay so.
    #[test]
    fn a_hidden_report_changes_no_figure_and_where_the_total_is_hidden_nothing_at_all(
        all in group(), by in 0..8_u8, label in 0..6_u8
    ) {
        let mut more = all.clone();
        more.push((by, vec![label]));
        let (before, after) = (release(&all), release(&more));
        let in_cell = |of: &[Filed]| -> Vec<u8> {
            of.iter().filter(|(_, said)| said.contains(&label)).map(|(by, _)| *by).collect()
        };
        let in_month = |of: &[Filed]| -> Vec<u8> {
            of.iter().filter(|(_, said)| said.first() == Some(&label)).map(|(by, _)| *by).collect()
        };
        let below = |in_it: &dyn Fn(&[Filed]) -> Vec<u8>| {
            !in_it(&all).is_empty() && !obeys_the_law(in_it(&all)) && !obeys_the_law(in_it(&more))
        };
        if below(&in_cell) && below(&in_month) {
            for ((_, before), (_, after)) in dimensions(&before).into_iter().zip(dimensions(&after)) {
                for cell in before {
                    prop_assert!(after.iter().all(|one| one.label != cell.label || one == cell));
                }
            }
            if before.reports.is_none() && after.reports.is_none() {
                prop_assert_eq!(before, after);
            }
        }
    }

    #[test]
    fn fewer_than_five_members_show_nothing_whatever_they_file(all in group()) {
        let few: Vec<Filed> = all.into_iter().filter(|(by, _)| *by < 4).collect();
        prop_assert_eq!(release(&few), Totals::default());
    }
}
