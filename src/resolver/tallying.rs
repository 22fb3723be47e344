//! Reads what the views of profiles are made from: what their reports add up to, and the reports themselves.
//!
//! Of a profile with more than a few reports only those are read that came into it, and those that its views show one by
//! one.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::thread;

use super::parallel::in_parallel;
use crate::domain::id::{GroupId, MemberId, ReportId, SellerId};
use crate::domain::lens::class::Class;
use crate::domain::lens::contribution::Contribution;
use crate::domain::lens::seller::Profile;
use crate::domain::lens::tally::Tally;
use crate::domain::member::Owner;
use crate::domain::resolution::facts::KeyHasher;
use crate::domain::resolution::settling::Fate;
use crate::store::members::Member;
use crate::store::pool::{self, Seat};
use crate::store::reports::Stored;
use crate::store::{Conn, Db, Result, members, reports, tallies};

/// Reports read at once.
const PAGE: usize = 2_000;

/// Reports from which reading them in two halves is worth a thread.
const PARTED_MIN: usize = 256;

/// Profiles that have reports.
#[derive(Default)]
pub(super) struct Profiles {
    found: Found,
    owners: BTreeMap<MemberId, Owner>,
}

type Found = BTreeMap<SellerId, (Tally, Shown)>;

/// The reports of a profile that its views may show. A report is a kilobyte, and is not moved about in maps.
type Shown = BTreeMap<ReportId, Box<Contribution>>;

impl Profiles {
    pub fn iter(&self) -> impl Iterator<Item = (SellerId, Profile<'_>)> {
        self.found
            .iter()
            .map(|(id, (tally, reports))| (*id, Profile { tally, owners: &self.owners, reports }))
    }
}

/// Reads profiles after what happened to them, and keeps what those with more than a few reports add up to. What is given
/// `beside` sees the reports that `conn` sees, and is read at the same time.
pub(super) fn read(
    conn: &mut Conn,
    beside: Option<&Db>,
    hasher: &KeyHasher,
    group: GroupId,
    classes: &[Class],
    shown_max: usize,
    fates: &BTreeMap<SellerId, Fate>,
) -> Result<Profiles> {
    let mut reading = Reading { conn, beside, hasher, group, classes, shown_max, members: BTreeMap::new() };
    let ids: Vec<SellerId> = fates.keys().copied().collect();
    let kept = tallies::find(reading.conn, group, &ids)?;
    let before: Vec<SellerId> = kept.keys().copied().collect();
    let mut found = reading.grow(kept, fates)?;
    let afresh: Vec<SellerId> = ids.into_iter().filter(|id| !found.contains_key(id)).collect();
    found.extend(reading.tally(&afresh)?);
    reading.complete(&mut found)?;
    let kept: BTreeMap<SellerId, &Tally> =
        found.iter().map(|(id, (tally, _))| (*id, tally)).filter(|(_, tally)| tally.is_kept()).collect();
    let forgotten: Vec<SellerId> = before.into_iter().filter(|id| !kept.contains_key(id)).collect();
    tallies::delete(reading.conn, group, &forgotten)?;
    tallies::put(reading.conn, group, &kept)?;
    reading.know(found.values().flat_map(|(tally, _)| tally.members()))?;
    let owners = reading.members.into_values().map(|member| (member.id, member.owner())).collect();
    Ok(Profiles { found, owners })
}

struct Reading<'c> {
    conn: &'c mut Conn,
    beside: Option<&'c Db>,
    hasher: &'c KeyHasher,
    group: GroupId,
    classes: &'c [Class],
    shown_max: usize,
    /// Those that were asked for.
    members: BTreeMap<MemberId, Member>,
}

impl Reading<'_> {
    /// The kept tallies of profiles that only grew, with what came into them, and those of the reports that are shown.
    fn grow(
        &mut self,
        mut known: BTreeMap<SellerId, Tally>,
        fates: &BTreeMap<SellerId, Fate>,
    ) -> Result<Found> {
        known.retain(|id, _| matches!(fates.get(id), Some(Fate::Grew { .. })));
        let (mut entries, mut accounts) = (Vec::new(), Vec::new());
        for id in known.keys() {
            if let Some(Fate::Grew { entries: of_one, accounts: whole }) = fates.get(id) {
                entries.extend(of_one);
                accounts.extend(whole);
            }
        }
        let mut seats = pool::seats_of(self.conn, self.group, &entries, &accounts)?;
        let mut came: BTreeMap<SellerId, usize> = BTreeMap::new();
        for seat in &seats {
            *came.entry(seat.profile_id).or_default() += 1;
        }
        known.retain(|id, tally| tally.has_room_for(came.get(id).copied().unwrap_or_default()));
        seats.retain(|seat| known.contains_key(&seat.profile_id));
        let mut grown: Found = known.into_iter().map(|(id, tally)| (id, (tally, Shown::new()))).collect();
        for seats in seats.chunks(PAGE) {
            let mut came = self.contributions(&wanted(seats))?;
            for seat in seats {
                if let (Some((tally, shown)), Some(one)) =
                    (grown.get_mut(&seat.profile_id), came.remove(&seat.report_id))
                {
                    tally.add(&one, self.hasher);
                    shown.insert(one.report_id, one);
                }
            }
            let ids: BTreeSet<SellerId> = seats.iter().map(|seat| seat.profile_id).collect();
            self.drop_unshown(&mut grown, ids);
        }
        Ok(grown)
    }

    /// Lets go of the reports that no view of these profiles shows.
    fn drop_unshown(&self, found: &mut Found, ids: impl IntoIterator<Item = SellerId>) {
        for id in ids {
            if let Some((tally, shown)) = found.get_mut(&id) {
                let wanted = self.shown(tally);
                shown.retain(|_, one| wanted.contains(&(one.member, one.report_id)));
            }
        }
    }

    /// Reads the reports that views show and that were not read yet.
    fn complete(&mut self, found: &mut Found) -> Result<()> {
        let mut missing: Vec<((MemberId, ReportId), SellerId)> = Vec::new();
        for (id, (tally, shown)) in &*found {
            let wanted = self.shown(tally).into_iter().filter(|(_, report)| !shown.contains_key(report));
            missing.extend(wanted.map(|one| (one, *id)));
        }
        for missing in missing.chunks(PAGE) {
            let wanted: Vec<(MemberId, ReportId)> = missing.iter().map(|(one, _)| *one).collect();
            let mut read = self.contributions(&wanted)?;
            for ((_, report), id) in missing {
                if let (Some((_, shown)), Some(one)) = (found.get_mut(id), read.remove(report)) {
                    shown.insert(*report, one);
                }
            }
        }
        Ok(())
    }

    /// Tallies made from all reports of these profiles, with the reports of those that are not large.
    fn tally(&mut self, ids: &[SellerId]) -> Result<Found> {
        let mut seats = pool::seats_of_profiles(self.conn, self.group, ids)?;
        seats.sort_by_key(|seat| (seat.profile_id, seat.entry));
        let mut found = Found::new();
        for of_one in seats.chunk_by(|one, other| one.profile_id == other.profile_id) {
            if let Some(seat) = of_one.first() {
                found.insert(
                    seat.profile_id,
                    (Tally::for_reports(of_one.len(), self.shown_max), Shown::new()),
                );
            }
        }
        for seats in seats.chunks(PAGE) {
            let mut read = self.contributions(&wanted(seats))?;
            for seat in seats {
                let (Some((tally, shown)), Some(one)) =
                    (found.get_mut(&seat.profile_id), read.remove(&seat.report_id))
                else {
                    continue;
                };
                tally.add(&one, self.hasher);
                if !tally.is_large() {
                    shown.insert(one.report_id, one);
                }
            }
            // Of those that are read to their end, no report is held that no view shows.
            let unfinished = seats.last().map(|seat| seat.profile_id);
            let ids: BTreeSet<SellerId> = seats.iter().map(|seat| seat.profile_id).collect();
            self.drop_unshown(&mut found, ids.into_iter().filter(|id| Some(*id) != unfinished));
        }
        // Reports that were retracted and still wait for that to be worked in.
        found.retain(|_, (tally, _)| tally.reports() > 0);
        Ok(found)
    }

    /// The reports of a profile that its views show.
    fn shown(&self, tally: &Tally) -> BTreeSet<(MemberId, ReportId)> {
        self.classes.iter().flat_map(|class| tally.shown_to(class)).collect()
    }

    /// The live ones among these reports.
    fn contributions(
        &mut self,
        wanted: &[(MemberId, ReportId)],
    ) -> Result<HashMap<ReportId, Box<Contribution>>> {
        self.know(wanted.iter().map(|(member, _)| *member))?;
        let stored = self.live(wanted)?;
        let members = &self.members;
        let read = in_parallel(&stored, |stored| {
            let Some(reporter) = members.get(&stored.member_id) else { return Ok(None) };
            let contribution = Contribution {
                member: stored.member_id,
                member_name: reporter.name.clone(),
                report_id: stored.id,
                revision: stored.revision,
                report: stored.report()?,
            };
            Ok(Some((stored.id, Box::new(contribution))))
        });
        read.into_iter().filter_map(Result::transpose).collect()
    }

    /// The live ones among these reports, half of them read beside.
    fn live(&mut self, wanted: &[(MemberId, ReportId)]) -> Result<Vec<Stored>> {
        let Some(db) = self.beside.filter(|_| wanted.len() >= PARTED_MIN) else {
            return reports::live(self.conn, wanted);
        };
        // In the order of the index: each half is read once through.
        let mut wanted = wanted.to_vec();
        wanted.sort_unstable();
        let (ours, theirs) = wanted.split_at(wanted.len() / 2);
        let (found, others) = thread::scope(|scope| {
            let others = scope.spawn(|| db.read_if_free(|conn| reports::live(conn, theirs)));
            let found = reports::live(self.conn, ours);
            (found, others.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        let mut found = found?;
        found.extend(match others {
            Some(others) => others?,
            None => reports::live(self.conn, theirs)?,
        });
        Ok(found)
    }

    /// Reads those of these members that are not known yet.
    fn know(&mut self, ids: impl Iterator<Item = MemberId>) -> Result<()> {
        let unknown: BTreeSet<MemberId> = ids.filter(|id| !self.members.contains_key(id)).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let unknown: Vec<MemberId> = unknown.into_iter().collect();
        let found = members::find_many(self.conn, &unknown)?;
        self.members.extend(found.into_iter().map(|member| (member.id, member)));
        Ok(())
    }
}

fn wanted(seats: &[Seat]) -> Vec<(MemberId, ReportId)> {
    seats.iter().map(|seat| (seat.member_id, seat.report_id)).collect()
}
