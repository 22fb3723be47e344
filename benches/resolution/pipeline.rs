//! The server's own pipeline on SQLite: filing in batches, resolving, publishing.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use touchstone::app::{App, Parts, production};
use touchstone::domain::id::{MemberId, ReportId};
use touchstone::domain::member::MemberKind;
use touchstone::ops::create_member::{NewMember, create_member};
use touchstone::ops::file_reports::{Order, ReportError, Work, file};
use touchstone::resolver::{Resolver, Watch};
use touchstone::store::{Place, StoreError, groups, pool};

use crate::{Filing, SECRET};

/// What a run came to.
pub struct Run {
    pub reports_per_s: f64,
    pub peak_mib: f64,
    /// The profile of each report, in their order.
    pub profiles: Vec<usize>,
}

/// Reports filed in one transaction, between which the resolver works.
const BATCH: usize = 500;

struct Nobody;

impl Watch for Nobody {
    fn resolved(&self, _: usize, _: f64) {}
}

#[expect(clippy::print_stdout, reason = "a benchmark reports to a person")]
pub fn run(filings: &[Filing]) -> Run {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = folder.path().join("bench.db").to_string_lossy().into_owned();
    // Ties are broken by keyed hashes: only under one secret do two ways come to the same.
    let parts = Parts { resolve: false, fixed_secret: Some(SECRET), ..production::parts() };
    let (app, background) =
        App::start(&Place { url: url.into(), connections: 2 }, parts).expect("the application starts");
    let members = members(&app, filings);
    let resolver = Resolver {
        db: app.db.clone(),
        hasher: app.hasher.clone(),
        clock: app.clock.clone(),
        watch: Arc::new(Nobody),
    };
    let started = Instant::now();
    let mut ids: Vec<Option<ReportId>> = Vec::with_capacity(filings.len());
    let tenth = filings.len().div_ceil(10).max(1);
    let (mut parts, mut since) = (Vec::new(), Instant::now());
    for part in filings.chunks(BATCH) {
        ids.extend(submit(&app, &members, part));
        resolver.drain(|_| {}).expect("the reports are resolved");
        if ids.len() / tenth > parts.len() {
            parts.push(since.elapsed().as_secs_f64());
            since = Instant::now();
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    if let (Some(first), Some(last)) = (parts.first(), parts.last()) {
        println!("pipeline: first tenth {first:.1} s, last tenth {last:.1} s");
    }
    let placed = app.db.read(|conn| {
        let alliance = groups::all(conn)?.into_iter().find(|group| group.slug == "alliance");
        let alliance = alliance.ok_or_else(|| StoreError::Failed("no alliance".to_owned()))?;
        pool::derived(conn, alliance.id)
    });
    let placed = placed.expect("the pool can be read").profiles;
    let mut numbers = HashMap::new();
    let profiles = ids
        .iter()
        .enumerate()
        .map(|(row, id)| match id.and_then(|id| placed.get(&id)) {
            Some(profile) => *numbers.entry(*profile).or_insert(row),
            None => row,
        })
        .collect();
    background.stop(&app);
    Run { reports_per_s: filings.len() as f64 / seconds, peak_mib: peak_mib(), profiles }
}

fn members(app: &App, filings: &[Filing]) -> BTreeMap<String, MemberId> {
    let mut slugs: Vec<&str> = filings.iter().map(|filing| filing.member.as_str()).collect();
    slugs.sort_unstable();
    slugs.dedup();
    let made = app.db.write(|conn| {
        slugs
            .iter()
            .map(|slug| {
                let new =
                    NewMember { slug: (*slug).to_owned(), name: (*slug).to_owned(), kind: MemberKind::Brand };
                Ok::<_, StoreError>((
                    (*slug).to_owned(),
                    create_member(conn, app.ids.as_ref(), app.now(), &new)?.id,
                ))
            })
            .collect::<Result<_, _>>()
    });
    made.expect("members can be made")
}

/// Files a batch in one transaction; the id of each report that was filed.
fn submit(app: &App, members: &BTreeMap<String, MemberId>, part: &[Filing]) -> Vec<Option<ReportId>> {
    let orders: Vec<Option<Order>> = part
        .iter()
        .map(|filing| {
            Some(Order {
                member: members[&filing.member],
                actor: "bench".to_owned(),
                at: app.now(),
                work: Work::Submit(vec![filing.accepted.clone()?]),
            })
        })
        .collect();
    let given: Vec<&Order> = orders.iter().flatten().collect();
    let outcomes = app.db.write(|conn| file(conn, &app.filing, &given)).expect("the reports are filed");
    let mut outcomes = outcomes.into_iter().map(|outcome| -> Result<ReportId, ReportError> {
        let filed = outcome?.pop().ok_or(ReportError::Stopped)??;
        Ok(filed.stored.id)
    });
    orders.iter().map(|order| order.as_ref().and_then(|_| outcomes.next()?.ok())).collect()
}

/// Most memory that this process has had, in MiB.
fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    let kib: f64 = line.trim().trim_end_matches(" kB").trim().parse().unwrap_or(f64::NAN);
    kib / 1024.0
}
