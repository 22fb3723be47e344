//! The reports of a profile that a viewer sees one by one, all of them: a view shows the last few.

use std::collections::BTreeSet;

use super::Reader;
use crate::domain::id::{MemberId, ReportId, SellerId};
use crate::domain::lens::class::Class;
use crate::domain::lens::contribution::{Contribution, ContributionView, seen};
use crate::store::{Conn, Result, members, pool, profiles, reports};

/// Reports looked through at once.
const ROWS: i64 = 500;

impl Reader<'_> {
    /// Those before this one, the last filed first, with whether more follow; `None` if there is no such profile. What
    /// waits to be worked in is left out: it may say by now what the viewer is not to see.
    pub fn contributions(
        &self,
        conn: &mut Conn,
        id: SellerId,
        before: Option<ReportId>,
        limit: usize,
    ) -> Result<Option<(Vec<ContributionView>, bool)>> {
        let row = profiles::find_view(conn, self.group.id, self.class(), id)?;
        let Some(projection) = row.map(|row| row.projection()).transpose()? else { return Ok(None) };
        let (mut found, mut position) = (Vec::new(), before);
        let mut ended = projection.view().contributions_total == 0 && !leak!(ContributionsToPeers);
        // Through to the end, so that what the viewer may not see makes no page shorter.
        while !ended && found.len() <= limit {
            let seats = pool::seats_before(conn, self.group.id, id, position, ROWS)?;
            position = seats.last().map(|seat| seat.report_id);
            ended = (seats.len() as i64) < ROWS;
            let wanted: Vec<(MemberId, ReportId)> =
                seats.iter().map(|seat| (seat.member_id, seat.report_id)).collect();
            found.extend(self.shown(conn, &wanted, projection.sees_every_report())?);
        }
        let more = found.len() > limit;
        found.truncate(limit);
        Ok(Some((found, more)))
    }

    /// Whether the viewer sees a report one by one, of a profile of which it sees some so.
    pub(super) fn sees(&self, conn: &mut Conn, report: (MemberId, ReportId)) -> Result<bool> {
        Ok(!self.shown(conn, &[report], false)?.is_empty())
    }

    /// Those of these reports that the viewer sees, the last filed first.
    fn shown(
        &self,
        conn: &mut Conn,
        wanted: &[(MemberId, ReportId)],
        sees_every: bool,
    ) -> Result<Vec<ContributionView>> {
        let class = Class::of(self.viewer.kind, &self.viewer.member_slug);
        let ids: Vec<ReportId> = wanted.iter().map(|(_, id)| *id).collect();
        let waiting = pool::waiting_among(conn, self.group.id, &ids)?;
        let whose: BTreeSet<MemberId> = wanted.iter().map(|(member, _)| *member).collect();
        let whose: Vec<MemberId> = whose.into_iter().collect();
        let members = members::find_many(conn, &whose)?;
        let mut shown = Vec::new();
        for stored in reports::live(conn, wanted)? {
            let Some(member) = members.iter().find(|member| member.id == stored.member_id) else { continue };
            let report = stored.report()?;
            if waiting.contains(&stored.id) || !self.group.pools(&report.share_with) {
                continue;
            }
            let contribution = Contribution {
                member: member.id,
                member_name: member.name.clone(),
                report_id: stored.id,
                revision: stored.revision,
                report,
            };
            shown.extend(seen(&contribution, &class, sees_every));
        }
        shown.sort_by_key(|view| std::cmp::Reverse(view.report_id));
        Ok(shown)
    }
}
