//! From changed profiles to what each lens class sees of them, and the feed events that follow.
//!
//! A class gets an event only when its own view of a profile changed, or the profile appeared, ended,
//! split or took another in, which the class is told of the other anyway. So the rhythm of its feed tells nothing
//! about what it may not see.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::digest;
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::value::RawValue;

use super::placing::{Placing, Shown};
use super::{shared, tallying};
use crate::domain::group::GroupKind;
use crate::domain::id::SellerId;
use crate::domain::lens::change::{ViewField, Written};
use crate::domain::lens::class::Class;
use crate::domain::lens::seller::{Projection, project};
use crate::domain::resolution::facts::{Key, KeyHasher, KeyMap};
use crate::domain::resolution::identity::Succession as Heirs;
use crate::domain::resolution::settling::Fate;
use crate::domain::time::Timestamp;
use crate::store::feed::{self, EventKind, EventRow};
use crate::store::groups::{self, Group};
use crate::store::profiles::{self, Succession, TermRow, ViewRow};
use crate::store::{Conn, Db, Engine, Result, pool, shared_terms};

/// What changed in a pool.
pub(super) struct Publication {
    /// Profiles, live or ended, whose reports or the content of whose reports changed.
    pub changed: BTreeMap<SellerId, Fate>,
    pub succession: Heirs,
}

/// Publishes changes of one group.
pub(super) struct Publisher {
    /// Where the reports can be read beside the transaction.
    beside: Option<Db>,
    group: Group,
    classes: Vec<Class>,
    k: usize,
    hasher: KeyHasher,
    shown_max: usize,
    now: Timestamp,
}

/// Which values of the published profiles are counted among all profiles again.
#[derive(Clone, Copy)]
enum Recount {
    /// Those that a profile lost or gained.
    Changed,
    All,
}

/// Profiles published at once when all are.
const PAGE: usize = 500;

impl Publisher {
    pub(super) fn new(
        conn: &mut Conn,
        group: &Group,
        hasher: &KeyHasher,
        shown_max: usize,
        now: Timestamp,
    ) -> Result<Self> {
        let mut classes: Vec<Class> =
            groups::reading_platforms(conn, group)?.into_iter().map(Class::Platform).collect();
        if group.kind != GroupKind::DropBox {
            classes.push(Class::Peer);
        }
        // What cannot be a number of members is more than there are.
        let k = usize::try_from(group.k).unwrap_or(usize::MAX);
        Ok(Self { beside: None, group: group.clone(), classes, k, hasher: hasher.clone(), shown_max, now })
    }

    /// Reads half of the reports on a connection of its own. Where a transaction keeps every writer out, as on SQLite, it
    /// sees the reports as this one does, which changes none.
    pub(super) fn reading_beside(self, db: &Db) -> Self {
        let beside = (db.engine() == Engine::Sqlite).then(|| db.clone());
        Self { beside, ..self }
    }

    /// Makes every view anew: for a new lens, or a class that is new or has come back. Of what ended while a class
    /// did not read the group it has a view still.
    pub(super) fn refresh_all(&self, conn: &mut Conn) -> Result<()> {
        let mut all: BTreeSet<SellerId> = profiles::viewed(conn, self.group.id)?.into_iter().collect();
        let mut after = 0;
        loop {
            let page = pool::entries_after(conn, self.group.id, after, 5_000)?;
            let Some(last) = page.last() else { break };
            after = last.entry;
            all.extend(page.iter().map(|entry| entry.profile_id));
        }
        shared_terms::clear(conn, self.group.id)?;
        let all: Vec<SellerId> = all.into_iter().collect();
        for part in all.chunks(PAGE) {
            let changed = part.iter().map(|id| (*id, Fate::Altered)).collect();
            self.work_in(conn, &Publication { changed, succession: Heirs::default() }, Recount::All)?;
        }
        Ok(())
    }

    pub(super) fn publish(&self, conn: &mut Conn, publication: &Publication) -> Result<()> {
        self.work_in(conn, publication, Recount::Changed)
    }

    fn work_in(&self, conn: &mut Conn, publication: &Publication, recount: Recount) -> Result<()> {
        let names: Vec<String> = self.classes.iter().map(ToString::to_string).collect();
        let changed: Vec<SellerId> = publication.changed.keys().copied().collect();
        let profiles = tallying::read(
            conn,
            self.beside.as_ref(),
            &self.hasher,
            self.group.id,
            &self.classes,
            self.shown_max,
            &publication.changed,
        )?;
        let mut old: BTreeMap<(String, SellerId), ViewRow> = BTreeMap::new();
        for row in profiles::views_of(conn, self.group.id, &names, &changed)? {
            old.insert((row.class.clone(), row.profile_id), row);
        }
        let (mut terms, mut kinds) = (BTreeSet::new(), KeyMap::default());
        for (class, name) in self.classes.iter().zip(&names) {
            let projections: BTreeMap<SellerId, Projection> = profiles
                .iter()
                .filter_map(|(id, profile)| Some((id, project(profile, class, self.k, &self.hasher)?)))
                .collect();
            self.publish_class(conn, name, publication, &projections, &old)?;
            for (id, projection) in &projections {
                kinds.extend(shared::classes(projection));
                let found_by = projection.terms(class, &self.hasher).into_iter();
                terms.extend(found_by.map(|(audience, term)| TermRow {
                    group_id: self.group.id,
                    term,
                    audience,
                    profile_id: *id,
                }));
            }
        }
        let known = profiles::terms_of(conn, self.group.id, &changed)?;
        let lost: Vec<TermRow> = known.difference(&terms).cloned().collect();
        let gained: Vec<TermRow> = terms.difference(&known).cloned().collect();
        profiles::delete_terms(conn, &lost)?;
        profiles::insert_terms(conn, &gained)?;
        let group = self.group.id;
        match recount {
            Recount::Changed => shared::recount(conn, group, &lost, &gained, &kinds)?,
            Recount::All => shared::recount(conn, group, &[], &terms, &kinds)?,
        }
        self.write_successions(conn, publication)
    }

    fn publish_class(
        &self,
        conn: &mut Conn,
        class: &str,
        publication: &Publication,
        projections: &BTreeMap<SellerId, Projection>,
        old: &BTreeMap<(String, SellerId), ViewRow>,
    ) -> Result<()> {
        let fresh: Vec<SellerId> =
            projections.keys().copied().filter(|id| !old.contains_key(&(class.to_owned(), *id))).collect();
        // An id that comes back goes on counting, so that an id and a revision name one state for ever.
        let revived: Vec<SellerId> = profiles::ended(conn, self.group.id, &fresh)?.into_iter().collect();
        let last_revisions = feed::last_revisions(conn, self.group.id, class, &revived)?;

        let gained = publication.succession.gained();
        let mut views = Vec::new();
        let mut events: Vec<Noted> = Vec::new();
        let mut shown = BTreeMap::new();
        for (id, projection) in projections {
            let known = old.get(&(class.to_owned(), *id));
            let row = self.view_row(class, *id, projection, known, last_revisions.get(id).copied())?;
            shown.insert(*id, Shown { revision: row.revision, projection });
            let (shed, gained) = (publication.succession.shed.get(id), gained.get(id));
            let from = || gained.cloned().unwrap_or_default();
            match known {
                None => events.push(Noted::of(EventKind::Created, *id, row.revision, from())),
                Some(known)
                    if shed.is_some()
                        || gained.is_some()
                        || known.digest != row.digest
                        || leak!(EventWithoutChange) =>
                {
                    let (kind, others) = match shed {
                        Some(shed) => (EventKind::Split, shed.clone()),
                        None => (EventKind::Updated, from()),
                    };
                    let of_all =
                        old.iter().filter(|((_, other), _)| other == id).map(|(_, row)| row.revision).max();
                    let last = of_all.filter(|_| leak!(RevisionsOfAllClasses)).unwrap_or(known.revision);
                    let row = ViewRow { revision: last + 1, modified_at: self.now, ..row };
                    shown.insert(*id, Shown { revision: row.revision, projection });
                    let noted = Noted::of(kind, *id, row.revision, others);
                    events.push(noted.seen(&known.body.text(), Some(&row.body.text()), &self.hasher)?);
                    views.push(row);
                    continue;
                }
                // Nothing that the class sees changed; what is kept beside the view may have.
                Some(_) if leak!(ModifiedWithoutChange) => {
                    views.push(ViewRow { modified_at: self.now, ..row });
                    continue;
                }
                Some(known) if known.body == row.body => continue,
                Some(_) => {}
            }
            views.push(row);
        }
        let (mut gone, mut heirs) = (Vec::new(), BTreeMap::new());
        for id in publication.changed.keys() {
            if let (None, Some(known)) = (projections.get(id), old.get(&(class.to_owned(), *id))) {
                let heir = publication.succession.ended.get(id).copied().flatten();
                let kind = if heir.is_some() { EventKind::Merged } else { EventKind::Removed };
                let noted = Noted::of(kind, *id, known.revision + 1, heir.into_iter().collect());
                events.push(noted.seen(&known.body.text(), None, &self.hasher)?);
                gone.push(*id);
                heirs.insert(*id, heir);
            }
        }
        let placing = Placing { group: &self.group, class, hasher: &self.hasher, now: self.now };
        placing.place(conn, &shown, &heirs)?;
        profiles::put_views(conn, &views)?;
        profiles::delete_views(conn, self.group.id, &[class.to_owned()], &gone)?;
        self.append_events(conn, class, events)
    }

    fn view_row(
        &self,
        class: &str,
        id: SellerId,
        projection: &Projection,
        known: Option<&ViewRow>,
        last_revision: Option<i32>,
    ) -> Result<ViewRow> {
        let shown = serde_json::value::to_raw_value(projection.view())?;
        let kept = Kept {
            view: &shown,
            keys: projection.keys(),
            order_date: projection.order_date(),
            unlisted: projection.unlisted(),
        };
        let mut seen = digest::Context::new(&digest::SHA256);
        seen.update(shown.get().as_bytes());
        seen.update(projection.unlisted().unwrap_or_default().as_bytes());
        Ok(ViewRow {
            group_id: self.group.id,
            class: class.to_owned(),
            profile_id: id,
            revision: known.map_or(last_revision.unwrap_or(0) + 1, |known| known.revision),
            created_at: known.map_or(self.now, |known| known.created_at),
            modified_at: known.map_or(self.now, |known| known.modified_at),
            order_day: Timestamp::of_date(projection.order_date()),
            digest: seen.finish().as_ref().to_vec(),
            body: serde_json::to_string(&kept)?.into(),
            risk: projection.view().risk.score.into(),
        })
    }

    /// What appears comes first, so that a reader who follows a merge or a split finds the other side.
    fn append_events(&self, conn: &mut Conn, class: &str, mut events: Vec<Noted>) -> Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        events.sort();
        let head = feed::head(conn, self.group.id, class)?;
        let rows: Vec<EventRow> = (head + 1..)
            .zip(events)
            .map(|(number, noted)| {
                Ok(EventRow {
                    group_id: self.group.id,
                    class: class.to_owned(),
                    number,
                    kind: noted.kind,
                    profile_id: noted.id,
                    revision: noted.revision,
                    others: serde_json::to_string(&noted.others)?,
                    at: self.now,
                    words_before: Some(serde_json::to_string(&noted.words_before)?),
                    changed: Some(serde_json::to_string(&noted.changed)?),
                    risk_before: Some(noted.risk_before.into()),
                })
            })
            .collect::<Result<_>>()?;
        feed::append(conn, self.group.id, class, &rows)
    }

    fn write_successions(&self, conn: &mut Conn, publication: &Publication) -> Result<()> {
        let ended: Vec<Succession> = publication
            .succession
            .ended
            .iter()
            .map(|(id, heir)| Succession {
                group_id: self.group.id,
                profile_id: *id,
                successor_id: *heir,
                ended_at: self.now,
            })
            .collect();
        profiles::put_successions(conn, &ended)?;
        let born: Vec<SellerId> = publication.succession.born.iter().copied().collect();
        profiles::delete_successions(conn, self.group.id, &born)
    }
}

/// An event before it has its number.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Noted {
    kind: EventKind,
    id: SellerId,
    revision: i32,
    others: BTreeSet<SellerId>,
    words_before: BTreeSet<Key>,
    changed: BTreeSet<ViewField>,
    risk_before: u8,
}

impl Noted {
    /// Of a profile that the class did not see before.
    fn of(kind: EventKind, id: SellerId, revision: i32, others: BTreeSet<SellerId>) -> Self {
        let (words_before, changed) = (BTreeSet::new(), BTreeSet::new());
        Self { kind, id, revision, others, words_before, changed, risk_before: 0 }
    }

    /// The same of one that it did, with the stored bodies of its views before and after.
    fn seen(self, before: &str, after: Option<&str>, hasher: &KeyHasher) -> Result<Self> {
        let before = Written::read(before)?;
        let changed = match after {
            Some(after) => before.changed(&Written::read(after)?),
            None => BTreeSet::new(),
        };
        Ok(Self { words_before: before.words(hasher)?, risk_before: before.risk()?, changed, ..self })
    }
}

/// A [`Projection`] whose view is written already: the digest and the row need the same bytes.
#[derive(Serialize)]
struct Kept<'p> {
    view: &'p RawValue,
    keys: &'p [Key],
    order_date: NaiveDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    unlisted: Option<&'p str>,
}
