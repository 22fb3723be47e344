//! The server's own pipeline: filing in batches on one thread, resolving and publishing on another, as a server
//! does. Runs in a process of its own, so that its peak of memory is its own.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use touchstone::app::{App, Parts, production};
use touchstone::domain::id::{GroupId, MemberId, ReportId};
use touchstone::domain::lens::tally::SHOWN_MAX;
use touchstone::domain::member::MemberKind;
use touchstone::domain::report::Accepted;
use touchstone::ops::create_member::{NewMember, create_member};
use touchstone::ops::file_reports::{Order, ReportError, Work, file};
use touchstone::resolver::{self, Bell, Course, Resolver, StopLists, Watch};
use touchstone::store::vault::MasterKeys;
use touchstone::store::{Place, StoreError, groups, pool};

use crate::SECRET;
use crate::input::{Filing, accepted, written};

/// What a run came to.
#[derive(Serialize, Deserialize)]
pub struct Run {
    pub reports_per_s: f64,
    /// Seconds of the first and the last tenth.
    pub tenths_s: [f64; 2],
    pub peak_mib: f64,
    pub database_mib: f64,
    /// Milliseconds to resolve one report by itself, when all others are in: half and 99 of 100 take less.
    pub single_ms: [f64; 2],
    /// The profile of each report, in their order, by the first report in it.
    pub profiles: Vec<usize>,
}

impl Run {
    pub fn last_over_first(&self) -> f64 {
        self.tenths_s[0] / self.tenths_s[1]
    }
}

/// Reports filed in one transaction.
const BATCH: usize = 500;

/// Reports filed and not yet resolved, beyond which filing waits: a largest batch of the resolver that is written, one
/// that is worked out, and one that gathers.
const AHEAD_MAX: usize = 12_000;

/// Batches that are read and normalised ahead of filing.
const READ_AHEAD: usize = 4;

/// Reports that are kept to the end and resolved one by one.
const SINGLES: usize = 300;

/// The name of the variable that makes the process run a pipeline; it holds the database's URL.
pub const CHILD: &str = "RESOLUTION_CHILD";

/// Runs the pipeline on a database with these [forms](written), in a new process.
pub fn start(forms: &Path, url: &str) -> Option<Run> {
    let out = tempfile::NamedTempFile::new().ok()?;
    let mut command = Command::new(std::env::current_exe().ok()?);
    command.arg(forms).env(CHILD, url).env("RESOLUTION_RESULT", out.path());
    command.status().ok().filter(std::process::ExitStatus::success)?;
    serde_json::from_slice(&std::fs::read(out.path()).ok()?).ok()
}

/// What the new process does.
pub fn child(forms: &Path, url: &str) {
    let run = run(forms, url);
    let out = std::env::var("RESOLUTION_RESULT").expect("a place for the result");
    std::fs::write(out, serde_json::to_vec(&run).expect("a result")).expect("the result can be written");
}

fn run(forms: &Path, url: &str) -> Run {
    // Ties are broken by keyed hashes: only under one secret do two ways come to the same.
    let parts =
        Parts { resolve: false, fixed_secret: Some(SECRET), ..production::parts(MasterKeys::fixed(SECRET)) };
    let (app, background) = App::start(&Place { url: url.to_owned().into(), connections: 4 }, parts)
        .expect("the application starts");
    let (members, total) = members(&app, forms);
    let singles = SINGLES.min(total / 10);
    let alliance = alliance(&app);
    let started = Instant::now();
    let progress = Arc::new(Progress::new(total - singles, started));
    let resolver = Resolver {
        db: app.db.clone(),
        hasher: app.hasher.clone(),
        clock: app.clock.clone(),
        watch: Arc::clone(&progress) as Arc<dyn Watch>,
        stops: StopLists::default(),
        shown_max: SHOWN_MAX,
    };
    let bell = Arc::new(Bell::default());
    let worker = resolver::start(resolver.clone(), Arc::clone(&bell)).expect("the worker starts");
    let (mut ids, mut filed) = (Vec::with_capacity(total), 0);
    for part in read_ahead(forms.to_owned(), total - singles) {
        progress.wait_until(|resolved| filed <= resolved + AHEAD_MAX);
        let new = submit(&app, &members, part);
        filed += new.iter().flatten().count();
        ids.extend(new);
        bell.ring();
    }
    progress.wait_until(|resolved| filed <= resolved);
    let seconds = started.elapsed().as_secs_f64();
    bell.stop();
    worker.join().expect("resolving went well");
    let tenths_s = progress.first_and_last_tenth();
    let mut times = Vec::new();
    for filing in written(forms).skip(total - singles) {
        ids.extend(submit(&app, &members, vec![take(filing)]));
        let one = Instant::now();
        resolver.step(alliance, &mut Course::default()).expect("the report is resolved");
        times.push(one.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    let part = |of_hundred: usize| times.get(times.len() * of_hundred / 100).copied().unwrap_or(f64::NAN);
    // To read the whole pool for the comparison takes more than the pipeline did.
    let peak_mib = peak_mib();
    let placed = app.db.read(|conn| pool::placed(conn, alliance)).expect("the pool can be read");
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
    Run {
        reports_per_s: (total - singles) as f64 / seconds,
        tenths_s,
        peak_mib,
        database_mib: database_mib(url),
        single_ms: [part(50), part(99)],
        profiles,
    }
}

/// How far the worker is.
struct Progress {
    state: Mutex<Resolved>,
    moved: Condvar,
}

struct Resolved {
    reports: usize,
    /// Reports of a tenth, and when each tenth was reached.
    tenth: usize,
    at: Vec<Instant>,
}

impl Progress {
    fn new(total: usize, started: Instant) -> Self {
        let state = Resolved { reports: 0, tenth: total.div_ceil(10).max(1), at: vec![started] };
        Self { state: Mutex::new(state), moved: Condvar::new() }
    }

    fn wait_until(&self, is_reached: impl Fn(usize) -> bool) {
        let state = self.state.lock().expect("no thread panicked");
        drop(self.moved.wait_while(state, |state| !is_reached(state.reports)).expect("no thread panicked"));
    }

    /// Seconds of the first and of the last tenth.
    fn first_and_last_tenth(&self) -> [f64; 2] {
        let state = self.state.lock().expect("no thread panicked");
        let seconds = |pair: &[Instant]| (pair[1] - pair[0]).as_secs_f64();
        let all: Vec<f64> = state.at.windows(2).map(seconds).collect();
        [all.first(), all.last()].map(|tenth| tenth.copied().unwrap_or(f64::NAN))
    }
}

impl Watch for Progress {
    fn resolved(&self, reports: usize, seconds: f64) {
        let now = Instant::now();
        let mut state = self.state.lock().expect("no thread panicked");
        let before = state.reports;
        state.reports += reports;
        while state.reports >= state.tenth * state.at.len() && state.at.len() <= 10 {
            // Within a batch the reports are taken to be resolved one after the other.
            let left =
                (state.reports - state.tenth * state.at.len()) as f64 / (state.reports - before) as f64;
            let at = now.checked_sub(Duration::from_secs_f64(seconds * left)).unwrap_or(now);
            state.at.push(at);
        }
        drop(state);
        self.moved.notify_all();
    }
}

/// A report as the server took it from the form of a member.
type Taken = (String, Option<Accepted>);

fn take(Filing { member, form }: Filing) -> Taken {
    (member, accepted(form))
}

/// Reads and normalises on a thread of its own, as the server's workers do.
fn read_ahead(forms: PathBuf, total: usize) -> mpsc::Receiver<Vec<Taken>> {
    let (sender, receiver) = mpsc::sync_channel(READ_AHEAD);
    std::thread::spawn(move || {
        let mut filings = written(&forms).take(total);
        loop {
            let part: Vec<Taken> = filings.by_ref().take(BATCH).map(take).collect();
            if part.is_empty() || sender.send(part).is_err() {
                return;
            }
        }
    });
    receiver
}

fn alliance(app: &App) -> GroupId {
    let found = app.db.read(|conn| {
        let alliance = groups::all(conn)?.into_iter().find(|group| group.slug == "alliance");
        alliance.map(|group| group.id).ok_or_else(|| StoreError::Failed("no alliance".to_owned()))
    });
    found.expect("the alliance is there")
}

/// The members that file, and how many reports they have.
fn members(app: &App, forms: &Path) -> (BTreeMap<String, MemberId>, usize) {
    let (mut slugs, mut total) = (BTreeSet::new(), 0);
    for filing in written(forms) {
        slugs.insert(filing.member);
        total += 1;
    }
    let made = app.db.write(|conn| {
        slugs
            .iter()
            .map(|slug| {
                let new = NewMember { slug: slug.clone(), name: slug.clone(), kind: MemberKind::Brand };
                Ok::<_, StoreError>((
                    slug.clone(),
                    create_member(conn, app.ids.as_ref(), app.now(), &new)?.id,
                ))
            })
            .collect::<Result<_, _>>()
    });
    (made.expect("members can be made"), total)
}

/// Files a batch in one transaction; the id of each report that was filed.
fn submit(app: &App, members: &BTreeMap<String, MemberId>, part: Vec<Taken>) -> Vec<Option<ReportId>> {
    let orders: Vec<Option<Order>> = part
        .into_iter()
        .map(|(member, accepted)| {
            Some(Order {
                member: members[&member],
                actor: "bench".to_owned(),
                at: app.now(),
                work: Work::Submit(vec![accepted?]),
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

fn database_mib(url: &str) -> f64 {
    let bytes = if url.starts_with("postgres") {
        use diesel::{Connection, PgConnection, RunQueryDsl, dsl::sql, sql_types::BigInt};
        PgConnection::establish(url).ok().and_then(|mut conn| {
            let size = sql::<BigInt>("SELECT pg_database_size(current_database())");
            size.get_result::<i64>(&mut conn).ok()
        })
    } else {
        std::fs::metadata(url).ok().and_then(|file| i64::try_from(file.len()).ok())
    };
    bytes.map_or(f64::NAN, |bytes| bytes as f64 / f64::from(1 << 20))
}
