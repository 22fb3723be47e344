//! Reads what the views of profiles are made from: what their reports add up to, and the reports themselves.
//!
//! Of a profile with more than a few reports only those are read that came into it, and those that its views show one by
//! one.
//!
//! Where the reports went is asked of the transaction that moves them ([`seated`]). All else stands as it stood before it,
//! and may be read on another connection ([`read`]).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::parallel::in_parallel;
use crate::domain::id::{GroupId, MemberId, ReportId, SellerId};
use crate::domain::lens::class::Class;
use crate::domain::lens::contribution::Contribution;
use crate::domain::lens::seller::Profile;
use crate::domain::lens::tally::Tally;
use crate::domain::member::Owner;
use crate::domain::resolution::keys::KeyHasher;
use crate::domain::resolution::settling::Fate;
use crate::store::groups::Group;
use crate::store::members::Member;
use crate::store::pool::{self, Seat};
use crate::store::tallies::{self, TallyRow};
use crate::store::{Conn, Result, members, reports};

/// Reports read at once.
const PAGE: usize = 2_000;

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

/// Where the reports of some profiles are that must be read to tell what those add up to.
pub(super) struct Seated {
    /// Profiles of which a tally is kept.
    kept: Vec<SellerId>,
    /// The tallies of those that only grew, and what came into them.
    grew: BTreeMap<SellerId, Tally>,
    came: Vec<Seat>,
    /// All reports of the others, by profile.
    others: Vec<Seat>,
}

/// What profiles add up to, as it is to be kept.
pub(super) struct Tallies {
    put: Vec<TallyRow>,
    forgotten: Vec<SellerId>,
}

impl Tallies {
    pub fn write(&self, conn: &mut Conn, group: GroupId) -> Result<()> {
        tallies::delete(conn, group, &self.forgotten)?;
        tallies::put(conn, &self.put)
    }
}

/// Finds the reports of profiles after what happened to them.
pub(super) fn seated(
    conn: &mut Conn,
    group: GroupId,
    ids: &[SellerId],
    fates: &BTreeMap<SellerId, Fate>,
) -> Result<Seated> {
    let mut grew = tallies::find(conn, group, ids)?;
    let kept = grew.keys().copied().collect();
    let (mut entries, mut accounts) = (Vec::new(), Vec::new());
    grew.retain(|id, _| {
        let Some(Fate::Grew { entries: of_one, accounts: whole }) = fates.get(id) else { return false };
        entries.extend(of_one);
        accounts.extend(whole);
        true
    });
    let mut came = pool::seats_of(conn, group, &entries, &accounts)?;
    let mut counts: BTreeMap<SellerId, usize> = BTreeMap::new();
    for seat in &came {
        *counts.entry(seat.profile_id).or_default() += 1;
    }
    grew.retain(|id, tally| tally.has_room_for(counts.get(id).copied().unwrap_or_default()));
    came.retain(|seat| grew.contains_key(&seat.profile_id));
    let others: Vec<SellerId> = ids.iter().copied().filter(|id| !grew.contains_key(id)).collect();
    let mut others = pool::seats_of_profiles(conn, group, &others)?;
    others.sort_by_key(|seat| (seat.profile_id, seat.entry));
    Ok(Seated { kept, grew, came, others })
}

/// Reads what profiles add up to, and what is to be kept of that. `conn` need not see what is written meanwhile.
pub(super) fn read(
    conn: &mut Conn,
    hasher: &KeyHasher,
    group: &Group,
    classes: &[Class],
    shown_max: usize,
    seated: Seated,
) -> Result<(Profiles, Tallies)> {
    let Seated { kept, grew, came, others } = seated;
    let mut reading = Reading { conn, hasher, group, classes, shown_max, members: BTreeMap::new() };
    let mut found = reading.grow(grew, &came)?;
    found.extend(reading.tally(&others)?);
    reading.complete(&mut found)?;
    let put = found
        .iter()
        .filter(|(_, (tally, _))| tally.is_kept())
        .map(|(id, (tally, _))| TallyRow::new(group.id, *id, tally))
        .collect::<Result<Vec<_>>>()?;
    let is_put = |id: &SellerId| found.get(id).is_some_and(|(tally, _)| tally.is_kept());
    let forgotten = kept.into_iter().filter(|id| !is_put(id)).collect();
    reading.know(found.values().flat_map(|(tally, _)| tally.members()))?;
    let owners = reading.members.into_values().map(|member| (member.id, member.owner())).collect();
    Ok((Profiles { found, owners }, Tallies { put, forgotten }))
}

struct Reading<'c> {
    conn: &'c mut Conn,
    hasher: &'c KeyHasher,
    group: &'c Group,
    classes: &'c [Class],
    shown_max: usize,
    /// Those that were asked for.
    members: BTreeMap<MemberId, Member>,
}

impl Reading<'_> {
    /// Tallies with what came into them, and the reports of those that are shown.
    fn grow(&mut self, grew: BTreeMap<SellerId, Tally>, came: &[Seat]) -> Result<Found> {
        let mut grown: Found = grew.into_iter().map(|(id, tally)| (id, (tally, Shown::new()))).collect();
        for seats in came.chunks(PAGE) {
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

    /// Tallies made from all reports of profiles, with the reports of those that are not large.
    fn tally(&mut self, seats: &[Seat]) -> Result<Found> {
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
        // Reports that were retracted, or revised out of the group, and still wait for that to be worked in.
        found.retain(|_, (tally, _)| tally.reports() > 0);
        Ok(found)
    }

    /// The reports of a profile that its views show.
    fn shown(&self, tally: &Tally) -> BTreeSet<(MemberId, ReportId)> {
        self.classes.iter().flat_map(|class| tally.shown_to(class)).collect()
    }

    /// The live ones among these reports that belong to the group. One that was revised out of it is in its pool until that
    /// is worked in, and what it says now is for others.
    fn contributions(
        &mut self,
        wanted: &[(MemberId, ReportId)],
    ) -> Result<HashMap<ReportId, Box<Contribution>>> {
        self.know(wanted.iter().map(|(member, _)| *member))?;
        let stored = reports::live(self.conn, wanted)?;
        let (members, group) = (&self.members, self.group);
        let read = in_parallel(&stored, |stored| {
            let Some(reporter) = members.get(&stored.member_id) else { return Ok(None) };
            let report = stored.report()?;
            if !group.pools(&report.share_with) {
                return Ok(None);
            }
            let contribution = Contribution {
                member: stored.member_id,
                member_name: reporter.name.clone(),
                report_id: stored.id,
                revision: stored.revision,
                report,
            };
            Ok(Some((stored.id, Box::new(contribution))))
        });
        read.into_iter().filter_map(Result::transpose).collect()
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
