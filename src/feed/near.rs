//! Near misses: profiles that share a value which joined nobody, because somewhat too many carry it or because it
//! is a plain name. Everything here follows from what the viewer's class sees in full and could search for.

use std::collections::{BTreeMap, BTreeSet};

use super::Reader;
use super::review::{CandidateView, Reason, Side};
use crate::domain::id::SellerId;
use crate::domain::identifier::{Identifier, IdentifierType};
use crate::domain::lens::class::Class;
use crate::domain::lens::seller::{EVERYBODY, IdentifierView};
use crate::domain::resolution::keys::{Key, KeyHasher};
use crate::domain::resolution::review::{self, Against, COUNTED_MAX, Near, near};
use crate::domain::resolution::rules::KeyClass;
use crate::domain::resolution::said::Said;
use crate::domain::resolution::stops::StopList;
use crate::store::profiles::{self, Findable};
use crate::store::{Conn, Result, shared_terms, stop_list};

/// Identifiers of a profile that are looked up.
const LOOKED_UP_MAX: usize = 100;

/// Near misses of a profile that are compared with it.
const COMPARED_MAX: usize = 200;

/// Values of a group that are looked through, those that are worth most.
const VALUES_MAX: i64 = 2_000;

/// Pairs of profiles that share one and are compared, those with the best evidence.
const PAIRS_MAX: usize = 1_000;

/// A value with all that carry it.
type Carried = (KeyClass, BTreeSet<SellerId>);

impl Reader<'_> {
    /// Pairs of profiles that share what joined nobody, all of one profile if it is given, but for those in `known`.
    pub(super) fn near_misses(
        &self,
        conn: &mut Conn,
        hasher: &KeyHasher,
        of: Option<SellerId>,
        known: &BTreeSet<[SellerId; 2]>,
    ) -> Result<Vec<CandidateView>> {
        let (values, most) = match of {
            Some(id) => (self.values_of(conn, id)?, COMPARED_MAX),
            None => (self.shared_values(conn)?, PAIRS_MAX),
        };
        let found = near(&values, of, known, most);
        let ids: BTreeSet<SellerId> = found.iter().flat_map(|near| near.of).collect();
        let ids: Vec<SellerId> = ids.into_iter().collect();
        let rows = profiles::views_of(conn, self.group.id, &[self.class().to_owned()], &ids)?;
        let sides = self.review_sides(conn, hasher, rows)?;
        let version = stop_list::version(conn)?;
        let stops = StopList::of(&stop_list::in_force_at(conn, version)?, hasher);
        let is_stopped = |view: &IdentifierView| stops.stops(&Said::of(&as_reported(view), hasher));
        let misses = found.iter().filter_map(|near| {
            let [a, b] = near.of;
            candidate([sides.get(&a)?, sides.get(&b)?], near, is_stopped)
        });
        Ok(misses.collect())
    }

    /// The values of one profile that others share.
    fn values_of(&self, conn: &mut Conn, id: SellerId) -> Result<Vec<Carried>> {
        let Some(row) = profiles::find_view(conn, self.group.id, self.class(), id)? else {
            return Ok(Vec::new());
        };
        let projection = row.projection()?;
        let open = projection.identifiers().filter(|(view, _)| !view.masked).take(LOOKED_UP_MAX);
        let mut values = Vec::new();
        for (view, term) in open {
            let class = KeyClass::of_kind(view.kind, &view.value);
            let Some(class) = class.filter(|class| review::carriers_max(*class).is_some()) else { continue };
            let findable = Findable { term, audiences: self.audiences() };
            let limit = i64::try_from(COUNTED_MAX + 1).unwrap_or(i64::MAX);
            values.push((class, profiles::found_by(conn, self.group.id, &findable, limit)?));
        }
        Ok(values)
    }

    /// The values of the whole group that are worth most to share.
    fn shared_values(&self, conn: &mut Conn) -> Result<Vec<Carried>> {
        let audiences = self.audiences();
        let rows = shared_terms::strongest(conn, self.group.id, &audiences, VALUES_MAX)?;
        let class_of: BTreeMap<Key, KeyClass> = rows.iter().map(|row| (row.term, row.class)).collect();
        let terms: Vec<Key> = class_of.keys().copied().collect();
        let carriers = shared_terms::carriers(conn, self.group.id, &audiences, &terms)?;
        Ok(carriers.into_iter().filter_map(|(term, all)| Some((*class_of.get(&term)?, all))).collect())
    }

    /// Who finds by what the viewer's class sees in full.
    fn audiences(&self) -> Vec<String> {
        let own = match Class::parse(self.class()) {
            Class::Peer => None,
            Class::Platform(_) => Some(self.class().to_owned()),
        };
        std::iter::once(EVERYBODY.to_owned()).chain(own).collect()
    }
}

/// A shown value as the stop-list asks for it. Its key is not at hand; of that, only the host of a mailbox is read.
fn as_reported(view: &IdentifierView) -> Identifier {
    let IdentifierView { kind, value, platform, .. } = view.clone();
    Identifier { kind, key: value.clone(), value, platform, country: None, scheme: None }
}

/// `None` if there is nothing to ask: too little, or nothing that both have but values that are stopped.
fn candidate(
    sides: [&Side; 2],
    near: &Near<SellerId>,
    is_stopped: impl Fn(&IdentifierView) -> bool,
) -> Option<CandidateView> {
    if !near.is_worth_a_look(!sides[0].countries.is_disjoint(&sides[1].countries)) {
        return None;
    }
    let best = near.shared.first()?;
    let (objection, against) = match near.is_name_alone() {
        true => (Reason::NameAlone, Against::NameAlone),
        false => (Reason::TooMany, Against::TooMany),
    };
    let agrees = Side::agreeing(sides);
    if !agrees.is_empty() && agrees.iter().all(is_stopped) {
        return None;
    }
    let numbers = |side: &Side| -> Vec<IdentifierView> {
        let own = side.known.iter().map(|(view, _)| view);
        own.filter(|view| view.kind == IdentifierType::CompanyRegistration && !agrees.contains(view))
            .cloned()
            .collect()
    };
    let [probability_percent, expected_gain] = Side::worth(sides, near.evidence_decibits(), against);
    Some(CandidateView {
        a: near.of[0],
        b: near.of[1],
        class: best.class,
        objection,
        differs: sides.map(numbers),
        weight_decibits: best.class.rule().decibits,
        score_decibits: Some(best.score_decibits),
        agrees: agrees.into_iter().collect(),
        probability_percent,
        expected_gain,
        handling: Side::handling(sides),
    })
}
