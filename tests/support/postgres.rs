//! A throw-away PostgreSQL cluster, started from the installed binaries once per test run. It dies
//! with the test process, and its files with it: a shell holds it and ends it when its standard input closes.

use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

struct Cluster {
    port: u16,
    _shell: Child,
    _alive: ChildStdin,
}

/// Whether the cluster waits for the disk at a commit. Tests need not; measurements do.
pub static DURABLE: AtomicBool = AtomicBool::new(false);

static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();

/// Whether there is a PostgreSQL to test on. Where it must be (in CI), its absence is a failure;
/// elsewhere the skipped tests say so loudly.
pub fn available() -> bool {
    let there = CLUSTER.get_or_init(start).is_some();
    if !there {
        let required = std::env::var("CI").is_ok_and(|value| value == "true");
        assert!(!required, "PostgreSQL's initdb was not found, and in CI its tests must not be skipped");
        // Written past the test runner, which shows what a passing test prints to nobody.
        let notice = "SKIPPED: no PostgreSQL (initdb) was found; run scripts/install-test-tools to get it\n";
        std::io::stderr().write_all(notice.as_bytes()).expect("standard error takes a line");
    }
    there
}

/// A database of a test's own. It is gone when this is dropped: a suite makes hundreds, of ten megabytes each.
pub struct Database {
    name: String,
    pub url: String,
}

impl Database {
    /// A fresh, empty one.
    pub fn fresh() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("t{}", NEXT.fetch_add(1, Ordering::SeqCst));
        administer(&format!("CREATE DATABASE {name}"));
        let url = url(cluster().port, &name);
        Self { name, url }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        administer(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

/// Has the cluster do something that is done from no database of a test's.
pub fn administer(statement: &str) {
    let mut conn = PgConnection::establish(&url(cluster().port, "postgres")).expect("the cluster answers");
    conn.batch_execute(statement).expect("the cluster obeys");
}

fn cluster() -> &'static Cluster {
    CLUSTER.get_or_init(start).as_ref().expect("asked only where available")
}

fn url(port: u16, database: &str) -> String {
    format!("postgres://touchstone@127.0.0.1:{port}/{database}")
}

#[expect(clippy::zombie_processes, reason = "the shell lives as long as the test process")]
fn start() -> Option<Cluster> {
    let bin = find_binaries()?;
    let folder = tempfile::Builder::new().prefix("touchstone-pg-").tempdir().expect("a temporary folder");
    // The shell removes it: it outlives a test process that is killed.
    let folder = folder.keep();
    let user = unprivileged_user();
    if let Some((uid, gid)) = user {
        chown(&folder, Some(uid), Some(gid)).expect("the folder can be handed over");
    }
    let data = folder.join("data");
    let run = |command: &mut Command| {
        if let Some((uid, gid)) = user {
            command.uid(uid).gid(gid);
        }
        command.current_dir(&folder).stdout(Stdio::null()).spawn().expect("PostgreSQL starts")
    };
    let mut initdb = Command::new(bin.join("initdb"));
    initdb.args([
        "--username=touchstone",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
        "-D",
    ]);
    let done = run(initdb.arg(&data)).wait().expect("initdb runs");
    assert!(done.success(), "initdb failed");

    let port =
        TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
    let durable = if DURABLE.load(Ordering::SeqCst) { "on" } else { "off" };
    let script = format!(
        "'{}' -D '{}' -p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='{}' \
         -c fsync={durable} -c full_page_writes={durable} -c max_connections=400 >'{}' 2>&1 & server=$!; \
         read -r _; kill -INT $server; wait $server; cd / && rm -rf '{}'",
        bin.join("postgres").display(),
        data.display(),
        folder.display(),
        folder.join("log").display(),
        folder.display(),
    );
    let mut shell = run(Command::new("sh").args(["-c", &script]).stdin(Stdio::piped()).stderr(Stdio::null()));
    let alive = shell.stdin.take().expect("its input is ours");
    for _ in 0..200 {
        if PgConnection::establish(&url(port, "postgres")).is_ok() {
            return Some(Cluster { port, _shell: shell, _alive: alive });
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the PostgreSQL cluster did not come up");
}

/// The newest installed version's programs.
fn find_binaries() -> Option<PathBuf> {
    let mut places: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    places.sort();
    places.reverse();
    let path = std::env::var_os("PATH").unwrap_or_default();
    places.extend(std::env::split_paths(&path));
    places.into_iter().find(|place| is_there(&place.join("initdb")) && is_there(&place.join("postgres")))
}

fn is_there(path: &Path) -> bool {
    path.is_file()
}

/// PostgreSQL refuses to run as root: then somebody else must.
fn unprivileged_user() -> Option<(u32, u32)> {
    let id = |arguments: &[&str]| -> Option<u32> {
        let output = Command::new("id").args(arguments).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    if id(&["-u"]) != Some(0) {
        return None;
    }
    ["postgres", "nobody"].iter().find_map(|name| Some((id(&["-u", name])?, id(&["-g", name])?)))
}
