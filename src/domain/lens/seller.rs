//! The view of a seller profile through a lens: the only form in which one leaves the server.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::handling::Handling;
use super::super::id::{MemberId, ReportId};
use super::super::identifier::{Identifier, IdentifierType};
use super::super::member::Owner;
use super::super::report::{
    Attribution, Basis, Evidence, EvidenceAudience, Goods, IdentifierAudience, InfringementType, Listing,
    PriorAction, Report, Right, Statement, TestPurchase, Value, VerificationLevel,
};
use super::super::resolution::facts::{Key, KeyHasher};
use super::band::{Count, When, order_date};
use super::class::Class;
use super::{Field, K, Lens, Show, show};

/// One pooled report of a profile, as the projection needs it.
#[derive(Debug, Clone)]
pub struct Contribution {
    pub member: MemberId,
    /// As whom the member counts.
    pub owner: Owner,
    pub member_name: String,
    pub report_id: ReportId,
    pub report: Report,
}

/// What only the lens can make: a view that has it was made by [`project`], from the policy, or was stored as such.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seal(());

/// An identifier as a viewer sees it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct IdentifierView {
    #[serde(rename = "type")]
    pub kind: IdentifierType,
    /// Normalised, or masked.
    #[schema(example = "+86 138****1234")]
    pub value: String,
    /// Whether part of the value is hidden from this viewer.
    pub masked: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// Present where no report gives the value to all who read it: the viewer sees it because it sees the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<IdentifierAudience>,
    #[serde(skip)]
    pub(super) seal: Seal,
}

/// The sum of one amount over the reports that state it, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ValueSum {
    pub currency: String,
    pub sales_minor: i64,
    pub unsold_minor: i64,
    pub illegal_gains_minor: i64,
    pub units: i64,
    /// Reports that state a value in this currency.
    pub reports: u64,
}

/// Classes of goods, without what would tell the brand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GoodsClasses {
    pub nice_classes: BTreeSet<u8>,
    pub categories: BTreeSet<String>,
}

/// One report of the profile, as an entitled platform sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContributionView {
    pub report_id: ReportId,
    /// The reporting member's name; absent if it chose to be anonymous.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reporter: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    pub infringement_type: InfringementType,
    pub verification: VerificationLevel,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<Basis>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rights: Vec<Right>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goods: Vec<Goods>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listings: Vec<Listing>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prior_actions: Vec<PriorAction>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub narrative: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub test_purchases: Vec<TestPurchase>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<Statement>,
    pub first_seen: When,
    pub last_seen: When,
    /// The report's own handling terms.
    #[serde(flatten)]
    pub handling: Handling,
    #[serde(skip)]
    pub(super) seal: Seal,
}

/// A seller profile through a lens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SellerView {
    /// `peer`, or `platform` where the viewer hosts the seller or was given every report of it.
    pub lens: String,
    pub names: BTreeSet<String>,
    pub identifiers: Vec<IdentifierView>,
    /// Countries of the identifiers, ISO 3166-1 alpha-2.
    pub countries: BTreeSet<String>,
    pub first_seen: When,
    pub last_seen: When,
    pub reports: Count,
    /// Members that reported it. Those of one owner group count once.
    pub members: Count,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goods: Option<GoodsClasses>,
    /// The handling terms of all its reports together.
    #[serde(flatten)]
    pub handling: Handling,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub value: Vec<ValueSum>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contributions: Vec<ContributionView>,
    #[serde(skip)]
    pub(super) seal: Seal,
}

/// A view with what the server needs to keep beside it, and never sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Projection {
    pub(super) view: SellerView,
    /// The key of each identifier of the view, in the same order.
    pub(super) keys: Vec<Key>,
    pub(super) order_date: NaiveDate,
}

/// The audience of what every class sees.
pub const EVERYBODY: &str = "all";

/// What `SellerView::lens` says where the viewer sees every report.
const PLATFORM_LENS: &str = "platform";

/// Projects a profile for a class of a group that asks for `k` others behind classes of goods. `None` if no report is
/// left.
pub fn project(
    contributions: &[Contribution],
    class: &Class,
    k: usize,
    hasher: &KeyHasher,
) -> Option<Projection> {
    let lenses = Lenses::of(contributions, class);
    let whole = lenses.whole;
    let first = contributions.iter().map(|one| one.report.first_seen).min()?;
    let last = contributions.iter().map(|one| one.report.last_seen).max()?;
    let by_month = show(Field::Dates, whole) == Show::Month;
    let when = |date| if by_month && !leak!(ExactDates) { When::month(date) } else { When::exact(date) };
    let members = members(contributions);
    let count = |n| match show(Field::Counts, whole) {
        Show::Band if !leak!(ExactCounts) => Count::band(n),
        _ => Count::exact(n),
    };

    let shown = lenses.identifiers(contributions, hasher);
    let countries = shown.iter().filter_map(|(view, _)| view.country.clone()).collect();
    let (identifiers, keys) = shown.into_iter().unzip();
    let all: Vec<&Contribution> = contributions.iter().collect();
    let detailed =
        if leak!(ReportsToPeers) { all.clone() } else { lenses.seen_by(contributions, Lens::Platform) };
    let view = SellerView {
        lens: if whole == Lens::Platform { PLATFORM_LENS.to_owned() } else { "peer".to_owned() },
        names: contributions.iter().flat_map(|one| one.report.seller.display_names.iter().cloned()).collect(),
        identifiers,
        countries,
        first_seen: when(first),
        last_seen: when(last),
        reports: count(contributions.len()),
        members: count(members),
        goods: goods_classes(contributions, (members, k), whole),
        handling: Handling::of_all(contributions.iter().map(|one| one.report.handling())),
        value: sum_values(if leak!(ValuesToPeers) { &all } else { &detailed }),
        contributions: detailed.into_iter().map(contribution_view).collect(),
        seal: Seal::default(),
    };
    Some(Projection { view, keys, order_date: order_date(last, by_month && !leak!(OrderByDay)) })
}

/// Members that reported a profile, those of one owner once.
fn members(contributions: &[Contribution]) -> usize {
    let owner = |one: &Contribution| match &one.owner {
        Owner::Family(_) if leak!(AffiliatesCountApart) => Owner::Alone(one.member),
        owner => owner.clone(),
    };
    contributions.iter().map(owner).collect::<BTreeSet<Owner>>().len()
}

/// Which lens a class has for a profile and for each of its reports.
struct Lenses {
    whole: Lens,
    each: Vec<Lens>,
}

impl Lenses {
    fn of(contributions: &[Contribution], class: &Class) -> Self {
        let each: Vec<Lens> = match class {
            Class::Peer => vec![Lens::Peer; contributions.len()],
            Class::Platform(slug) => {
                let hosts = contributions.iter().any(|one| one.report.hosts().any(|host| host == slug));
                let drop_box = class.drop_box();
                let opened = leak!(OneGivenOpensAll)
                    && contributions.iter().any(|one| {
                        one.report.share_with.iter().any(|group| Some(group) == drop_box.as_ref())
                    });
                contributions
                    .iter()
                    .map(|one| {
                        let given =
                            one.report.share_with.iter().any(|group| Some(group) == drop_box.as_ref());
                        if hosts || given || opened { Lens::Platform } else { Lens::Peer }
                    })
                    .collect()
            }
        };
        // Totals are exact only for a viewer that sees every report they are made of.
        let whole = if each.contains(&Lens::Peer) { Lens::Peer } else { Lens::Platform };
        Self { whole, each }
    }

    fn seen_by<'c>(&self, contributions: &'c [Contribution], lens: Lens) -> Vec<&'c Contribution> {
        contributions.iter().zip(&self.each).filter(|(_, each)| **each == lens).map(|(one, _)| one).collect()
    }

    /// Each distinct identifier once, in the order of what is shown, with its key. Of several spellings
    /// of one value the smallest is shown, but only of spellings that the class may read if there is one. What a
    /// report gives to a narrower audience is there for who sees the report itself.
    fn identifiers(&self, contributions: &[Contribution], hasher: &KeyHasher) -> Vec<(IdentifierView, Key)> {
        let mut known: BTreeMap<(IdentifierType, &str), (IdentifierAudience, bool, &Identifier)> =
            BTreeMap::new();
        for (one, lens) in contributions.iter().zip(&self.each) {
            for reported in &one.report.seller.identifiers {
                if reported.audience > audience(*lens) {
                    continue;
                }
                let identifier = &reported.identifier;
                let candidate = (reported.audience, hidden(identifier.kind, *lens), identifier);
                let shown = known.entry((identifier.kind, identifier.key.as_str())).or_insert(candidate);
                // In full if any report gives it so, and for all who read it if any report does.
                let for_all = shown.0.min(candidate.0);
                *shown = if (candidate.1, candidate.2) < (shown.1, shown.2) { candidate } else { *shown };
                shown.0 = for_all;
            }
        }
        let mut shown: Vec<(IdentifierView, Key)> = known
            .into_values()
            .map(|(audience, hidden, identifier)| {
                let audience = Some(audience).filter(|audience| *audience != IdentifierAudience::Readers);
                let view = IdentifierView { audience, ..identifier_view(identifier, !hidden) };
                (view, hasher.key(identifier))
            })
            .collect();
        shown.sort();
        shown
    }
}

/// The narrowest audience of an identifier that sees it through a lens.
fn audience(lens: Lens) -> IdentifierAudience {
    match lens {
        Lens::Own => IdentifierAudience::Own,
        Lens::Peer if leak!(NarrowValuesToPeers) => IdentifierAudience::Platforms,
        Lens::Peer => IdentifierAudience::Readers,
        Lens::Platform if leak!(OwnValuesToPlatforms) => IdentifierAudience::Own,
        Lens::Platform | Lens::Authority => IdentifierAudience::Platforms,
    }
}

/// Whether values of a kind are masked through a lens.
fn hidden(kind: IdentifierType, lens: Lens) -> bool {
    let field = if kind.is_personal() { Field::PersonalIdentifiers } else { Field::PublicIdentifiers };
    show(field, lens) == Show::MaskedUnlessHeld && !leak!(UnmaskedValues)
}

/// An identifier in full, or masked.
pub fn identifier_view(identifier: &Identifier, open: bool) -> IdentifierView {
    IdentifierView {
        kind: identifier.kind,
        value: if open { identifier.value.clone() } else { identifier.masked() },
        masked: !open,
        platform: identifier.platform.clone(),
        country: identifier.country.clone(),
        scheme: identifier.scheme.clone(),
        audience: None,
        seal: Seal::default(),
    }
}

fn goods_classes(
    contributions: &[Contribution],
    (members, k): (usize, usize),
    lens: Lens,
) -> Option<GoodsClasses> {
    let k = if leak!(KOfNoGroup) { K } else { k.max(K) };
    let enough = if leak!(GoodsOneTooEarly) { k - 1 } else { k };
    if show(Field::Goods, lens) == Show::ClassIfEnough && members <= enough && !leak!(BrandOfGoods) {
        return None;
    }
    let goods = || contributions.iter().flat_map(|one| &one.report.goods);
    let rights = contributions.iter().flat_map(|one| &one.report.rights);
    Some(GoodsClasses {
        nice_classes: goods()
            .filter_map(|goods| goods.nice_class)
            .chain(rights.flat_map(|right| right.nice_classes.iter().copied()))
            .collect(),
        categories: goods()
            .filter_map(
                |goods| if leak!(BrandOfGoods) { goods.brand.clone() } else { goods.category.clone() },
            )
            .collect(),
    })
}

fn sum_values(contributions: &[&Contribution]) -> Vec<ValueSum> {
    let mut sums: BTreeMap<&str, ValueSum> = BTreeMap::new();
    for value in contributions.iter().filter_map(|one| one.report.value.as_ref()) {
        let sum = sums.entry(&value.currency).or_insert_with(|| ValueSum {
            currency: value.currency.clone(),
            sales_minor: 0,
            unsold_minor: 0,
            illegal_gains_minor: 0,
            units: 0,
            reports: 0,
        });
        let add = |total: &mut i64, part: Option<i64>| *total = total.saturating_add(part.unwrap_or(0));
        add(&mut sum.sales_minor, value.sales_minor);
        add(&mut sum.unsold_minor, value.unsold_minor);
        add(&mut sum.illegal_gains_minor, value.illegal_gains_minor);
        add(&mut sum.units, value.units);
        sum.reports += 1;
    }
    sums.into_values().collect()
}

fn contribution_view(one: &Contribution) -> ContributionView {
    let report = one.report.clone();
    let handling = report.handling();
    let named = match show(Field::Reporter, Lens::Platform) {
        Show::NameUnlessAnonymous => report.attribution == Attribution::Named,
        _ => false,
    };
    let evidence = match show(Field::Narrative, Lens::Platform) {
        Show::IfAudienceHasPlatforms => report.evidence_audience.contains(&EvidenceAudience::Platforms),
        _ => false,
    };
    ContributionView {
        report_id: one.report_id,
        reporter: (named || leak!(NameOfAnonymous)).then(|| one.member_name.clone()),
        // A principal or a signer would give an anonymous reporter away.
        on_behalf_of: report.on_behalf_of.filter(|_| named || leak!(PrincipalOfAnonymous)),
        statement: report.statement.filter(|_| named || leak!(SignerOfAnonymous)),
        infringement_type: report.infringement_type,
        verification: report.verification.level,
        basis: report.basis,
        rights: report.rights,
        goods: report.goods,
        listings: report.listings,
        value: report.value,
        prior_actions: report.prior_actions,
        narrative: report.narrative.filter(|_| evidence || leak!(NarrativeToAll)),
        evidence: if evidence || leak!(EvidenceToAll) {
            exhibits(report.evidence, named)
        } else {
            Vec::new()
        },
        test_purchases: if evidence || leak!(PurchasesToAll) { report.test_purchases } else { Vec::new() },
        first_seen: When::exact(report.first_seen),
        last_seen: When::exact(report.last_seen),
        handling,
        seal: Seal::default(),
    }
}

/// Evidence as a platform sees it: who captured it would give an anonymous reporter away.
fn exhibits(mut evidence: Vec<Evidence>, named: bool) -> Vec<Evidence> {
    for exhibit in &mut evidence {
        exhibit.captured_by = exhibit.captured_by.take().filter(|_| named || leak!(CapturerOfAnonymous));
    }
    evidence
}

impl Projection {
    /// What the class sees.
    pub fn view(&self) -> &SellerView {
        &self.view
    }

    /// The same, to be sent.
    pub fn into_view(self) -> SellerView {
        self.view
    }

    /// The key of each identifier of the view, in the same order.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// What lists are ordered by: as coarse as what the view shows.
    pub fn order_date(&self) -> NaiveDate {
        self.order_date
    }

    /// What the profile can be found by, and by whom: by what everybody sees, by everybody; by a masked
    /// value, by the peers that hold it; by a value that this class sees and others may not, by it.
    pub fn terms(&self, class: &Class, hasher: &KeyHasher) -> BTreeSet<(String, Key)> {
        let all = |key| (EVERYBODY.to_owned(), key);
        let own = class.to_string();
        let of = |view: &IdentifierView, key| match view.audience {
            Some(_) if !leak!(NarrowValuesFind) => (own.clone(), key),
            _ => all(key),
        };
        let hosted = self.view.identifiers.iter().filter(|one| one.kind.is_hosted());
        let platforms = hosted.filter_map(|one| Some((one, one.platform.as_deref()?)));
        let platforms = platforms.map(|(one, slug)| of(one, hasher.word("platform", slug)));
        let countries = self.view.identifiers.iter();
        let countries = countries.filter_map(|one| Some((one, one.country.as_deref()?)));
        let countries = countries.map(|(one, country)| of(one, hasher.word("country", country)));
        let values = self.identifiers().filter_map(|(view, key)| match (view.kind.is_personal(), class) {
            (false, _) => Some(of(view, key)),
            (true, _) if leak!(FoundByHiddenValue) => Some(all(key)),
            (true, Class::Platform(_)) if view.masked => None,
            (true, _) => Some((own.clone(), key)),
        });
        values.chain(platforms).chain(countries).collect()
    }

    /// The identifiers with their keys.
    pub fn identifiers(&self) -> impl Iterator<Item = (&IdentifierView, Key)> {
        self.view.identifiers.iter().zip(self.keys.iter().copied())
    }

    /// Whether the viewer sees each report of the profile, and so may know how they hang together.
    pub fn sees_every_report(&self) -> bool {
        self.view.lens == PLATFORM_LENS
    }

    /// Keys of the identifiers that are masked: what a viewer may turn out to hold.
    pub fn masked_keys(&self) -> impl Iterator<Item = Key> + '_ {
        self.view.identifiers.iter().zip(&self.keys).filter(|(view, _)| view.masked).map(|(_, key)| *key)
    }

    /// Whether the viewer sees the identifier with this key in full.
    pub fn shows(&self, key: Key) -> bool {
        self.view
            .identifiers
            .iter()
            .zip(&self.keys)
            .any(|(view, known)| *known == key && (!view.masked || leak!(FoundByHiddenValue)))
    }

    /// Fills in masked values that the viewer already holds, from the viewer's own reports.
    pub fn reveal(&mut self, held: &BTreeMap<Key, Identifier>) {
        let mut shown: Vec<(IdentifierView, Key)> = std::mem::take(&mut self.view.identifiers)
            .into_iter()
            .zip(std::mem::take(&mut self.keys))
            .map(|(view, key)| match held.get(&key) {
                Some(identifier) if view.masked => (identifier_view(identifier, true), key),
                _ => (view, key),
            })
            .collect();
        shown.sort();
        (self.view.identifiers, self.keys) = shown.into_iter().unzip();
    }
}
