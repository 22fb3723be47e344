//! What a running server shares: the store, the clock, ids, keys, the intake lane and metrics. The only
//! shared state; every handler gets it.

pub mod access_token;
pub mod directory;
pub mod fragments;
pub mod gate;
mod generations;
pub mod heads;
pub mod metrics;
pub mod production;
pub mod shared_reads;
pub mod sheets;
pub mod throttle;

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{Notify, Semaphore};

use crate::delivery::{self, Courier, Rules};
use crate::domain::id::{MakeIds, MemberId, WebhookId};
use crate::domain::probing::Limits;
use crate::domain::resolution::keys::KeyHasher;
use crate::domain::time::{Clock, Timestamp};
use crate::domain::webhook::{Attempt, WebhookEnd};
use crate::intake::lane::{Intake, Lane, LaneLimits};
use crate::ops::create_member::ensure_alliance;
use crate::ops::file_reports::Filing;
use crate::ops::keep_stop_list::add_shipped;
use crate::ops::token::random;
use crate::resolver::{self, Bell, Resolver, StopLists, Watch};
use crate::store::vault::{self, MasterKeys};
use crate::store::{Conn, Db, Place, StoreError, feed, migrate, secrets};
use access_token::AccessTokens;
use directory::DirectoryCache;
use fragments::Fragments;
use gate::Gate;
use heads::{Heads, Pace};
use metrics::Metrics;
use sheets::Sheets;
use throttle::Throttle;

/// What makes a house: the parts that a test replaces.
pub struct Parts {
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn MakeIds>,
    pub lane: LaneLimits,
    /// Replaces the installation's random secrets, for a replay.
    pub fixed_secret: Option<[u8; 32]>,
    /// What the database is sealed under.
    pub masters: MasterKeys,
    /// Whether this node resolves; a benchmark of intake alone says no.
    pub resolve: bool,
    pub limits: Limits,
    pub pace: Pace,
    pub webhooks: Rules,
    /// Reports of a profile that views show one by one, at most.
    pub shown_max: usize,
}

/// The shared state.
pub struct App {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn MakeIds>,
    pub hasher: KeyHasher,
    pub access_tokens: AccessTokens,
    pub gate: Gate,
    pub cursor_key: [u8; 32],
    pub lane: Lane,
    pub filing: Filing,
    pub directory: DirectoryCache,
    pub heads: Heads,
    pub pace: Pace,
    pub webhooks: Arc<Courier>,
    pub fragments: Fragments,
    pub sheets: Sheets,
    pub metrics: Metrics,
    /// What members may ask, and how fast they ask it of this node.
    pub limits: Limits,
    pub throttle: Throttle,
    /// Passwords hashed at once: each takes 19 MiB and a core.
    pub password_permits: Semaphore,
    /// Bulk uploads at once: each takes a thread.
    pub bulk_permits: Arc<Semaphore>,
    /// Snapshots taken at once: each takes a thread, a connection and a long transaction.
    pub snapshot_permits: Arc<Semaphore>,
    /// Webhooks tried out at once: each has a request wait for somebody else's server.
    pub ping_permits: Semaphore,
    resolved: Arc<Notify>,
    bell: Arc<Bell>,
    threads: Arc<Threads>,
}

/// Threads that run as long as the application does.
struct Threads(Mutex<Vec<JoinHandle<()>>>);

/// The threads behind an [`App`].
pub struct Background {
    bell: Arc<Bell>,
    threads: Arc<Threads>,
}

/// Why a server could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Keys(String),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Passwords, uploads, snapshots and pings that are worked on at once.
const PASSWORD_PERMITS: usize = 2;
const BULK_PERMITS: usize = 4;
const SNAPSHOT_PERMITS: usize = 2;
const PING_PERMITS: usize = 16;

impl App {
    /// Brings the database up to date, loads the installation's keys and starts the threads.
    pub fn start(place: &Place, parts: Parts) -> Result<(Arc<Self>, Background), StartError> {
        migrate(place)?;
        let db = Db::open(place, parts.masters)?;
        let now = parts.clock.now();
        vault::unlock(&db, now)?;
        let keys = Keys::load(&db, now, parts.fixed_secret)?;
        let alliance = || db.write(|conn| ensure_alliance(conn, parts.ids.as_ref(), now));
        // Taken: another node that starts now has made it a moment ago.
        alliance()
            .or_else(|error| if matches!(error, StoreError::Taken) { alliance() } else { Err(error) })?;
        db.write(|conn| add_shipped(conn, parts.ids.as_ref(), now))?;

        let hasher = KeyHasher::new(keys.matching);
        let metrics = Metrics::default();
        let bell = Arc::new(Bell::default());
        let resolved = Arc::new(Notify::new());
        let filing = Filing { ids: parts.ids.clone(), hasher: hasher.clone() };
        let desk =
            Desk { db: db.clone(), filing: filing.clone(), bell: bell.clone(), metrics: metrics.clone() };
        let (lane, lane_thread) = Lane::start(Arc::new(desk), parts.lane)?;
        let reading = db.clone();
        let (heads, heads_thread) = Heads::start(move |feeds| reading.read(|conn| feed::heads(conn, feeds)))?;
        let courier = Arc::new(Courier::new(
            (db.clone(), hasher.clone()),
            (parts.clock.clone(), parts.ids.clone()),
            &parts.webhooks,
            Arc::new(Postbook(metrics.clone())),
            random::<16>(),
        ));
        let delivering = parts.webhooks.deliver.then(|| delivery::start(courier.clone())).transpose()?;
        let resolver = Resolver {
            db: db.clone(),
            hasher: hasher.clone(),
            clock: parts.clock.clone(),
            watch: Arc::new(Announcer {
                resolved: resolved.clone(),
                heads: heads.clone(),
                webhooks: courier.clone(),
                metrics: metrics.clone(),
            }),
            stops: StopLists::default(),
            shown_max: parts.shown_max,
        };
        let resolver = parts.resolve.then(|| resolver::start(resolver, bell.clone())).transpose()?;
        let threads = [lane_thread, heads_thread].into_iter().chain(delivering).chain(resolver).collect();
        let threads = Arc::new(Threads(Mutex::new(threads)));
        let app = Self {
            gate: Gate::start(&db)?,
            db,
            clock: parts.clock,
            ids: parts.ids,
            hasher,
            access_tokens: AccessTokens::new(&keys.signing).map_err(StartError::Keys)?,
            cursor_key: keys.cursor,
            lane,
            filing,
            directory: DirectoryCache::default(),
            heads,
            pace: parts.pace,
            webhooks: courier,
            fragments: Fragments::default(),
            sheets: Sheets::default(),
            metrics,
            limits: parts.limits,
            throttle: Throttle::new(parts.limits),
            password_permits: Semaphore::new(PASSWORD_PERMITS),
            bulk_permits: Arc::new(Semaphore::new(BULK_PERMITS)),
            snapshot_permits: Arc::new(Semaphore::new(SNAPSHOT_PERMITS)),
            ping_permits: Semaphore::new(PING_PERMITS),
            resolved,
            bell: bell.clone(),
            threads: threads.clone(),
        };
        Ok((Arc::new(app), Background { bell, threads }))
    }

    /// Tells this node's resolver that something waits.
    pub fn wake_resolver(&self) {
        self.bell.ring();
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Says aloud that a member named canaries: to whoever reads the log and the figures. The alerts themselves are
    /// stored by then.
    pub fn alarm(&self, member: MemberId, canaries: usize) {
        alarm(&self.metrics, member, canaries);
    }

    /// Whether the threads behind it run: without them nobody would be let in, and reports would be refused
    /// or never worked in.
    pub fn is_working(&self) -> bool {
        self.gate.is_working() && !self.threads.locked().iter().any(JoinHandle::is_finished)
    }

    /// Waits until `done` says so or the time is up, looking again after each batch that was resolved.
    pub async fn wait_resolved<F: Future<Output = bool>>(
        &self,
        longest: Duration,
        done: impl Fn() -> F,
    ) -> bool {
        let deadline = Instant::now() + longest;
        loop {
            let resolved = self.resolved.notified();
            tokio::pin!(resolved);
            resolved.as_mut().enable();
            if done().await {
                return true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            // Another node may be the one that resolves, and cannot ring here.
            let nap = left.min(Duration::from_millis(250));
            drop(tokio::time::timeout(nap, resolved).await);
        }
    }
}

impl Background {
    /// Stops the lane after its queue, the resolver after its batch, whoever waits for a feed, and webhooks after a
    /// moment.
    pub fn stop(self, app: &App) {
        app.lane.stop();
        app.heads.stop();
        app.webhooks.stop();
        self.bell.stop();
        let threads = std::mem::take(&mut *self.threads.locked());
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a background thread ended by a panic");
            }
        }
    }
}

impl Threads {
    fn locked(&self) -> std::sync::MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The installation's secrets, the same on all its nodes.
struct Keys {
    matching: [u8; 32],
    cursor: [u8; 32],
    /// PKCS#8.
    signing: Vec<u8>,
}

impl Keys {
    fn load(db: &Db, now: Timestamp, fixed: Option<[u8; 32]>) -> Result<Self, StartError> {
        let signing = access_token::new_signing_key().map_err(StartError::Keys)?;
        let (matching, cursor) = (fixed.unwrap_or_else(random::<32>), fixed.unwrap_or_else(random::<32>));
        let get = |conn: &mut Conn, name, fresh: &[u8]| secrets::get_or_put(conn, name, fresh, now);
        let (matching, cursor, signing) = db.write(|conn| {
            Ok::<_, StoreError>((
                get(conn, "match-key", &matching)?,
                get(conn, "cursor-key", &cursor)?,
                get(conn, "token-signing-key", &signing)?,
            ))
        })?;
        let sized = |bytes: Vec<u8>| {
            <[u8; 32]>::try_from(bytes)
                .map_err(|_| StartError::Keys("a stored key has a wrong length".to_owned()))
        };
        Ok(Self { matching: sized(matching)?, cursor: sized(cursor)?, signing })
    }
}

fn alarm(metrics: &Metrics, member: MemberId, canaries: usize) {
    metrics.alarmed(canaries);
    tracing::warn!(%member, canaries, "a member named canaries: see the alerts");
}

/// What the intake lane works with.
struct Desk {
    db: Db,
    filing: Filing,
    bell: Arc<Bell>,
    metrics: Metrics,
}

impl Intake for Desk {
    fn db(&self) -> &Db {
        &self.db
    }

    fn filing(&self) -> &Filing {
        &self.filing
    }

    fn wake_resolver(&self) {
        self.bell.ring();
    }

    fn committed(&self, reports: usize) {
        self.metrics.committed(reports);
    }

    fn alarmed(&self, member: MemberId, canaries: usize) {
        alarm(&self.metrics, member, canaries);
    }
}

/// Tells whoever waits that a batch was resolved.
struct Announcer {
    resolved: Arc<Notify>,
    heads: Heads,
    webhooks: Arc<Courier>,
    metrics: Metrics,
}

impl Watch for Announcer {
    fn resolved(&self, reports: usize, seconds: f64) {
        self.metrics.resolved(reports, seconds);
        self.resolved.notify_waiters();
        self.heads.ring();
        self.webhooks.ring();
    }
}

/// Counts what webhooks were sent, and says aloud which are disabled.
struct Postbook(Metrics);

impl delivery::Watch for Postbook {
    fn attempted(&self, attempt: Attempt) {
        self.0.attempted(attempt.failure);
    }

    fn ended(&self, id: WebhookId, by: WebhookEnd) {
        self.0.webhook_ended();
        tracing::warn!(%id, cause = by.as_str(), "a webhook was disabled");
    }
}
