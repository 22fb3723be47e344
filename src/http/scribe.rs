//! An answer that is as long as a group: a thread of its own reads one state of the database and writes it down, piece
//! by piece, and the client reads at its own pace.

use std::io;
use std::time::{Duration, Instant};

use super::problem::Problem;
use super::spool::Spool;
use crate::app::App;
use crate::store::{Db, StoreError};

/// Longest time that the transaction stays open: meanwhile SQLite's log grows, and PostgreSQL keeps old rows.
const READING_MAX: Duration = Duration::from_secs(300);

/// Things written between two looks at the clock and the client.
const LOOKED_UP: u64 = 100;

/// Bytes worth gathering before they are written.
pub const GATHERED: usize = 64 * 1024;

/// Writes one answer.
pub struct Scribe {
    spool: Spool,
    until: Instant,
    noted: u64,
}

/// Why an answer broke off.
#[derive(Debug, thiserror::Error)]
pub enum BrokenOff {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("reading took longer than {} seconds", READING_MAX.as_secs())]
    TooLong,
    #[error("the client has gone")]
    Abandoned,
}

/// Lets `write` write an answer, and returns where it grows. A few answers are written at once; one too many is a 503.
pub fn begin<F>(app: &App, write: F) -> Result<Spool, Problem>
where
    F: FnOnce(&Db, &mut Scribe) -> Result<(), BrokenOff> + Send + 'static,
{
    let permit = app.snapshot_permits.clone().try_acquire_owned().map_err(|_| Problem::busy())?;
    let spool = Spool::new().map_err(|error| Problem::internal(&error))?;
    let mut scribe = Scribe { spool: spool.clone(), until: Instant::now() + READING_MAX, noted: 0 };
    let db = app.db.clone();
    let writing = move || {
        let written = write(&db, &mut scribe);
        // Who has read the end may ask for the next one at once.
        drop(permit);
        match written {
            Ok(()) => scribe.spool.finish(),
            Err(error) => {
                tracing::warn!(%error, noted = scribe.noted, "a snapshot broke off");
                scribe.spool.fail();
            }
        }
    };
    std::thread::Builder::new()
        .name("snapshot".to_owned())
        .spawn(writing)
        .map_err(|error| Problem::internal(&error))?;
    Ok(spool)
}

impl Scribe {
    pub fn write(&self, bytes: &[u8]) -> io::Result<()> {
        self.spool.write(bytes)
    }

    /// Says that one more thing is written; now and then looks whether anybody still waits for the rest.
    pub fn note(&mut self) -> Result<(), BrokenOff> {
        self.noted += 1;
        if !self.noted.is_multiple_of(LOOKED_UP) {
            return Ok(());
        }
        match (self.spool.is_abandoned(), Instant::now() > self.until) {
            (true, _) => Err(BrokenOff::Abandoned),
            (_, true) => Err(BrokenOff::TooLong),
            _ => Ok(()),
        }
    }
}
