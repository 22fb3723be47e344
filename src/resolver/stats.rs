//! Once a month, the totals of every group.
//!
//! They are counted when the month begins and then stand still: figures that moved with each report could
//! be held against each other, before a report and after it. One pass over all live reports counts every
//! group; nothing waits for it but this thread.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::Resolver;
use super::parallel::in_parallel;
use crate::domain::id::{GroupId, MemberId};
use crate::domain::lens::stats::{Labels, Tally, counts_in};
use crate::domain::member::Owner;
use crate::domain::report::Report;
use crate::domain::time::{Timestamp, start_of_month};
use crate::store::group_stats::{self, Released};
use crate::store::groups::Group;
use crate::store::{Result, StoreError, members, reports};

/// Reports read at once.
const PAGE: i64 = 2_000;

/// How long counting is left alone after it failed: it reads everything.
const REST: Duration = Duration::from_secs(600);

/// The worker's part in counting.
#[derive(Default)]
pub(super) struct Counting {
    failed: Option<Instant>,
}

impl Counting {
    /// Counts what is due. A failure is told, keeps nothing else waiting, and is tried again later.
    pub(super) fn catch_up(&mut self, resolver: &Resolver, stopping: impl Fn() -> bool) {
        if self.failed.is_some_and(|at| at.elapsed() < REST) {
            return;
        }
        self.failed = match resolver.count_totals(stopping) {
            Ok(()) => None,
            Err(error) => {
                tracing::error!(%error, "counting the totals of groups failed and is tried again later");
                Some(Instant::now())
            }
        };
    }
}

impl Resolver {
    /// Counts the totals of all groups that have none of this month yet, unless told to stop on the way.
    pub fn count_totals(&self, stopping: impl Fn() -> bool) -> Result<()> {
        let as_of = Timestamp::of_date(start_of_month(self.clock.now().date()));
        let due = self.db.read(|conn| group_stats::due(conn, as_of))?;
        if due.is_empty() {
            return Ok(());
        }
        // A group that was made since then had no reports then.
        let old: Vec<&Group> = due.iter().filter(|group| group.created_at < as_of).collect();
        let Some(tallies) = self.tallies(&old, stopping)? else { return Ok(()) };
        self.db.write(|conn| {
            for group in &due {
                let totals = tallies.get(&group.id).map(Tally::release).unwrap_or_default();
                group_stats::put(conn, group.id, &Released { as_of, totals })?;
            }
            Ok::<_, StoreError>(())
        })
    }

    /// The reports of each of these groups, counted; `None` if told to stop.
    fn tallies(
        &self,
        groups: &[&Group],
        stopping: impl Fn() -> bool,
    ) -> Result<Option<BTreeMap<GroupId, Tally>>> {
        let mut tallies: BTreeMap<GroupId, Tally> = BTreeMap::new();
        let mut after = None;
        while !groups.is_empty() {
            if stopping() {
                return Ok(None);
            }
            let page = self.db.read(|conn| reports::live_after(conn, after, PAGE))?;
            let Some(last) = page.last() else { break };
            after = Some((last.member_id, last.id));
            let owners = self.owners(page.iter().map(|row| row.member_id).collect())?;
            let counted = in_parallel(&page, |row| {
                let report: Report = row.body.json()?;
                let of: Vec<GroupId> = groups
                    .iter()
                    .filter(|group| counts_in(&group.slug, &report))
                    .map(|group| group.id)
                    .collect();
                Ok::<_, StoreError>((of, Labels::of(&report)))
            });
            for (row, counted) in page.iter().zip(counted) {
                let (of, labels) = counted?;
                let Some(owner) = owners.get(&row.member_id) else { continue };
                for group in of {
                    tallies.entry(group).or_default().add(owner, labels.clone());
                }
            }
        }
        Ok(Some(tallies))
    }

    /// As whom these members count.
    fn owners(&self, members: BTreeSet<MemberId>) -> Result<BTreeMap<MemberId, Owner>> {
        let members: Vec<MemberId> = members.into_iter().collect();
        let found = self.db.read(|conn| members::find_many(conn, &members))?;
        Ok(found.into_iter().map(|member| (member.id, member.owner())).collect())
    }
}
