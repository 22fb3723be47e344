//! The server's own pipeline: filing in batches on one thread, resolving and publishing on another, as a server
//! does. Runs in a process of its own, so that its peak of memory is its own.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use touchstone::app::{App, Parts, production};
use touchstone::domain::id::{GroupId, MemberId, ReportId};
use touchstone::domain::member::MemberKind;
use touchstone::ops::create_member::{NewMember, create_member};
use touchstone::ops::file_reports::{Order, ReportError, Work, file};
use touchstone::resolver::{Resolver, StopLists, Watch};
use touchstone::store::vault::MasterKeys;
use touchstone::store::{Place, StoreError, groups, pool};

use crate::SECRET;
use crate::input::{Filing, Filings};

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

/// Reports filed and not yet resolved, beyond which filing waits.
const AHEAD_MAX: usize = 5_000;

/// Reports that are kept to the end and resolved one by one.
const SINGLES: usize = 300;

/// The name of the variable that makes the process run a pipeline; it holds the database's URL.
pub const CHILD: &str = "RESOLUTION_CHILD";

struct Nobody;

impl Watch for Nobody {
    fn resolved(&self, _: usize, _: f64) {}
}

/// Runs the pipeline on a database, in a new process.
pub fn start(folder: &Path, url: &str) -> Option<Run> {
    let out = tempfile::NamedTempFile::new().ok()?;
    let mut command = Command::new(std::env::current_exe().ok()?);
    command.arg(folder).env(CHILD, url).env("RESOLUTION_RESULT", out.path());
    command.status().ok().filter(std::process::ExitStatus::success)?;
    serde_json::from_slice(&std::fs::read(out.path()).ok()?).ok()
}

/// What the new process does.
pub fn child(folder: PathBuf, url: &str) {
    let run = run(&folder, url);
    let out = std::env::var("RESOLUTION_RESULT").expect("a place for the result");
    std::fs::write(out, serde_json::to_vec(&run).expect("a result")).expect("the result can be written");
}

fn run(folder: &Path, url: &str) -> Run {
    // Ties are broken by keyed hashes: only under one secret do two ways come to the same.
    let parts =
        Parts { resolve: false, fixed_secret: Some(SECRET), ..production::parts(MasterKeys::fixed(SECRET)) };
    let (app, background) = App::start(&Place { url: url.to_owned().into(), connections: 4 }, parts)
        .expect("the application starts");
    let total = Filings::open(folder).expect("the reports were read before").count();
    let singles = SINGLES.min(total / 10);
    let members = members(&app, folder);
    let alliance = alliance(&app);
    let resolver = Resolver {
        db: app.db.clone(),
        hasher: app.hasher.clone(),
        clock: app.clock.clone(),
        watch: Arc::new(Nobody),
        stops: StopLists::default(),
    };
    let ids = Arc::new(std::sync::Mutex::new(Vec::with_capacity(total)));
    let (filed, resolved) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let started = Instant::now();
    let filer = {
        let (app, members, ids) = (Arc::clone(&app), members.clone(), Arc::clone(&ids));
        let (filed, resolved) = (Arc::clone(&filed), Arc::clone(&resolved));
        let parts = read_ahead(folder.to_owned(), total - singles);
        std::thread::spawn(move || {
            for part in parts {
                while filed.load(Ordering::SeqCst) > resolved.load(Ordering::SeqCst) + AHEAD_MAX {
                    std::thread::sleep(Duration::from_millis(1));
                }
                let new = submit(&app, &members, &part);
                filed.fetch_add(new.iter().flatten().count(), Ordering::SeqCst);
                ids.lock().expect("no thread panicked").extend(new);
            }
        })
    };
    let mut tenths = Tenths::new(total - singles, started);
    loop {
        let ended = filer.is_finished();
        let done = resolver.step(alliance).expect("the reports are resolved");
        tenths.note(resolved.fetch_add(done, Ordering::SeqCst) + done);
        if done == 0 {
            if ended {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    filer.join().expect("filing went well");
    let mut ids = Arc::into_inner(ids).and_then(|ids| ids.into_inner().ok()).expect("nobody else has them");
    let mut times = Vec::new();
    for filing in Filings::open(folder).expect("the reports").skip(total - singles) {
        ids.extend(submit(&app, &members, &[filing]));
        let one = Instant::now();
        resolver.step(alliance).expect("the report is resolved");
        times.push(one.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    let part = |of_hundred: usize| times.get(times.len() * of_hundred / 100).copied().unwrap_or(f64::NAN);
    let placed = app.db.read(|conn| pool::derived(conn, alliance)).expect("the pool can be read").profiles;
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
        tenths_s: tenths.first_and_last(),
        peak_mib: peak_mib(),
        database_mib: database_mib(url),
        single_ms: [part(50), part(99)],
        profiles,
    }
}

/// When each tenth of the reports was resolved.
struct Tenths {
    of: usize,
    at: Vec<Instant>,
}

impl Tenths {
    fn new(total: usize, started: Instant) -> Self {
        Self { of: total.div_ceil(10).max(1), at: vec![started] }
    }

    fn note(&mut self, resolved: usize) {
        while resolved >= self.of * self.at.len() && self.at.len() <= 10 {
            self.at.push(Instant::now());
        }
    }

    fn first_and_last(&self) -> [f64; 2] {
        let seconds = |pair: &[Instant]| (pair[1] - pair[0]).as_secs_f64();
        let all: Vec<f64> = self.at.windows(2).map(seconds).collect();
        [all.first(), all.last()].map(|tenth| tenth.copied().unwrap_or(f64::NAN))
    }
}

/// Reads and normalises on a thread of its own, as the server's workers do.
fn read_ahead(folder: PathBuf, total: usize) -> mpsc::Receiver<Vec<Filing>> {
    let (sender, receiver) = mpsc::sync_channel(2);
    std::thread::spawn(move || {
        let mut filings = Filings::open(&folder).expect("the reports").take(total);
        loop {
            let part: Vec<Filing> = filings.by_ref().take(BATCH).collect();
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

fn members(app: &App, folder: &Path) -> BTreeMap<String, MemberId> {
    let slugs: BTreeSet<String> =
        Filings::open(folder).expect("the reports").map(|filing| filing.member).collect();
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
