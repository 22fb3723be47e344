//! Near misses of one profile: others that share a value with it which joined nobody, because somewhat too many
//! carry it or because it is a plain name. Everything here follows from what the viewer's class sees in full and
//! could search for.

use std::collections::{BTreeMap, BTreeSet};

use super::Reader;
use super::review::{CandidateView, Reason, Side, ordered};
use crate::domain::id::SellerId;
use crate::domain::identifier::{Identifier, IdentifierType};
use crate::domain::lens::class::Class;
use crate::domain::lens::seller::{EVERYBODY, IdentifierView};
use crate::domain::resolution::facts::{Fact, KeyHasher};
use crate::domain::resolution::rules::{KeyClass, doublings};
use crate::domain::resolution::said::Said;
use crate::domain::resolution::stops::StopList;
use crate::store::profiles::{self, Findable};
use crate::store::{Conn, Result, stop_list};

/// Identifiers of a profile that are looked up.
const LOOKED_UP_MAX: usize = 100;

/// Near misses of a profile that are compared with it.
const COMPARED_MAX: usize = 200;

/// How many times its cap a value may be carried and still be worth a look.
const CAPS: usize = 4;

/// Profiles that may carry a plain name, times [`CAPS`], for it to be worth a look: as for a numbered one.
const NAME_CAP: usize = 3;

/// A value that two profiles share.
struct Shared {
    class: KeyClass,
    score_decibits: i32,
}

impl Reader<'_> {
    /// Profiles that share with this one what joined nobody, but for those in `known`.
    pub(super) fn near_misses(
        &self,
        conn: &mut Conn,
        hasher: &KeyHasher,
        id: SellerId,
        known: &BTreeSet<[SellerId; 2]>,
    ) -> Result<Vec<CandidateView>> {
        let Some(row) = profiles::find_view(conn, self.group.id, self.class(), id)? else {
            return Ok(Vec::new());
        };
        let projection = row.projection()?;
        let mut shared: BTreeMap<SellerId, Vec<Shared>> = BTreeMap::new();
        let version = stop_list::version(conn)?;
        let stops = StopList::of(&stop_list::in_force_at(conn, version)?, hasher);
        let open = projection.identifiers().filter(|(view, _)| !view.masked).take(LOOKED_UP_MAX);
        for (view, key) in open {
            if stops.stops(&Said::of(&as_reported(view), hasher)) {
                continue;
            }
            let facts = Fact::shown(view.kind, &view.value, view.platform.as_deref(), key, hasher);
            let Some(class) = facts.first().map(|fact| fact.class) else { continue };
            let Some(cap) = cap(class) else { continue };
            let findable = Findable { term: key, audiences: self.audiences() };
            let limit = i64::try_from(CAPS * cap + 1).unwrap_or(i64::MAX);
            let found = profiles::found_by(conn, self.group.id, &findable, limit)?;
            if found.len() > CAPS * cap {
                continue;
            }
            let less = 10 * i32::try_from(doublings(found.len())).unwrap_or_default();
            for other in found.into_iter().filter(|other| *other != id) {
                if !known.contains(&ordered(id, other)) {
                    let score_decibits = class.rule().decibits - less;
                    shared.entry(other).or_default().push(Shared { class, score_decibits });
                }
            }
        }
        let mut best: Vec<(SellerId, Vec<Shared>)> = shared.into_iter().collect();
        best.sort_by_key(|(other, all)| {
            (all.iter().map(|one| -one.score_decibits).min(), std::cmp::Reverse(all.len()), *other)
        });
        best.truncate(COMPARED_MAX);
        let ids: Vec<SellerId> = best.iter().map(|(other, _)| *other).chain([id]).collect();
        let rows = profiles::views_of(conn, self.group.id, &[self.class().to_owned()], &ids)?;
        let sides = self.review_sides(conn, hasher, rows)?;
        let misses = best.into_iter().filter_map(|(other, shared)| {
            let of = ordered(id, other);
            near([sides.get(&of[0])?, sides.get(&of[1])?], of, &shared)
        });
        Ok(misses.collect())
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

/// From how many components a value of this class joins nobody; `None` for what always joins or is no clue.
fn cap(class: KeyClass) -> Option<usize> {
    match class {
        KeyClass::Name => Some(NAME_CAP),
        KeyClass::Storefront => None,
        _ => Some(class.rule().degree_max).filter(|cap| *cap > 0),
    }
}

fn near(sides: [&Side; 2], of: [SellerId; 2], shared: &[Shared]) -> Option<CandidateView> {
    let best = shared.iter().max_by_key(|one| (one.score_decibits, one.class))?;
    let name_alone = shared.iter().all(|one| one.class == KeyClass::Name);
    // A plain name and nothing else is everybody's.
    if name_alone && shared.len() < 2 && sides[0].countries.is_disjoint(&sides[1].countries) {
        return None;
    }
    let agrees = Side::agreeing(sides);
    let numbers = |side: &Side| -> Vec<IdentifierView> {
        let own = side.known.iter().map(|(view, _)| view);
        own.filter(|view| view.kind == IdentifierType::CompanyRegistration && !agrees.contains(view))
            .cloned()
            .collect()
    };
    Some(CandidateView {
        a: of[0],
        b: of[1],
        class: best.class,
        objection: if name_alone { Reason::NameAlone } else { Reason::TooMany },
        differs: sides.map(numbers),
        weight_decibits: best.class.rule().decibits,
        score_decibits: Some(best.score_decibits),
        agrees: agrees.into_iter().collect(),
    })
}
