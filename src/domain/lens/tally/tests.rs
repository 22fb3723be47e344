//! The laws of tallies, on random small profiles: order and pauses make no difference, and what a class sees of a tally
//! is what it sees of the reports one by one.

use proptest::prelude::*;
use serde_json::json;

use super::super::super::member::Owner;
use super::super::super::report::Report;
use super::super::seller::{IdentifierView, Profile, Projection, identifier_view, project};
use super::super::{Field, K, Show, show};
use super::*;

/// Reports that views show, in these tests.
const SHOWN: usize = 3;

fn hasher() -> KeyHasher {
    KeyHasher::new([3; 32])
}

fn platforms() -> [Class; 3] {
    [Class::Peer, Class::Platform("taobao".to_owned()), Class::Platform("ebay".to_owned())]
}

/// What a report says, as a few small numbers.
#[derive(Debug, Clone)]
struct Said {
    member: u8,
    values: Vec<(u8, u8, u8)>,
    given: bool,
    hosted: bool,
    month: u8,
    money: Option<i64>,
}

fn said() -> impl Strategy<Value = Said> {
    let value = (0..3_u8, 0..3_u8, 0..3_u8);
    let values = proptest::collection::vec(value, 0..4);
    let money = proptest::option::of(0..1_000_i64);
    (0..4_u8, values, proptest::bool::weighted(0.4), proptest::bool::weighted(0.1), 1..9_u8, money).prop_map(
        |(member, values, given, hosted, month, money)| Said { member, values, given, hosted, month, money },
    )
}

fn contribution(number: u8, said: &Said) -> Contribution {
    let audience = |audience: u8| ["readers", "platforms", "own"][usize::from(audience)];
    let value = |(key, spelling, given_to): &(u8, u8, u8)| {
        json!({ "type": "email", "key": format!("seller{key}@x.shop"), "source": "observed",
            "value": format!("seller{key}@x.shop{}", " ".repeat(usize::from(*spelling))), "audience": audience(*given_to) })
    };
    let mut identifiers: Vec<serde_json::Value> = said.values.iter().map(value).collect();
    if said.hosted {
        identifiers.push(
            json!({ "type": "storefront", "key": "taobao/1", "value": "taobao 1", "platform": "taobao",
            "source": "observed" }),
        );
    }
    let shared: &[&str] = if said.given { &["alliance", "platform:taobao"] } else { &["alliance"] };
    let report: Report = serde_json::from_value(json!({
        "external_id": format!("R-{number}"),
        "share_with": shared,
        "tlp": "GREEN",
        "consent_case_pooling": false,
        "first_seen": format!("2026-0{}-01", said.month),
        "last_seen": format!("2026-0{}-20", said.month),
        "attribution": "named",
        "infringement_type": "counterfeit_goods",
        "verification": { "level": "confirmed" },
        "narrative": format!("number {number}"),
        "evidence_audience": ["platforms"],
        "seller": { "display_names": [format!("shop {}", said.member)], "identifiers": identifiers },
        "value": said.money.map(|money| json!({ "currency": "CNY", "sales_minor": money, "units": 1,
            "method": "listed_price" })),
    }))
    .expect("a report");
    let member = MemberId::from_bytes([said.member; 16]);
    Contribution {
        member,
        member_name: String::new(),
        report_id: ReportId::from_bytes([number; 16]),
        revision: 1,
        report,
    }
}

fn contributions(said: &[Said]) -> Vec<Contribution> {
    (0..).zip(said).map(|(number, said)| contribution(number, said)).collect()
}

fn tally(all: &[Contribution]) -> Tally {
    let mut tally = Tally::for_reports(all.len(), SHOWN);
    all.iter().for_each(|one| tally.add(one, &hasher()));
    tally
}

fn projection(all: &[Contribution], class: &Class) -> Option<Projection> {
    let owners: BTreeMap<MemberId, Owner> =
        all.iter().map(|one| (one.member, Owner::Alone(one.member))).collect();
    let reports = all.iter().map(|one| (one.report_id, Box::new(one.clone()))).collect();
    project(Profile { tally: &tally(all), owners: &owners, reports: &reports }, class, K, &hasher())
}

/// Through which lens a class has each report.
fn lenses(all: &[Contribution], class: &Class) -> Vec<Lens> {
    let Class::Platform(slug) = class else { return vec![Lens::Peer; all.len()] };
    let hosts = all.iter().any(|one| one.report.hosts().any(|host| host == slug));
    let given = |one: &Contribution| one.report.share_with.contains(&format!("platform:{slug}"));
    all.iter().map(|one| if hosts || given(one) { Lens::Platform } else { Lens::Peer }).collect()
}

/// The identifiers that a class sees, from each report through its own lens.
fn identifiers(all: &[Contribution], class: &Class) -> Vec<IdentifierView> {
    let mut known: BTreeMap<&str, (bool, &Identifier, IdentifierAudience)> = BTreeMap::new();
    for (one, lens) in all.iter().zip(lenses(all, class)) {
        let widest =
            if lens == Lens::Peer { IdentifierAudience::Readers } else { IdentifierAudience::Platforms };
        for reported in one.report.seller.identifiers.iter().filter(|one| one.audience <= widest) {
            let identifier = &reported.identifier;
            let personal = identifier.kind.is_personal();
            let field = if personal { Field::PersonalIdentifiers } else { Field::PublicIdentifiers };
            let hidden = show(field, lens) == Show::MaskedUnlessHeld;
            let shown = known.entry(&identifier.key).or_insert((hidden, identifier, reported.audience));
            let audience = shown.2.min(reported.audience);
            *shown = (hidden, identifier, audience).min((shown.0, shown.1, audience));
        }
    }
    let mut shown: Vec<IdentifierView> = known
        .into_values()
        .map(|(hidden, identifier, audience)| IdentifierView {
            audience: Some(audience).filter(|audience| *audience != IdentifierAudience::Readers),
            ..identifier_view(identifier, !hidden)
        })
        .collect();
    shown.sort();
    shown
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn reports_add_up_to_the_same_in_any_order(said in proptest::collection::vec(said(), 1..9), seed in any::<u64>()) {
        let all = contributions(&said);
        let mut others = all.clone();
        fastrand::Rng::with_seed(seed).shuffle(&mut others);
        prop_assert_eq!(tally(&all), tally(&others));
    }

    #[test]
    fn a_tally_that_was_kept_grows_as_if_nothing_had_been_between(said in proptest::collection::vec(said(), 5..9), at in 4..5_usize) {
        let all = contributions(&said);
        let (before, after) = all.split_at(at);
        let kept = serde_json::to_string(&tally(before)).expect("JSON");
        let mut grown: Tally = serde_json::from_str(&kept).expect("a tally");
        after.iter().for_each(|one| grown.add(one, &hasher()));
        prop_assert_eq!(grown, tally(&all));
    }

    #[test]
    fn a_class_sees_of_a_tally_what_it_sees_of_the_reports_one_by_one(said in proptest::collection::vec(said(), 1..9)) {
        let all = contributions(&said);
        for class in platforms() {
            let each = lenses(&all, &class);
            let projection = projection(&all, &class).expect("it has reports");
            let view = projection.view();
            prop_assert_eq!(projection.sees_every_report(), !each.contains(&Lens::Peer), "{}", class);
            prop_assert_eq!(&view.identifiers, &identifiers(&all, &class), "{}", class);
            let seen: Vec<&Contribution> =
                all.iter().zip(&each).filter(|(_, lens)| **lens == Lens::Platform).map(|(one, _)| one).collect();
            let last: Vec<ReportId> = seen.iter().rev().take(SHOWN).rev().map(|one| one.report_id).collect();
            let shown: Vec<ReportId> = view.contributions.iter().map(|one| one.report_id).collect();
            prop_assert_eq!(shown, last, "{}", class);
            prop_assert_eq!(view.contributions_total, seen.len() as u64, "{}", class);
            let sales = seen.iter().filter_map(|one| one.report.value.as_ref()?.sales_minor).sum::<i64>();
            prop_assert_eq!(view.value.iter().map(|sum| sum.sales_minor).sum::<i64>(), sales, "{}", class);
        }
    }

    #[test]
    fn a_view_changes_with_whatever_its_viewer_sees_and_with_nothing_else(
        said in proptest::collection::vec(said(), 1..9),
        at in any::<proptest::sample::Index>(),
        for_platforms in any::<bool>(),
    ) {
        let all = contributions(&said);
        let mut others = all.clone();
        let other = at.get_mut(&mut others);
        if !for_platforms {
            // Nobody sees it before or after.
            other.report.evidence_audience.clear();
        }
        let before = others.clone();
        at.get_mut(&mut others).report.narrative = Some("otherwise".to_owned());
        for class in platforms() {
            let sees = lenses(&all, &class)[at.index(all.len())] == Lens::Platform;
            let same = projection(&before, &class) == projection(&others, &class);
            prop_assert_eq!(same, !(sees && for_platforms), "{}", class);
        }
    }
}
