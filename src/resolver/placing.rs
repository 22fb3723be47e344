//! Where changed profiles stand among the objects that a lens class copies. A place moves when an event is written for
//! the class and at no other time.

use std::collections::BTreeMap;

use crate::domain::exchange::{FRAME_MOMENTS, Parts, family, profile_uuid, room};
use crate::domain::id::SellerId;
use crate::domain::lens::seller::Projection;
use crate::domain::resolution::facts::KeyHasher;
use crate::domain::time::Timestamp;
use crate::store::exchange::{self, Place};
use crate::store::groups::Group;
use crate::store::{Conn, Result};

/// A profile as a class sees it now.
pub(super) struct Shown<'p> {
    pub revision: i32,
    pub projection: &'p Projection,
}

/// Gives places of one group and class.
pub(super) struct Placing<'p> {
    pub group: &'p Group,
    pub class: &'p str,
    pub hasher: &'p KeyHasher,
    pub now: Timestamp,
}

impl Placing<'_> {
    /// Gives a place to every profile whose view is of another revision than the one that stands somewhere, and lets
    /// those that are gone end, each with the profile into which it went.
    pub fn place(
        &self,
        conn: &mut Conn,
        shown: &BTreeMap<SellerId, Shown<'_>>,
        gone: &BTreeMap<SellerId, Option<SellerId>>,
    ) -> Result<()> {
        let ids: Vec<SellerId> = shown.keys().chain(gone.keys()).copied().collect();
        let living = exchange::living(conn, self.group.id, self.class, &ids)?;
        let stands = |id: &SellerId, shown: &Shown<'_>| {
            living.get(id).is_some_and(|place| place.revision == shown.revision)
        };
        let moved: Vec<_> = shown.iter().filter(|(id, shown)| !stands(id, shown)).collect();
        if moved.is_empty() && gone.is_empty() {
            return Ok(());
        }
        let start = self.group.created_at.micros().saturating_add(FRAME_MOMENTS);
        let taken = exchange::last(conn, self.group.id, self.class)?.map_or(start, Timestamp::micros);
        let mut moments = Moments { next: self.now.micros().max(taken + 1) };
        let (mut rows, mut ended) = (Vec::new(), Vec::new());
        for (id, Shown { revision, projection }) in moved {
            let parts = Parts::of(projection.view(), self.hasher);
            match living.get(id) {
                Some(place) if parts.go_on_from(&place.parts()?) => {
                    let (first, last) = moments.take(&parts);
                    let parts = serde_json::to_string(&parts)?;
                    let stamp = place.second() + 1;
                    rows.push(Place { first, last, revision: *revision, parts, stamp, ..place.clone() });
                }
                known => {
                    ended.extend(known.map(|place| (place, None)));
                    rows.push(self.born(*id, *revision, &parts, moments.take(&parts))?);
                }
            }
        }
        ended.extend(gone.iter().filter_map(|(id, heir)| Some((living.get(id)?, *heir))));
        for (place, heir) in ended {
            let (first, last) = moments.take(&place.parts()?);
            let stamp = place.second() + 1;
            rows.push(Place { first, last, ended: true, heir, stamp, ..place.clone() });
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
