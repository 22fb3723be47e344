//! What a judgement is about, as far as the viewer may know of it, and who may judge: whoever sees both sides
//! in full, which is to say its own reports, or every report of the profiles.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use serde::Serialize;
use utoipa::ToSchema;

use super::Reader;
use crate::domain::id::{JudgementId, NotAnId, ReportId, SellerId};
use crate::domain::lens::class::Class;
use crate::domain::member::Scope;
use crate::domain::resolution::judgement::Verdict;
use crate::domain::resolution::partition::EntryId;
use crate::domain::time::Timestamp;
use crate::ops::judge::Side;
use crate::store::judgements::{self, Judgement, JudgementState, Whose};
use crate::store::pool::Entry;
use crate::store::{Conn, Result, pool, profiles};

/// What is judged: a report, or a profile for which one of its reports stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    Report(ReportId),
    Seller(SellerId),
}

impl FromStr for Judged {
    type Err = NotAnId;

    fn from_str(text: &str) -> std::result::Result<Self, NotAnId> {
        text.parse().map(Self::Report).or_else(|_| text.parse().map(Self::Seller))
    }
}

impl std::fmt::Display for Judged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Report(id) => id.fmt(f),
            Self::Seller(id) => id.fmt(f),
        }
    }
}

/// A judgement as its own member sees it, or a proposal as whoever may judge does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct JudgementView {
    pub id: JudgementId,
    /// The report or profile, as it was given.
    #[schema(example = "sel_0190f3a2b4c58d6e8f00112233445566")]
    pub a: String,
    pub b: String,
    pub verdict: Verdict,
    pub state: JudgementState,
    pub reason: String,
    /// Whether the caller's own member said it.
    pub own: bool,
    pub created_at: Timestamp,
    /// When it was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undone_at: Option<Timestamp>,
    /// The user or key that said it, for its own member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The user or key that took it back, for its own member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undone_by: Option<String>,
    /// The profiles that the two are in, for who judged and waited until that was worked in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sellers: Option<[SellerId; 2]>,
}

/// Where a page of judgements begins.
pub type JudgementPosition = (Timestamp, JudgementId);

/// Rows read at once while those are looked for that the viewer may see.
const ROWS: i64 = 200;

impl Reader<'_> {
    /// The report that stands for one side of a judgement; `None` if the viewer may not know of it, or it is
    /// not in this pool.
    pub fn side(&self, conn: &mut Conn, asked: Judged) -> Result<Option<Side>> {
        let side = |entry: &Entry, in_full| Side {
            asked: asked.to_string(),
            report: entry.report_id,
            account: entry.account,
            in_full,
        };
        match asked {
            Judged::Report(id) => {
                let Some(entry) = judgements::pooled(conn, self.group.id, &[id])?.remove(&id) else {
                    return Ok(None);
                };
                if entry.member_id == self.viewer.member {
                    return Ok(Some(side(&entry, true)));
                }
                let row = profiles::find_view(conn, self.group.id, self.class(), entry.profile_id)?;
                let Some(projection) = row.map(|row| row.projection()).transpose()? else { return Ok(None) };
                let view = projection.view();
                let seen = projection.sees_every_report()
                    || view.contributions.iter().any(|one| one.report_id == id)
                    || (view.contributions_total > 0 && self.sees(conn, (entry.member_id, id))?)
                    || leak!(HiddenReportsJudged);
                Ok(seen.then(|| side(&entry, projection.sees_every_report())))
            }
            Judged::Seller(id) => {
                let Some(row) = profiles::find_view(conn, self.group.id, self.class(), id)? else {
                    return Ok(None);
                };
                let in_full = row.projection()?.sees_every_report();
                let mut first: Option<(i64, Entry)> = None;
                let seats = pool::seats_of_profiles(conn, self.group.id, &[id])?;
                let ids: Vec<EntryId> = seats.iter().map(|seat| seat.entry).collect();
                for entry in pool::entries(conn, self.group.id, &ids)? {
                    let tie = entry.stored()?.facts.tie;
                    if first.as_ref().is_none_or(|(least, _)| tie < *least) {
                        first = Some((tie, entry));
                    }
                }
                Ok(first.map(|(_, entry)| side(&entry, in_full)))
            }
        }
    }

    /// Judgements of the viewer's own member and, for who may judge, the open proposals on what it sees in
    /// full; newest first, with whether more follow.
    pub fn judgements(
        &self,
        conn: &mut Conn,
        after: Option<JudgementPosition>,
        limit: usize,
    ) -> Result<(Vec<JudgementView>, bool)> {
        // A peer sees no profile in full, so for it there is nothing to look through.
        let is_peer =
            Class::of(self.viewer.kind, &self.viewer.member_slug) == Class::Peer && !leak!(ProposalsToPeers);
        let whose = if !is_peer && self.viewer.may(Scope::JudgementsWrite) {
            Whose::OwnAndProposed
        } else {
            Whose::Own
        };
        let mut found = Vec::new();
        let mut position = after;
        // Through to the end, so that what the viewer may not see makes no page shorter; there are no more
        // proposals than `ops::judge::PROPOSALS_MAX` of each member.
        loop {
            let rows = judgements::list(conn, self.viewer, self.group.id, whose, position, ROWS)?;
            position = rows.last().map(|row| (row.created_at, row.id));
            let complete = (rows.len() as i64) < ROWS;
            let known = self.known_judgements(conn, &rows)?;
            found.extend(rows.into_iter().filter(|row| known.contains(&row.id)).map(|row| self.said(row)));
            if complete || found.len() > limit {
                let more = found.len() > limit;
                found.truncate(limit);
                return Ok((found, more));
            }
        }
    }

    /// Whether the viewer may know of a judgement.
    pub fn knows_judgement(&self, conn: &mut Conn, row: &Judgement) -> Result<bool> {
        let may_judge = self.viewer.may(Scope::JudgementsWrite);
        let open = row.state == JudgementState::Proposed && row.undone_at.is_none();
        if row.member_id != self.viewer.member && !(may_judge && open) {
            return Ok(false);
        }
        Ok(self.known_judgements(conn, std::slice::from_ref(row))?.contains(&row.id))
    }

    /// Which of these are the viewer's own, or on two reports of profiles that it sees in full.
    fn known_judgements(&self, conn: &mut Conn, rows: &[Judgement]) -> Result<BTreeSet<JudgementId>> {
        let own = |row: &&Judgement| row.member_id == self.viewer.member;
        let mut known: BTreeSet<JudgementId> = rows.iter().filter(own).map(|row| row.id).collect();
        let others: Vec<&Judgement> = rows.iter().filter(|row| !own(row)).collect();
        let reports: BTreeSet<ReportId> =
            others.iter().flat_map(|row| [row.report_a, row.report_b]).collect();
        let reports: Vec<ReportId> = reports.into_iter().collect();
        let entries = judgements::pooled(conn, self.group.id, &reports)?;
        let ids: BTreeSet<SellerId> = entries.values().map(|entry| entry.profile_id).collect();
        let ids: Vec<SellerId> = ids.into_iter().collect();
        let mut in_full: BTreeMap<SellerId, bool> = BTreeMap::new();
        for row in profiles::views_of(conn, self.group.id, &[self.class().to_owned()], &ids)? {
            in_full.insert(row.profile_id, row.projection()?.sees_every_report());
        }
        let seen = |report: &ReportId| {
            let anyhow = leak!(JudgementsOfOthers) || leak!(ProposalsToPeers);
            entries.get(report).is_some_and(|entry| anyhow || in_full.get(&entry.profile_id) == Some(&true))
        };
        let others = others.into_iter().filter(|row| seen(&row.report_a) && seen(&row.report_b));
        known.extend(others.map(|row| row.id));
        Ok(known)
    }

    /// The profiles that two reports which the viewer judged are in; `None` while one of them waits to be worked in,
    /// or if one is gone.
    pub fn outcome(&self, conn: &mut Conn, reports: [ReportId; 2]) -> Result<Option<[SellerId; 2]>> {
        if pool::any_queued(conn, self.group.id, &reports)? {
            return Ok(None);
        }
        let entries = judgements::pooled(conn, self.group.id, &reports)?;
        let [a, b] = reports.map(|report| entries.get(&report).map(|entry| entry.profile_id));
        Ok(a.zip(b).map(|(a, b)| [a, b]))
    }

    /// A judgement that the viewer may know of, as it sees it. Who proposed stays hidden: on its own reports
    /// that would name an anonymous reporter.
    pub fn said(&self, row: Judgement) -> JudgementView {
        let own = row.member_id == self.viewer.member;
        JudgementView {
            id: row.id,
            a: row.asked_a,
            b: row.asked_b,
            verdict: row.verdict,
            state: row.state,
            reason: row.reason.text().into_owned(),
            own,
            created_at: row.created_at,
            undone_at: row.undone_at,
            actor: (own || leak!(ProposerShown)).then_some(row.actor),
            undone_by: row.undone_by.filter(|_| own),
            sellers: None,
        }
    }
}
