//! The review queue: pairs of profiles that may be one seller, for people to judge; first what a right answer can be
//! expected to gain most from.
//!
//! What the viewer gets of a pair is made from the two views of its own lens class. A class that does not see
//! both profiles in full is shown a pair only if the value that would have joined them, and what spoke
//! against it, stand in both views in full: that two masked values are the same, or how many carry one, is
//! not for it to know.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::Serialize;
use utoipa::ToSchema;

use super::Reader;
use crate::domain::handling::Handling;
use crate::domain::id::{ReportId, SellerId};
use crate::domain::identifier::IdentifierType;
use crate::domain::lens::class::Class;
use crate::domain::lens::seller::{IdentifierView, Projection, SellerView};
use crate::domain::resolution::facts::{Fact, Pair};
use crate::domain::resolution::keys::{Key, KeyHasher};
use crate::domain::resolution::partition::Objection;
use crate::domain::resolution::review::{Against, Stake, expected_gain, gain, probability};
use crate::domain::resolution::rules::KeyClass;
use crate::domain::vocabulary::vocabulary;
use crate::store::pool::RefusalRow;
use crate::store::profiles::ViewRow;
use crate::store::{Conn, Result, judgements, profiles};

vocabulary!(
    /// Why two profiles were not joined.
    Reason {
        /// Each has a number of one company register, and they are different.
        Registrations = "registrations",
        /// Each names people, and none can be the same.
        Persons = "persons",
        /// They look like branches of one organisation, each at its own address.
        Branches = "branches",
        /// Name and address are nearly the same, and not nearly enough.
        Short = "falls_short",
        /// Each is at home in another country.
        Countries = "countries",
        /// Too many carry the value for it to join anybody by itself.
        TooMany = "too_many",
        /// A plain name joins nobody by itself.
        NameAlone = "name_alone",
    }
);

/// Two profiles that may be one seller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CandidateView {
    /// The smaller id first.
    pub a: SellerId,
    pub b: SellerId,
    /// The kind of key that would have joined the two.
    pub class: KeyClass,
    /// Why it did not.
    pub objection: Reason,
    /// Identifiers that both have, in every spelling, as far as the caller sees them in full.
    pub agrees: Vec<IdentifierView>,
    /// What one has and the other has not, of the kind that spoke against it.
    pub differs: [Vec<IdentifierView>; 2],
    /// What agreement is worth, in tenths of a bit.
    pub weight_decibits: i32,
    /// The same less ten for every doubling of those that carry the value: for who sees both in full, and where
    /// those are counted that the caller can find by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score_decibits: Option<i32>,
    /// How likely the two are one seller, from the above.
    pub probability_percent: i32,
    /// What the list is ordered by: the probability, times what is brought together if they are, as far as the caller
    /// sees that; in thousandths.
    pub expected_gain: i32,
    /// The handling terms of both profiles together.
    #[serde(flatten)]
    pub handling: Handling,
}

/// Where a page of candidates begins: the expected gain of the last one and its ids.
pub type CandidatePosition = (i32, SellerId, SellerId);

/// Refused links that are looked through, the strongest.
const LINKS_MAX: i64 = 5_000;

/// Pairs of profiles that are shown at most: settle them and others come.
const PAIRS_MAX: usize = 500;

/// Shared facts of a pair of profiles that are tried two by two.
const TRIED_MAX: usize = 50;

/// Classes of keys that can be made from identifiers which peers see in full.
const OPEN_CLASSES: &[KeyClass] = &[
    KeyClass::AccountId,
    KeyClass::CompanyRegistration,
    KeyClass::Domain,
    KeyClass::Url,
    KeyClass::NumberedName,
    KeyClass::CoinedName,
    KeyClass::Handle,
    KeyClass::UncommonName,
    KeyClass::Pair,
];

impl Reader<'_> {
    /// A page of candidates, of one profile if it is given, those that promise most first, with whether more follow.
    pub fn candidates(
        &self,
        conn: &mut Conn,
        hasher: &KeyHasher,
        of: Option<SellerId>,
        after: Option<CandidatePosition>,
        limit: usize,
    ) -> Result<(Vec<CandidateView>, bool)> {
        let decided = self.decided(conn)?;
        let links = self.open_links(conn, &decided)?;
        let ids: BTreeSet<SellerId> = links.keys().flatten().copied().collect();
        let ids: Vec<SellerId> = ids.into_iter().collect();
        let rows = profiles::views_of(conn, self.group.id, &[self.class().to_owned()], &ids)?;
        let sides = self.review_sides(conn, hasher, rows)?;
        let mut found: Vec<CandidateView> = links
            .into_iter()
            .filter_map(|([a, b], links)| {
                let (one, other) = (sides.get(&a)?, sides.get(&b)?);
                strongest(links.iter().filter_map(|link| candidate([a, b], [one, other], link)))
            })
            .collect();
        found.retain(|one| of.is_none_or(|id| one.a == id || one.b == id));
        let mut known = decided;
        known.extend(found.iter().map(|one| [one.a, one.b]));
        found.extend(self.near_misses(conn, hasher, of, &known)?);
        found.sort_by_key(|one| (std::cmp::Reverse(one.expected_gain), one.a, one.b));
        let rest = found.into_iter().skip_while(|one| {
            after.is_some_and(|(gain, a, b)| (-one.expected_gain, one.a, one.b) <= (-gain, a, b))
        });
        let mut page: Vec<CandidateView> = rest.take(limit.saturating_add(1)).collect();
        let more = page.len() > limit;
        page.truncate(limit);
        Ok((page, more))
    }

    /// The pairs of profiles of which anybody judged a report of the one and a report of the other.
    fn decided(&self, conn: &mut Conn) -> Result<BTreeSet<[SellerId; 2]>> {
        let judged = judgements::decided(conn, self.group.id)?;
        let reports: BTreeSet<ReportId> = judged.iter().flatten().copied().collect();
        let reports: Vec<ReportId> = reports.into_iter().collect();
        let entries = judgements::pooled(conn, self.group.id, &reports)?;
        let pairs = judged
            .iter()
            .filter_map(|[a, b]| Some(ordered(entries.get(a)?.profile_id, entries.get(b)?.profile_id)));
        Ok(pairs.collect())
    }

    /// The refused links between each two profiles that nobody has judged, the strongest first.
    fn open_links(
        &self,
        conn: &mut Conn,
        decided: &BTreeSet<[SellerId; 2]>,
    ) -> Result<BTreeMap<[SellerId; 2], Vec<RefusalRow>>> {
        let group = self.group.id;
        let is_peer = Class::of(self.viewer.kind, &self.viewer.member_slug) == Class::Peer;
        let only = (is_peer && !leak!(HiddenCandidates)).then_some((OPEN_CLASSES, Objection::Registrations));
        let rows = judgements::refused(conn, group, only, LINKS_MAX)?;
        let ends: BTreeSet<i64> = rows.iter().flat_map(|row| [row.from_entry, row.to_entry]).collect();
        let ends: Vec<i64> = ends.into_iter().collect();
        let profile_of = judgements::profiles_of_entries(conn, group, &ends)?;
        let mut links: BTreeMap<[SellerId; 2], Vec<RefusalRow>> = BTreeMap::new();
        for row in rows {
            let (Some(from), Some(to)) = (profile_of.get(&row.from_entry), profile_of.get(&row.to_entry))
            else {
                continue;
            };
            let pair = ordered(*from, *to);
            let is_known = links.contains_key(&pair);
            // Joined after all, over something else; or settled.
            let is_open = from != to && !decided.contains(&pair);
            if is_open && (is_known || links.len() < PAIRS_MAX) {
                links.entry(pair).or_default().push(row);
            }
        }
        Ok(links)
    }

    /// The two views of each pair, as they are compared.
    pub(super) fn review_sides(
        &self,
        conn: &mut Conn,
        hasher: &KeyHasher,
        rows: Vec<ViewRow>,
    ) -> Result<HashMap<SellerId, Side>> {
        let mut shown: HashMap<SellerId, BTreeMap<Key, Fact>> = HashMap::new();
        for row in &rows {
            // Before what the viewer holds is filled in: whether there is a pair is the same for its class.
            shown.insert(row.profile_id, facts(&row.projection()?, hasher));
        }
        let revealed = self.reveal(conn, rows)?.into_iter();
        Ok(revealed
            .map(|(row, projection)| {
                let facts = shown.remove(&row.profile_id).unwrap_or_default();
                let known = said(&projection, hasher);
                let in_full = projection.sees_every_report();
                let stake = stake(projection.view());
                let SellerView { countries, handling, .. } = projection.into_view();
                (row.profile_id, Side { facts, known, countries, in_full, stake, handling })
            })
            .collect())
    }
}

/// One profile of a pair.
pub(super) struct Side {
    /// What the class sees in full.
    facts: BTreeMap<Key, Fact>,
    /// Each identifier that the viewer sees in full, with what it says.
    pub known: Vec<(IdentifierView, Vec<Key>)>,
    pub countries: BTreeSet<String>,
    in_full: bool,
    stake: Stake,
    handling: Handling,
}

impl Side {
    /// How likely the two are one, in per cent, and what that can be expected to gain.
    pub fn worth(sides: [&Self; 2], evidence_decibits: i32, against: Against) -> [i32; 2] {
        let likely = probability(evidence_decibits, against);
        #[expect(clippy::cast_possible_truncation, reason = "a hundred at most")]
        let percent = (likely * 100.0).round() as i32;
        [percent, expected_gain(likely, gain(sides.map(|side| &side.stake)))]
    }

    /// The handling terms of what is told of both.
    pub fn handling(sides: [&Self; 2]) -> Handling {
        Handling::of_all(sides.map(|side| side.handling.clone()))
    }

    /// The identifiers that say the same on both sides, in every spelling.
    pub fn agreeing(sides: [&Self; 2]) -> BTreeSet<IdentifierView> {
        let [one, other] = sides
            .map(|side| -> HashSet<Key> { side.known.iter().flat_map(|(_, keys)| keys).copied().collect() });
        let common: HashSet<Key> = one.intersection(&other).copied().collect();
        let known = sides.into_iter().flat_map(|side| &side.known);
        let agreeing = known.filter(|(_, keys)| keys.iter().any(|key| common.contains(key)));
        agreeing.map(|(view, _)| view.clone()).collect()
    }
}

pub(super) fn ordered(a: SellerId, b: SellerId) -> [SellerId; 2] {
    [a.min(b), a.max(b)]
}

fn said(projection: &Projection, hasher: &KeyHasher) -> Vec<(IdentifierView, Vec<Key>)> {
    let shown = projection.identifiers().filter(|(view, _)| !view.masked);
    shown
        .map(|(view, key)| {
            let facts = Fact::shown(view.kind, &view.value, view.platform.as_deref(), key, hasher);
            (view.clone(), facts.into_iter().map(|fact| fact.key).collect())
        })
        .collect()
}

fn facts(projection: &Projection, hasher: &KeyHasher) -> BTreeMap<Key, Fact> {
    let shown = projection.identifiers().filter(|(view, _)| !view.masked && view.audience.is_none());
    shown
        .flat_map(|(view, key)| Fact::shown(view.kind, &view.value, view.platform.as_deref(), key, hasher))
        .map(|fact| (fact.key, fact))
        .collect()
}

/// What is at stake on one side, as far as it is shown.
fn stake(view: &SellerView) -> Stake {
    let value = view.value.iter().map(|sum| {
        let all = sum.sales_minor.saturating_add(sum.unsold_minor);
        (sum.currency.clone(), all)
    });
    Stake { reports: view.reports.at_least(), members: view.members.at_least(), value: value.collect() }
}

/// The strongest of the links between two profiles, by what the viewer may know of their strength.
fn strongest(links: impl Iterator<Item = CandidateView>) -> Option<CandidateView> {
    links.max_by_key(|one| (one.score_decibits.unwrap_or(one.weight_decibits), one.class))
}

/// What the viewer may know of one refused link; `None` if that is nothing.
fn candidate(of: [SellerId; 2], sides: [&Side; 2], link: &RefusalRow) -> Option<CandidateView> {
    let in_full = sides.iter().all(|side| side.in_full);
    let common = sides[0].facts.iter().filter(|(key, _)| sides[1].facts.contains_key(key));
    let common: Vec<Fact> = common.map(|(_, fact)| *fact).collect();
    let is_shown = || {
        let tried = common.get(..TRIED_MAX).unwrap_or(&common);
        let pairs = tried
            .iter()
            .enumerate()
            .flat_map(|(at, a)| tried[at + 1..].iter().map(move |b| Pair::new(*a, *b).fact.key));
        common.iter().any(|fact| fact.key == link.term) || pairs.into_iter().any(|key| key == link.term)
    };
    if !in_full && !leak!(HiddenCandidates) && (link.objection != Objection::Registrations || !is_shown()) {
        return None;
    }
    let agrees = Side::agreeing(sides);
    use IdentifierType::{Address, BankAccount, BusinessName, CompanyRegistration, PersonName, Phone};
    let (objection, against): (Reason, &[IdentifierType]) = match link.objection {
        Objection::Registrations => (Reason::Registrations, &[CompanyRegistration]),
        Objection::Persons => (Reason::Persons, &[PersonName]),
        Objection::Branches => (Reason::Branches, &[Address]),
        Objection::Countries => (Reason::Countries, &[Phone, Address, BankAccount, CompanyRegistration]),
        Objection::Short => (Reason::Short, &[PersonName, BusinessName, Address]),
        // Somebody decided that already.
        Objection::Judgement => return None,
    };
    let differing = |side: usize| {
        let own = sides[side].known.iter().map(|(view, _)| view);
        own.filter(|view| against.contains(&view.kind) && !agrees.contains(view)).cloned().collect()
    };
    let weight_decibits = link.class.rule().decibits;
    let score_decibits = in_full.then_some(link.score_decibits);
    let evidence = score_decibits.unwrap_or(weight_decibits);
    let [probability_percent, expected_gain] =
        Side::worth(sides, evidence, Against::Objection(link.objection));
    Some(CandidateView {
        a: of[0],
        b: of[1],
        class: link.class,
        objection,
        differs: [differing(0), differing(1)],
        agrees: agrees.into_iter().collect(),
        weight_decibits,
        score_decibits,
        probability_percent,
        expected_gain,
        handling: Side::handling(sides),
    })
}
