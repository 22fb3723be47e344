//! What `touchstone rebuild --dry-run` prints. No value of a report is in it: the operator sees none.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::domain::id::SellerId;
use crate::domain::resolution::comparison::Comparison;
use crate::domain::resolution::partition::Link;
use crate::resolver::dry_run::DryRun;

/// Most merges, and most splits, that are printed of a group: the largest.
const LISTED_MAX: usize = 50;

/// Most profiles and most links that are printed of one of them.
const DETAILS_MAX: usize = 10;

/// The text for one group.
pub fn text(group: &str, run: &DryRun) -> String {
    let Comparison { reports, profiles, largest, moved, merges, splits } = &run.comparison;
    let mut text = format!(
        "{group}: {reports} reports; profiles {} -> {}; largest {} -> {}; {} would merge, {} would split, \
         {moved} reports would change their profile\n",
        profiles[0],
        profiles[1],
        largest[0],
        largest[1],
        merges.len(),
        splits.len(),
    );
    for merge in merges.iter().take(LISTED_MAX) {
        line(&mut text, &format!("  merge into {} ({} reports):", merge.into, merge.reports), &merge.from);
        links(&mut text, "over", &merge.links, run);
    }
    more(&mut text, merges.len(), LISTED_MAX, "  ", "merges");
    for split in splits.iter().take(LISTED_MAX) {
        line(&mut text, &format!("  split of {} ({} reports):", split.of, split.reports), &split.into);
        links(&mut text, "without", &split.links, run);
    }
    more(&mut text, splits.len(), LISTED_MAX, "  ", "splits");
    text
}

fn line(text: &mut String, beginning: &str, parts: &BTreeMap<SellerId, usize>) {
    let mut parts: Vec<(&SellerId, &usize)> = parts.iter().collect();
    parts.sort_by_key(|(id, count)| (std::cmp::Reverse(**count), **id));
    let shown: Vec<String> =
        parts.iter().take(DETAILS_MAX).map(|(id, count)| format!("{id} ({count})")).collect();
    let _ = writeln!(text, "{beginning} {}", shown.join(", "));
    more(text, parts.len(), DETAILS_MAX, "    ", "profiles");
}

fn links(text: &mut String, how: &str, links: &[Link], run: &DryRun) {
    for link in links.iter().take(DETAILS_MAX) {
        let report = |entry| run.reports.get(&entry).map(ToString::to_string).unwrap_or_default();
        let Link { from, to, fact, degree, score_decibits } = *link;
        let bits = f64::from(score_decibits) / 10.0;
        let _ = writeln!(
            text,
            "    {how} {}, carried by {degree}, {bits:.1} bits: {} and {}",
            fact.class,
            report(from),
            report(to)
        );
    }
    more(text, links.len(), DETAILS_MAX, "    ", "links");
}

fn more(text: &mut String, count: usize, shown: usize, indent: &str, what: &str) {
    if count > shown {
        let _ = writeln!(text, "{indent}and {} more {what}", count - shown);
    }
}
