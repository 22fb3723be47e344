//! From a page of changed profiles to what each lens class sees of them, and the feed events that follow, with nothing
//! written yet.
//!
//! A class gets an event only when its own view of a profile changed, or the profile appeared, ended,
//! split or took another in, which the class is told of the other anyway. So the rhythm of its feed tells nothing
//! about what it may not see.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::digest;
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::value::RawValue;

use super::placing::{Moves, Placing, Shown};
use super::shared;
use super::tallying::{self, Seated, Tallies};
use crate::domain::group::GroupKind;
use crate::domain::id::SellerId;
use crate::domain::lens::change::{ViewField, Written};
use crate::domain::lens::class::Class;
use crate::domain::lens::seller::{Projection, project};
use crate::domain::resolution::identity::Succession as Heirs;
use crate::domain::resolution::keys::{Key, KeyHasher, KeyMap};
use crate::domain::resolution::rules::KeyClass;
use crate::domain::resolution::settling::Fate;
use crate::domain::time::Timestamp;
use crate::store::feed::{self, EventKind};
use crate::store::groups::{self, Group};
use crate::store::profiles::{self, TermRow, ViewRow};
use crate::store::{Conn, Result};

/// What changed in a pool.
pub(super) struct Publication {
    /// Profiles, live or ended, whose reports or the content of whose reports changed.
    pub changed: BTreeMap<SellerId, Fate>,
    pub succession: Heirs,
}

/// Which terms of published profiles are written, and counted among all profiles again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Terms {
    /// Those that a profile lost or gained. What it was found by follows from its stored views.
    Changed,
    /// All of them: none are stored.
    Anew,
}

/// Projects profiles of one group for the classes that read it.
pub(super) struct Projecting {
    pub group: Group,
    pub hasher: KeyHasher,
    pub now: Timestamp,
    classes: Vec<Class>,
    /// What the classes are called, in their order.
    pub names: Vec<String>,
    k: usize,
    shown_max: usize,
}

/// What a page of profiles comes to.
pub(super) struct Page {
    pub tallies: Tallies,
    /// Of each class, in their order.
    pub of_classes: Vec<OfClass>,
    /// What the profiles are found by no longer, and what they are found by and were not; where all terms are written
    /// anew, they were found by nothing.
    pub lost: Vec<TermRow>,
    pub gained: Vec<TermRow>,
    pub kinds: KeyMap<KeyClass>,
}

/// What a class gets to see.
pub(super) struct OfClass {
    pub views: Vec<ViewRow>,
    /// Profiles that it sees no longer.
    pub gone: Vec<SellerId>,
    pub events: Vec<Noted>,
    pub moves: Moves,
}

impl Projecting {
    pub fn new(
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
        let names = classes.iter().map(ToString::to_string).collect();
        // What cannot be a number of members is more than there are.
        let k = usize::try_from(group.k).unwrap_or(usize::MAX);
        Ok(Self { group: group.clone(), hasher: hasher.clone(), now, classes, names, k, shown_max })
    }

    /// What these profiles of a publication come to, and which of their terms are to be written. Of what the transaction
    /// changed that publishes them, `conn` need not see anything.
    pub fn page(
        &self,
        conn: &mut Conn,
        publication: &Publication,
        (ids, terms): (&[SellerId], Terms),
        seated: Seated,
    ) -> Result<Page> {
        let Self { group, hasher, classes, names, .. } = self;
        let (profiles, tallies) = tallying::read(conn, hasher, group, classes, self.shown_max, seated)?;
        let mut old: BTreeMap<(String, SellerId), ViewRow> = BTreeMap::new();
        for row in profiles::views_of(conn, group.id, names, ids)? {
            old.insert((row.class.clone(), row.profile_id), row);
        }
        let [mut found_by, mut was_found_by] = [BTreeSet::new(), BTreeSet::new()];
        let (mut kinds, mut of_classes) = (KeyMap::default(), Vec::new());
        for (class, name) in classes.iter().zip(names) {
            let projections: BTreeMap<SellerId, Projection> = profiles
                .iter()
                .filter_map(|(id, profile)| Some((id, project(profile, class, self.k, hasher)?)))
                .collect();
            of_classes.push(self.of_class(conn, name, publication, ids, &projections, &old)?);
            for (id, projection) in &projections {
                kinds.extend(shared::classes(projection));
                found_by.extend(self.terms(*id, projection, class));
            }
            if terms == Terms::Changed {
                for ((_, id), known) in old.iter().filter(|((of, _), _)| of == name) {
                    was_found_by.extend(self.terms(*id, &known.projection()?, class));
                }
            }
        }
        let lost = was_found_by.difference(&found_by).cloned().collect();
        let gained = found_by.difference(&was_found_by).cloned().collect();
        Ok(Page { tallies, of_classes, lost, gained, kinds })
    }

    fn of_class(
        &self,
        conn: &mut Conn,
        class: &str,
        publication: &Publication,
        ids: &[SellerId],
        projections: &BTreeMap<SellerId, Projection>,
        old: &BTreeMap<(String, SellerId), ViewRow>,
    ) -> Result<OfClass> {
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
                    let mut last = known.revision;
                    if leak!(RevisionsOfAllClasses) {
                        let of_all =
                            old.iter().filter(|((_, other), _)| other == id).map(|(_, row)| row.revision);
                        last = of_all.fold(last, i32::max);
                    }
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
        for id in ids {
            if let (None, Some(known)) = (projections.get(id), old.get(&(class.to_owned(), *id))) {
                let heir = publication.succession.ended.get(id).copied().flatten();
                let kind = if heir.is_some() { EventKind::Merged } else { EventKind::Removed };
                let noted = Noted::of(kind, *id, known.revision + 1, heir.into_iter().collect());
                events.push(noted.seen(&known.body.text(), None, &self.hasher)?);
                gone.push(*id);
                heirs.insert(*id, heir);
            }
        }
        let moves = self.placing(class).moves(conn, &shown, &heirs)?;
        Ok(OfClass { views, gone, events, moves })
    }

    /// What a class finds a profile by that it sees so.
    fn terms(
        &self,
        profile_id: SellerId,
        projection: &Projection,
        class: &Class,
    ) -> impl Iterator<Item = TermRow> {
        let group_id = self.group.id;
        let terms = projection.terms(class, &self.hasher).into_iter();
        terms.map(move |(audience, term)| TermRow { group_id, term, audience, profile_id })
    }

    pub fn placing<'p>(&'p self, class: &'p str) -> Placing<'p> {
        Placing { group: &self.group, class, hasher: &self.hasher, now: self.now }
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
}

/// An event before it has its number.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Noted {
    pub kind: EventKind,
    pub id: SellerId,
    pub revision: i32,
    pub others: BTreeSet<SellerId>,
    pub words_before: BTreeSet<Key>,
    pub changed: BTreeSet<ViewField>,
    pub risk_before: u8,
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
