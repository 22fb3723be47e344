//! The synthetic reports of `serve --demo`: four invented brands on the track of the same sellers.
//!
//! The sample shows what the server is for. One seller is spelt differently by every brand, reports hang
//! together by chains of e-mail addresses, phones and accounts, a freight forwarder and a collection
//! account are shared by sellers that have nothing else in common, and two sellers with one phone
//! contradict each other.

mod clues;
mod dice;
mod filing;
mod sellers;
mod spelling;
mod words;

use chrono::NaiveDate;

use self::dice::Dice;
use self::filing::{Occasion, Seen};
use crate::intake::form::ReportForm;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Brand {
    pub slug: &'static str,
    pub name: &'static str,
    pub mark: &'static str,
    pub nice_class: i64,
    pub category: &'static str,
    pub goods: &'static [&'static str],
}

pub const BRANDS: [Brand; 4] = [
    Brand {
        slug: "fjellrann",
        name: "Fjellrann",
        mark: "FJELLRANN",
        nice_class: 25,
        category: "footwear",
        goods: &["Stride 2 running shoes", "Tind hiking boots", "Kyst sandals", "Stride Kids trainers"],
    },
    Brand {
        slug: "aurelvard",
        name: "Aurelvard",
        mark: "AURELVARD",
        nice_class: 14,
        category: "watches",
        goods: &["Meridian chronograph", "Meridian 36 watch", "Tidal diver's watch", "steel watch bracelet"],
    },
    Brand {
        slug: "myrsolette",
        name: "Myrsolette",
        mark: "MYRSOLETTE",
        nice_class: 3,
        category: "cosmetics",
        goods: &["Rosée night cream", "Rosée eye serum", "No. 12 lipstick", "Aube eau de parfum 50 ml"],
    },
    Brand {
        slug: "tarquelle",
        name: "Tarquelle",
        mark: "TARQUELLE",
        nice_class: 18,
        category: "handbags",
        goods: &["Lune shoulder bag", "Lune mini bag", "Carré tote", "Carré card holder"],
    },
];

/// Who signs the statements, in the order of the brands.
const SIGNERS: [&str; 4] = ["Ingrid Solheim", "Luc Favre", "Sofia Marchetti", "Chen Yifan"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Platform {
    pub slug: &'static str,
    pub name: &'static str,
}

pub const PLATFORMS: [Platform; 2] = [
    Platform { slug: "taobao", name: "Taobao (demo)" },
    Platform { slug: "aliexpress", name: "AliExpress (demo)" },
];

#[derive(Debug, Clone, PartialEq)]
pub struct SampleReport {
    /// The place of the reporter in [`BRANDS`].
    pub brand: usize,
    pub form: ReportForm,
}

/// How many reports there are on each of fifteen sellers: four on average, most have fewer.
const SIZES: [usize; 15] = [1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 6, 8, 12];
/// Reports on the one seller that everybody knows, which has an eighth of all reports at most.
const LARGEST: usize = 25;
const LARGEST_SHARE: usize = 8;

/// `count` reports in the order of their signing. They follow from the seed and the date alone.
pub fn reports(seed: u64, count: usize, today: NaiveDate) -> Vec<SampleReport> {
    filed(seed, count, today).into_iter().map(|(_, report)| report).collect()
}

/// The reports, each with the invented seller that it is about.
fn filed(seed: u64, count: usize, today: NaiveDate) -> Vec<(usize, SampleReport)> {
    let mut dice = Dice::new(seed);
    let sizes = sizes(&mut dice, count);
    let sellers = sellers::sellers(&mut dice, sizes.len());
    let mut filed = Vec::new();
    for (index, (seller, size)) in sellers.iter().zip(sizes).enumerate() {
        let reporters = reporters(&mut dice, size);
        for (turn, (place, brand, signer)) in reporters.iter().copied().cycle().take(size).enumerate() {
            let seen = Seen::draw(&mut dice, seller.since_days, today);
            let occasion = Occasion { seller, brand, signer, turn, seen };
            let form = filing::form(&mut dice, &occasion);
            let report = SampleReport { brand: place, form };
            filed.push((occasion.seen.signed, index, report));
        }
    }
    filed.sort_by_key(|(signed, ..)| *signed);
    for (number, (_, _, report)) in (1_usize..).zip(&mut filed) {
        report.form.external_id = Some(format!("DEMO-{number:04}"));
    }
    filed.into_iter().map(|(_, seller, report)| (seller, report)).collect()
}

/// How many reports there are on each seller.
fn sizes(dice: &mut Dice, count: usize) -> Vec<usize> {
    let mut sizes = Vec::new();
    let mut left = count;
    let mut deck = vec![(count / LARGEST_SHARE).clamp(1, LARGEST)];
    while left > 0 {
        let Some(size) = deck.pop() else {
            deck.extend(SIZES);
            dice.shuffle(&mut deck);
            continue;
        };
        let size = size.min(left);
        left -= size;
        sizes.push(size);
    }
    sizes
}

/// The brands that report a seller, with their places and signers; few sellers are known to one alone.
fn reporters(dice: &mut Dice, size: usize) -> Vec<(usize, Brand, &'static str)> {
    let signed = BRANDS.into_iter().zip(SIGNERS).enumerate();
    let mut brands: Vec<_> = signed.map(|(place, (brand, signer))| (place, brand, signer)).collect();
    dice.shuffle(&mut brands);
    let count = match dice.below(20) {
        _ if size > 8 => brands.len(),
        0..=2 => 1,
        3..=10 => 2,
        11..=16 => 3,
        _ => brands.len(),
    };
    brands.truncate(count);
    brands
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::domain::identifier::storefront::platform_slug;
    use crate::domain::report::Report;
    use crate::domain::resolution::facts::Facts;
    use crate::domain::resolution::judgement::Judgements;
    use crate::domain::resolution::keys::KeyHasher;
    use crate::domain::resolution::partition::{EntryId, partition};
    use crate::domain::resolution::rules::Rules;
    use crate::domain::resolution::stops::StopList;
    use crate::intake::accept::{Terms, accept};

    const COUNT: usize = 400;
    const SEEDS: [u64; 5] = [0, 1, 7, 42, 20_261_123];

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 23).expect("a date")
    }

    fn terms() -> Terms {
        let groups = ["alliance", "platform:taobao", "platform:aliexpress"];
        Terms { today: today(), may_share_with: groups.map(str::to_owned).to_vec(), external_id: None }
    }

    fn accepted(form: &ReportForm) -> Report {
        match accept(Some(form.clone()), Vec::new(), &terms()) {
            Ok(accepted) => accepted.report,
            Err(faults) => panic!("refused: {faults:#?}\n{form:#?}"),
        }
    }

    /// The sellers that carry a value, by its key.
    fn carriers(seed: u64, key: &str) -> BTreeSet<usize> {
        let carries = |form: &ReportForm| accepted(form).identifiers().any(|known| known.key == key);
        let filed = filed(seed, COUNT, today()).into_iter();
        filed.filter(|(_, report)| carries(&report.form)).map(|(seller, _)| seller).collect()
    }

    #[test]
    fn every_report_is_accepted_under_an_id_of_its_own() {
        for seed in SEEDS {
            let reports = reports(seed, COUNT, today());
            let ids: BTreeSet<_> = reports.iter().map(|one| accepted(&one.form).external_id).collect();
            assert_eq!((reports.len(), ids.len()), (COUNT, COUNT), "seed {seed}");
            assert!(reports.iter().all(|one| one.brand < BRANDS.len()));
        }
    }

    #[test]
    fn no_date_lies_after_today() {
        for one in reports(7, COUNT, today()) {
            let report = accepted(&one.form);
            let signed = report.statement.map(|statement| statement.signed_on);
            let listed = report.listings.iter().filter_map(|listing| listing.last_seen).max();
            assert!(signed.into_iter().chain(listed).chain([report.last_seen]).all(|date| date <= today()));
            assert!((today() - report.first_seen).num_days() <= 548);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_reports() {
        assert_eq!(reports(7, COUNT, today()), reports(7, COUNT, today()));
        assert_ne!(reports(7, COUNT, today()), reports(8, COUNT, today()));
        for count in [0, 1, 2, 3, 11, 60] {
            assert_eq!(reports(7, count, today()).len(), count);
        }
    }

    #[test]
    fn many_unrelated_sellers_share_the_forwarder_and_the_collection_account() {
        for seed in SEEDS {
            let forwarded = carriers(seed, &format!("+86{}", sellers::FORWARDER_PHONE)).len();
            assert!(forwarded > 12, "seed {seed}: {forwarded}");
            let collected = carriers(seed, "account/DEMOHKHH/33069900112233441").len();
            assert!(collected >= 10, "seed {seed}: {collected}");
        }
    }

    #[test]
    fn most_sellers_are_reported_by_several_brands() {
        for seed in SEEDS {
            let mut brands: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            for (seller, report) in filed(seed, COUNT, today()) {
                brands.entry(seller).or_default().push(report.brand);
            }
            let sizes: Vec<usize> = brands.values().map(Vec::len).collect();
            let small = sizes.iter().filter(|size| **size <= 4).count();
            assert_eq!(sizes.iter().max(), Some(&LARGEST), "seed {seed}");
            assert!(small * 2 > sizes.len() && (80..=120).contains(&sizes.len()), "seed {seed}: {sizes:?}");

            brands.retain(|_, brands| brands.len() >= 2);
            let shared =
                brands.values().filter(|all| all.iter().any(|brand| Some(brand) != all.first())).count();
            assert!(shared * 2 >= brands.len(), "seed {seed}: {shared} of {}", brands.len());
        }
    }

    #[test]
    fn reports_are_shared_in_all_the_ways_there_are() {
        for seed in SEEDS {
            let mut counts: BTreeMap<Vec<String>, usize> = BTreeMap::new();
            let reports = reports(seed, COUNT, today());
            for one in &reports {
                *counts.entry(one.form.share_with.clone()).or_default() += 1;
            }
            let count = |groups: &[&str]| {
                let groups: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
                counts.get(&groups).copied().unwrap_or_default()
            };
            assert!(count(&["alliance"]) * 2 > COUNT, "seed {seed}: {counts:?}");
            assert!(count(&["alliance", "platform:taobao"]) > 10, "seed {seed}: {counts:?}");
            assert!(count(&["platform:aliexpress"]) > 5, "seed {seed}: {counts:?}");
            assert!((1..=40).contains(&count(&[])), "seed {seed}: {counts:?}");
        }
    }

    #[test]
    fn resolution_joins_reports_and_never_two_sellers() {
        for seed in SEEDS {
            let hasher = KeyHasher::new([7; 32]);
            let stops = StopList::shipped(&hasher);
            let mut facts: BTreeMap<EntryId, Facts> = BTreeMap::new();
            let mut seller_of: BTreeMap<EntryId, usize> = BTreeMap::new();
            for (id, (seller, sample)) in (0..).zip(filed(seed, COUNT, today())) {
                let brand = BRANDS[sample.brand].slug;
                facts.insert(id, Facts::of(&accepted(&sample.form), brand, &hasher, &stops));
                seller_of.insert(id, seller);
            }
            let [_, _, profiles] = partition(&facts, Rules::shipped(), &Judgements::new());
            for profile in &profiles.components {
                let sellers: BTreeSet<_> = profile.members.iter().map(|id| seller_of[id]).collect();
                assert_eq!(sellers.len(), 1, "seed {seed}: {profile:?}");
            }
            let sellers = seller_of.values().collect::<BTreeSet<_>>().len();
            assert!(profiles.components.len() < sellers + sellers / 4, "seed {seed}: too much is left apart");
            assert!(!profiles.refusals.is_empty(), "seed {seed}: nothing contradicts");
        }
    }

    #[test]
    fn the_platforms_are_those_of_the_storefronts() {
        for platform in PLATFORMS {
            assert_eq!(platform_slug(platform.slug).as_deref(), Some(platform.slug));
        }
    }
}
