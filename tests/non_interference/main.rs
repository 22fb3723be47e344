//! What a viewer may not see changes no byte of what it gets (DESIGN's one rule of privacy): an alliance, and one
//! that differs in everything that the viewer may not see, answer alike to every operation. And whoever breaks the
//! rule on purpose is caught.

mod harness;
mod kept_group;
mod totals;

use std::sync::Mutex;

use harness::leaks::Hunt;
use harness::pairs::{self, Tally};
use harness::people::viewer;
use harness::postgres;
use harness::replay::Asked;
use harness::worlds::Alliance;
use touchstone::leaks::Leak;
use touchstone::store::Engine;

/// Pairs of every test run.
const PAIRS: usize = 200;

/// A leak is planted in the whole process: meanwhile nothing else is tried in it.
static PROCESS: Mutex<()> = Mutex::new(());

#[track_caller]
fn assert_alike(tally: &Tally) {
    let first: Vec<&str> = tally.told.iter().take(3).map(String::as_str).collect();
    assert!(tally.differing_bytes == 0, "{} answers differ\n{}", tally.told.len(), first.join("\n"));
}

#[test]
fn what_a_viewer_may_not_see_changes_no_byte_of_any_answer() {
    let _alone = PROCESS.lock();
    let tally = pairs::run(PAIRS, postgres::available(), |_| {});
    assert_alike(&tally);
    assert!(tally.pairs >= PAIRS && tally.operations > 100 * PAIRS, "{tally:?}");
}

#[test]
fn alliances_that_differ_in_everything_that_the_lens_hides_look_alike() {
    let _alone = PROCESS.lock();
    assert_alike(&pairs::twins(Engine::Sqlite, 30));
    if postgres::available() {
        assert_alike(&pairs::twins(Engine::Postgres, 10));
    }
}

#[test]
fn what_one_viewer_cannot_tell_apart_another_can() {
    let _alone = PROCESS.lock();
    let whole = pairs::whole(0);
    let part = pairs::part(&whole, viewer("dora"), 0);
    let [ours, theirs] = [&whole, &part].map(|plan| Alliance::build(Engine::Sqlite, plan));
    for other in ["taobao", "operator"] {
        let (_, found) = pairs::compare(&ours, &theirs, viewer(other), Asked::Sample { seed: 0, most: 5 });
        assert!(found.bytes > 0, "{other} cannot tell them apart: they are too much alike");
    }
}

#[test]
fn every_planted_leak_is_caught() {
    let _alone = PROCESS.lock();
    let mut hunt = Hunt::default();
    let missed: Vec<&Leak> = Leak::ALL.iter().filter(|leak| hunt.for_leak(**leak).is_none()).collect();
    assert!(missed.is_empty(), "nobody noticed {missed:?}");
    assert!(Leak::ALL.len() >= 40, "there are fewer leaks to catch than there were");
}

#[test]
fn the_privacy_page_lists_every_planted_leak() {
    let page = include_str!("../../docs/PRIVACY.md");
    let rows = Leak::ALL.iter().map(|leak| {
        let whose = viewer(leak.viewer()).name;
        format!("| {leak:?} | {} | {whose} | `{}` |\n", leak.what(), leak.operation())
    });
    let table =
        format!("| leak | the server | caught by | at |\n|---|---|---|---|\n{}", rows.collect::<String>());
    assert!(page.contains(&table), "docs/PRIVACY.md must contain this table:\n{table}");
}
