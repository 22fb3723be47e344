//! A server under test, with its own clock, ids and database.

use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use touchstone::app::heads::Pace;
use touchstone::app::{App, Background, Parts};
use touchstone::delivery::Rules;
use touchstone::domain::lens::tally::SHOWN_MAX;
use touchstone::domain::probing::Limits;
use touchstone::domain::time::Timestamp;
use touchstone::intake::lane::LaneLimits;
use touchstone::resolver::{Resolver, StopLists};
use touchstone::server::{self, ServerOptions};
use touchstone::store::Place;
use touchstone::store::vault::MasterKeys;

use super::client::Client;
use super::replayed::{ContextIds, FIRST_DAY, ManualClock, Nobody};
use super::{Engine, postgres, url_of};

/// What a test server is started with.
pub struct Options {
    /// What the clock shows at first.
    pub begins: Timestamp,
    pub lane: LaneLimits,
    pub resolve: bool,
    pub drain_seconds: u64,
    pub limits: Limits,
    pub pace: Pace,
    pub shown_max: usize,
    pub webhooks: Rules,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            begins: FIRST_DAY,
            lane: LaneLimits::default(),
            resolve: true,
            drain_seconds: 1,
            limits: Limits::default(),
            pace: Pace::default(),
            shown_max: SHOWN_MAX,
            webhooks: Rules::default(),
        }
    }
}

/// A running server. It stops when it is dropped.
pub struct TestApp {
    pub base_url: String,
    pub clock: Arc<ManualClock>,
    pub app: Arc<App>,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
    background: Option<Background>,
    folder: tempfile::TempDir,
    database: Option<postgres::Database>,
    options: Options,
}

impl TestApp {
    pub fn start(engine: Engine) -> Self {
        Self::start_with(engine, Options::default())
    }

    pub fn start_with(engine: Engine, options: Options) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let database = engine.database();
        let url = url_of(database.as_ref(), &folder);
        let clock = Arc::new(ManualClock::at(options.begins));
        let Running { base_url, app, handle, thread, background } = run(&url, &clock, &options);
        let (thread, background) = (Some(thread), Some(background));
        Self { base_url, clock, app, handle, thread, background, folder, database, options }
    }

    /// Stops the server and starts another on the same database, at another address.
    pub fn restart(&mut self) {
        self.stop();
        let url = url_of(self.database.as_ref(), &self.folder);
        let Running { base_url, app, handle, thread, background } = run(&url, &self.clock, &self.options);
        (self.base_url, self.app, self.handle) = (base_url, app, handle);
        (self.thread, self.background) = (Some(thread), Some(background));
    }

    fn stop(&mut self) {
        // The answer to `stop` comes when the workers have ended; joining waits for the same.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
        if let Some(background) = self.background.take() {
            background.stop(&self.app);
        }
    }

    /// A resolver on its database, to be told when to work.
    pub fn resolver(&self) -> Resolver {
        Resolver {
            db: self.app.db.clone(),
            hasher: self.app.hasher.clone(),
            clock: self.app.clock.clone(),
            watch: Arc::new(Nobody),
            stops: StopLists::default(),
            shown_max: self.options.shown_max,
        }
    }

    /// Where its files are.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Tells the server to stop as SIGTERM does: to end what is under way and take nothing new.
    pub fn drain(&self) {
        self.app.heads.end_waits();
        drop(self.handle.stop(true));
    }

    /// A client without credentials.
    pub fn anonymous(&self) -> Client {
        Client::new(&self.base_url, None)
    }

    /// A client that sends this credential.
    pub fn client(&self, bearer: &str) -> Client {
        Client::new(&self.base_url, Some(bearer.to_owned()))
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A server that runs, and what is needed to end it.
struct Running {
    base_url: String,
    app: Arc<App>,
    handle: ServerHandle,
    thread: JoinHandle<()>,
    background: Background,
}

fn run(url: &str, clock: &Arc<ManualClock>, options: &Options) -> Running {
    let place = Place { url: url.to_owned().into(), connections: 4 };
    let parts = Parts {
        clock: clock.clone(),
        ids: Arc::new(ContextIds),
        lane: options.lane,
        fixed_secret: Some([7; 32]),
        masters: MasterKeys::fixed([9; 32]),
        resolve: options.resolve,
        limits: options.limits,
        pace: options.pace,
        shown_max: options.shown_max,
        webhooks: options.webhooks.clone(),
    };
    let (app, background) = App::start(&place, parts).expect("the application starts");
    let (listener, address) = server::bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
    let (send, receive) = mpsc::channel();
    let shared = app.clone();
    let options = ServerOptions { workers: Some(2), drain_seconds: options.drain_seconds, compress: true };
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = server::start(shared, listener, options).expect("the server starts");
            send.send(server.handle()).expect("the test waits");
            server.await.expect("the server runs");
        });
    });
    let handle = receive.recv().expect("the server comes up");
    Running { base_url: format!("http://{address}"), app, handle, thread, background }
}
