//! How many reports of a group are worked in at once, and when it is worth waiting for more.
//!
//! A batch of thousands costs half as much for each report as one of hundreds: what many reports touch (a page of
//! an index, a value that many carry, a large profile) is read and written once for all of them. But a batch is
//! one transaction, and on SQLite nobody else writes until it ends. So batches grow with the backlog up to what keeps
//! others for [`LONGEST`], and a group that has a backlog rests until so many wait or no more come. One report that
//! comes by itself is never kept waiting.

use std::time::{Duration, Instant};

/// Reports that are taken at once whatever they take. A batch that is smaller leaves no backlog.
const BATCH_MIN: i64 = 500;

/// Reports that are never exceeded: a batch is held in memory.
const BATCH_MAX: i64 = 4_000;

/// How long a batch may keep those waiting who file: an upload shares SQLite's one writer with it.
const LONGEST: Duration = Duration::from_secs(2);

/// How long a group rests at most until a batch is full.
const REST_MAX: Duration = Duration::from_secs(1);

/// A group whose queue did not grow for so long is not kept resting.
const QUIET: Duration = Duration::from_millis(100);

/// Whether a batch of so many reports may have left some behind.
pub(super) fn may_leave_backlog(reports: usize) -> bool {
    i64::try_from(reports).is_ok_and(|reports| reports >= BATCH_MIN)
}

/// The pace at which a worker resolves one group.
#[derive(Debug, Default)]
pub struct Pace {
    /// Reports of the last large batch for each second that it kept others waiting.
    per_second: Option<f64>,
    resting: Option<Rest>,
}

#[derive(Debug)]
struct Rest {
    since: Instant,
    /// When the queue last grew, and to what.
    grown: (Instant, i64),
}

impl Pace {
    /// Reports to take next, at most.
    pub fn limit(&self) -> i64 {
        let Some(per_second) = self.per_second else { return BATCH_MIN };
        // Saturates, and is cut to size at once.
        let in_time = (per_second * LONGEST.as_secs_f64()) as i64;
        in_time.clamp(BATCH_MIN, BATCH_MAX)
    }

    /// Notes how the last batch went, which ended `now`: how long it kept those waiting who file.
    pub fn note(&mut self, reports: usize, kept: Duration, now: Instant) {
        let is_full = may_leave_backlog(reports);
        self.resting = is_full.then_some(Rest { since: now, grown: (now, 0) });
        if is_full {
            self.per_second = Some(reports as f64 / kept.as_secs_f64().max(f64::EPSILON));
        }
    }

    /// Whether it matters how many wait.
    pub fn is_resting(&self) -> bool {
        self.resting.is_some()
    }

    /// Whether the group is to be resolved `now`, when so many of its reports wait; not more need be counted than
    /// [`limit`](Self::limit).
    pub fn is_due(&mut self, waiting: i64, now: Instant) -> bool {
        let limit = self.limit();
        let Some(rest) = &mut self.resting else { return true };
        if waiting > rest.grown.1 {
            rest.grown = (now, waiting);
        }
        waiting >= limit || now - rest.since >= REST_MAX || now - rest.grown.0 >= QUIET
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    /// A pace after one batch of so many reports in so many milliseconds, and when that ended.
    fn after(reports: usize, millis: u64) -> (Pace, Instant) {
        let (mut pace, now) = (Pace::default(), Instant::now());
        pace.note(reports, ms(millis), now);
        (pace, now)
    }

    #[test]
    fn a_single_report_is_never_kept_waiting() {
        let mut fresh = Pace::default();
        assert!(fresh.is_due(1, Instant::now()));
        let (mut pace, now) = after(499, 100);
        assert!(pace.is_due(1, now));
    }

    #[test]
    fn a_batch_keeps_others_for_two_seconds_at_the_pace_of_the_last_one() {
        assert_eq!(Pace::default().limit(), 500);
        let limits = [(500, 1_000), (500, 400), (2_500, 1_000), (500, 60_000), (500, 0), (9, 1)]
            .map(|(reports, millis)| after(reports, millis).0.limit());
        assert_eq!(limits, [1_000, 2_500, 4_000, 500, 4_000, 500]);
    }

    #[test]
    fn after_a_full_batch_reports_gather_while_more_of_them_come() {
        let (mut pace, ended) = after(500, 500);
        assert!(!pace.is_due(10, ended + ms(50)));
        assert!(!pace.is_due(20, ended + ms(140)), "it grew");
        assert!(!pace.is_due(20, ended + ms(230)));
        assert!(pace.is_due(20, ended + ms(240)), "it did not grow for a while");
        assert!(pace.is_due(2_000, ended + ms(241)), "the batch is full");
    }

    #[test]
    fn gathering_ends_however_many_come() {
        let (mut pace, ended) = after(500, 500);
        for moment in 1_u32..20 {
            assert!(!pace.is_due(i64::from(moment), ended + ms(50) * moment));
        }
        assert!(pace.is_due(20, ended + ms(1_000)));
    }
}
