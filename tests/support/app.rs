//! A server under test, with its own clock, ids and database.

use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use touchstone::app::{App, Background, Parts};
use touchstone::domain::probing::Limits;
use touchstone::intake::lane::LaneLimits;
use touchstone::resolver::{Resolver, StopLists};
use touchstone::server::{self, ServerOptions};
use touchstone::store::Place;
use touchstone::store::vault::MasterKeys;

use super::client::Client;
use super::replayed::{ContextIds, ManualClock, Nobody};
use super::{Engine, postgres};

/// What a test server is started with.
pub struct Options {
    pub lane: LaneLimits,
    pub resolve: bool,
    pub drain_seconds: u64,
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self { lane: LaneLimits::default(), resolve: true, drain_seconds: 1, limits: Limits::default() }
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
}

impl TestApp {
    pub fn start(engine: Engine) -> Self {
        Self::start_with(engine, Options::default())
    }

    pub fn start_with(engine: Engine, options: Options) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = match engine {
            Engine::Sqlite => folder.path().join("test.db").to_string_lossy().into_owned(),
            Engine::Postgres => postgres::fresh_database(),
        };
        let place = Place { url: url.into(), connections: 4 };
        let clock = Arc::new(ManualClock::default());
        let parts = Parts {
            clock: clock.clone(),
            ids: Arc::new(ContextIds),
            lane: options.lane,
            fixed_secret: Some([7; 32]),
            masters: MasterKeys::fixed([9; 32]),
            resolve: options.resolve,
            limits: options.limits,
        };
        let (app, background) = App::start(&place, parts).expect("the application starts");
        let (listener, address) = server::bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
        let (send, receive) = mpsc::channel();
        let shared = app.clone();
        let thread = std::thread::spawn(move || {
            let options =
                ServerOptions { workers: Some(2), drain_seconds: options.drain_seconds, compress: true };
            actix_web::rt::System::new().block_on(async move {
                let server = server::start(shared, listener, options).expect("the server starts");
                send.send(server.handle()).expect("the test waits");
                server.await.expect("the server runs");
            });
        });
        Self {
            base_url: format!("http://{address}"),
            clock,
            app,
            handle: receive.recv().expect("the server comes up"),
            thread: Some(thread),
            background: Some(background),
            folder,
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
        // The answer to `stop` comes when the workers have ended; joining waits for the same.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
        if let Some(background) = self.background.take() {
            background.stop(&self.app);
        }
    }
}
