//! The view of a seller profile through a lens: the only form in which one leaves the server.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::handling::Handling;
use super::super::id::{MemberId, ReportId};
use super::super::identifier::{Identifier, IdentifierType};
use super::super::member::Owner;
use super::super::report::IdentifierAudience;
use super::super::resolution::keys::{Key, KeyHasher};
use super::super::risk::Risk;
use super::band::{Count, When, order_date};
use super::class::Class;
use super::contribution::{Contribution, ContributionView, contribution_view};
use super::rating::rate;
use super::tally::{Part, Sight, Tally};
use super::{Field, K, Lens, Show, show};

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
    /// How much it asks for attention, from what the viewer sees of it.
    #[serde(default)]
    #[schema(required = true)]
    pub risk: Risk,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goods: Option<GoodsClasses>,
    /// The handling terms of all its reports together.
    #[serde(flatten)]
    pub handling: Handling,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub value: Vec<ValueSum>,
    /// The reports that the viewer sees one by one; of more than a hundred, the last that were filed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contributions: Vec<ContributionView>,
    /// How many there are of them: `GET …/contributions` has all.
    #[serde(default, skip_serializing_if = "is_none")]
    pub contributions_total: u64,
    #[serde(skip)]
    pub(super) seal: Seal,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_none(count: &u64) -> bool {
    *count == 0
}

/// A view with what the server needs to keep beside it, and never sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Projection {
    pub(super) view: SellerView,
    /// The key of each identifier of the view, in the same order.
    pub(super) keys: Vec<Key>,
    pub(super) order_date: NaiveDate,
    /// Stands for what the viewer sees and the view does not show: the view changes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) unlisted: Option<String>,
}

/// The audience of what every class sees.
pub const EVERYBODY: &str = "all";

/// What `SellerView::lens` says where the viewer sees every report.
const PLATFORM_LENS: &str = "platform";

/// A profile, to be projected.
#[derive(Debug, Clone, Copy)]
pub struct Profile<'p> {
    pub tally: &'p Tally,
    /// As whom each of its members counts.
    pub owners: &'p BTreeMap<MemberId, Owner>,
    /// Its reports; of a large profile, those that the tally says are shown.
    pub reports: &'p BTreeMap<ReportId, Box<Contribution>>,
}

/// Projects a profile for a class of a group that asks for `k` others behind classes of goods. `None` if no report is
/// left.
pub fn project(profile: Profile<'_>, class: &Class, k: usize, hasher: &KeyHasher) -> Option<Projection> {
    let tally = profile.tally;
    let (first, last) = tally.days?;
    let sight = tally.sight(class);
    let whole = sight.whole;
    let by_month = show(Field::Dates, whole) == Show::Month;
    let when = |date| if by_month && !leak!(ExactDates) { When::month(date) } else { When::exact(date) };
    let members = profile.members();
    let count = |n| match show(Field::Counts, whole) {
        Show::Band if !leak!(ExactCounts) => Count::band(n),
        _ => Count::exact(n),
    };

    let shown = identifiers(tally, &sight, hasher);
    let countries = shown.iter().filter_map(|(view, _)| view.country.clone()).collect();
    let (identifiers, keys) = shown.into_iter().unzip();
    let detailed = tally.detailed(&sight);
    let summed = if leak!(ValuesToPeers) { Some(&tally.all) } else { sight.seen };
    let newest = detailed.into_iter().flat_map(|part| &part.newest);
    let view = SellerView {
        lens: if whole == Lens::Platform { PLATFORM_LENS.to_owned() } else { "peer".to_owned() },
        names: tally.names.clone(),
        identifiers,
        countries,
        first_seen: when(first),
        last_seen: when(last),
        reports: count(tally.all.reports),
        members: count(members),
        risk: Risk::default(),
        goods: goods_classes(tally, (members, k), whole),
        handling: Handling::of_all(tally.handling.clone()),
        value: summed.map(|part| part.values.values().cloned().collect()).unwrap_or_default(),
        contributions: newest
            .filter_map(|(id, (_, revision))| {
                // One that says something else by now is not shown by what its profile was then.
                profile.reports.get(id).filter(|one| one.revision == *revision)
            })
            .map(|one| contribution_view(one))
            .collect(),
        contributions_total: detailed.map_or(0, |part| part.reports as u64),
        seal: Seal::default(),
    };
    let rated = if leak!(RiskOfUnseenReports) { Some(&tally.all) } else { sight.seen };
    let view = SellerView { risk: rate(&view, rated), ..view };
    let unlisted = detailed.and_then(Part::unlisted);
    Some(Projection { view, keys, order_date: order_date(last, by_month && !leak!(OrderByDay)), unlisted })
}

impl Profile<'_> {
    /// Members that reported it, those of one owner once.
    fn members(&self) -> usize {
        let owner = |member: &MemberId| match self.owners.get(member) {
            Some(Owner::Family(_)) if leak!(AffiliatesCountApart) => Owner::Alone(*member),
            Some(owner) => owner.clone(),
            None => Owner::Alone(*member),
        };
        self.tally.members.iter().map(owner).collect::<BTreeSet<Owner>>().len()
    }
}

/// Each distinct identifier once, in the order of what is shown, with its key. Of several spellings of one value the
/// smallest is shown, but only of spellings that the class may read if there is one. What a report gives to a narrower
/// audience is there for who sees the report itself.
fn identifiers(tally: &Tally, sight: &Sight<'_>, hasher: &KeyHasher) -> Vec<(IdentifierView, Key)> {
    // Of what is seen one by one, everything is said twice: the more open of the two prevails below.
    let peers = (sight.whole == Lens::Peer).then_some((&tally.all, Lens::Peer));
    let parts = peers.into_iter().chain(sight.seen.map(|part| (part, Lens::Platform)));
    let mut known: BTreeMap<(IdentifierType, &str), (IdentifierAudience, bool, &Identifier)> =
        BTreeMap::new();
    for (part, lens) in parts {
        let values =
            part.identifiers.iter().flat_map(|(kind, values)| values.iter().map(move |one| (kind, one)));
        for (kind, (key, spellings)) in values {
            let spellings = spellings.iter().filter(|(given_to, _)| **given_to <= audience(lens));
            for (given_to, identifier) in spellings {
                let candidate = (*given_to, hidden(*kind, lens), identifier);
                let shown = known.entry((*kind, key)).or_insert(candidate);
                // In full if any report gives it so, and for all who read it if any report does.
                let for_all = shown.0.min(candidate.0);
                *shown = if (candidate.1, candidate.2) < (shown.1, shown.2) { candidate } else { *shown };
                shown.0 = for_all;
            }
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

fn goods_classes(tally: &Tally, (members, k): (usize, usize), lens: Lens) -> Option<GoodsClasses> {
    let k = if leak!(KOfNoGroup) { K } else { k.max(K) };
    let enough = if leak!(GoodsOneTooEarly) { k - 1 } else { k };
    if show(Field::Goods, lens) == Show::ClassIfEnough && members <= enough && !leak!(BrandOfGoods) {
        return None;
    }
    Some(GoodsClasses { nice_classes: tally.nice_classes.clone(), categories: tally.categories.clone() })
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

    /// What stands for the reports that the viewer sees and the view does not show.
    pub fn unlisted(&self) -> Option<&str> {
        self.unlisted.as_deref()
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
