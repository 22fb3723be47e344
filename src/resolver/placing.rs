//! Where changed profiles stand among the objects that a lens class copies. A place moves when an event is written for
//! the class and at no other time.

use std::collections::BTreeMap;

use crate::domain::exchange::{FRAME_MOMENTS, Parts, family, profile_uuid, room};
use crate::domain::id::SellerId;
use crate::domain::lens::seller::Projection;
use crate::domain::resolution::keys::KeyHasher;
use crate::domain::time::Timestamp;
use crate::store::exchange::{self, Place};
use crate::store::groups::Group;
use crate::store::{Conn, Result};

/// A profile as a class sees it now.
pub(super) struct Shown<'p> {
    pub revision: i32,
    pub projection: &'p Projection,
}

/// Profiles that no longer stand where they stood.
#[derive(Default)]
pub(super) struct Moves {
    moved: Vec<Moved>,
    /// Those that are gone, each with the profile into which it went.
    gone: Vec<(Place, Option<SellerId>)>,
}

/// A profile whose view is of another revision than the one that stands somewhere.
struct Moved {
    id: SellerId,
    revision: i32,
    parts: Parts,
    from: Option<Place>,
}

impl Moves {
    pub fn extend(&mut self, others: Self) {
        self.moved.extend(others.moved);
        self.gone.extend(others.gone);
    }
}

/// Gives places of one group and class.
pub(super) struct Placing<'p> {
    pub group: &'p Group,
    pub class: &'p str,
    pub hasher: &'p KeyHasher,
    pub now: Timestamp,
}

impl Placing<'_> {
    /// Which of these profiles do not stand where they stood.
    pub fn moves(
        &self,
        conn: &mut Conn,
        shown: &BTreeMap<SellerId, Shown<'_>>,
        gone: &BTreeMap<SellerId, Option<SellerId>>,
    ) -> Result<Moves> {
        let ids: Vec<SellerId> = shown.keys().chain(gone.keys()).copied().collect();
        let mut living = exchange::living(conn, self.group.id, self.class, &ids)?;
        let mut moves = Moves::default();
        for (id, Shown { revision, projection }) in shown {
            let from = living.remove(id);
            if from.as_ref().is_none_or(|place| place.revision != *revision) {
                let parts = Parts::of(projection.view(), self.hasher);
                moves.moved.push(Moved { id: *id, revision: *revision, parts, from });
            }
        }
        moves.gone.extend(gone.iter().filter_map(|(id, heir)| Some((living.remove(id)?, *heir))));
        Ok(moves)
    }

    /// Gives a place to every profile that moved, and lets those that are gone end. All that one publication moves is
    /// placed at once: how it was parted before would show in the order of places.
    pub fn place(&self, conn: &mut Conn, moves: Moves) -> Result<()> {
        let Moves { moved, gone } = moves;
        if moved.is_empty() && gone.is_empty() {
            return Ok(());
        }
        let start = self.group.created_at.micros().saturating_add(FRAME_MOMENTS);
        let taken = exchange::last(conn, self.group.id, self.class)?.map_or(start, Timestamp::micros);
        let mut moments = Moments { next: self.now.micros().max(taken + 1) };
        let (mut rows, mut ended) = (Vec::new(), Vec::new());
        for Moved { id, revision, parts, from } in moved {
            match from {
                Some(place) if parts.go_on_from(&place.parts()?) => {
                    let (first, last) = moments.take(&parts);
                    let parts = serde_json::to_string(&parts)?;
                    let stamp = place.second() + 1;
                    rows.push(Place { first, last, revision, parts, stamp, ..place });
                }
                from => {
                    ended.extend(from.map(|place| (place, None)));
                    rows.push(self.born(id, revision, &parts, moments.take(&parts))?);
                }
            }
        }
        for (place, heir) in ended.into_iter().chain(gone) {
            let (first, last) = moments.take(&place.parts()?);
            let stamp = place.second() + 1;
            rows.push(Place { first, last, ended: true, heir, stamp, ..place });
        }
        exchange::put(conn, &rows)
    }

    fn born(
        &self,
        id: SellerId,
        revision: i32,
        parts: &Parts,
        (first, last): (Timestamp, Timestamp),
    ) -> Result<Place> {
        Ok(Place {
            group_id: self.group.id,
            class: self.class.to_owned(),
            profile_id: id,
            born: first,
            first,
            last,
            family: family(profile_uuid(self.group.id, self.class, id, first)),
            revision,
            ended: false,
            heir: None,
            parts: serde_json::to_string(parts)?,
            stamp: first.unix_seconds(),
        })
    }
}

/// Moments that nobody has yet.
struct Moments {
    next: i64,
}

impl Moments {
    fn take(&mut self, parts: &Parts) -> (Timestamp, Timestamp) {
        let first = self.next;
        self.next += room(parts.open.len());
        (Timestamp(first), Timestamp(self.next - 1))
    }
}
