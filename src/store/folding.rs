//! Folds SQLite's write-ahead log back into the database beside the writer, so that no transaction waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use secrecy::SecretString;

use super::connect::{Mode, open};
use super::{Conn, Engine, Result, StoreError};

/// How often the log is folded back while somebody writes: seldom enough that a page which changes in many
/// transactions is folded once.
const PERIOD: Duration = Duration::from_secs(1);

/// A thread that folds until it is dropped.
pub(super) struct Folding {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Folding {
    /// `written` counts the transactions; while it stands still there is nothing to fold.
    pub fn start(url: &SecretString, written: &Arc<AtomicU64>) -> Result<Self> {
        let (stop, stopped) = channel();
        let (url, written) = (url.clone(), Arc::clone(written));
        let thread = Builder::new().name("folding".to_owned()).spawn(move || fold(&url, &written, &stopped));
        let thread = thread.map_err(|error| StoreError::Failed(error.to_string()))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Folding {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("folding the write-ahead log ended by a panic");
        }
    }
}

fn fold(url: &SecretString, written: &AtomicU64, stopped: &Receiver<()>) {
    let (mut conn, mut folded) = (None, 0);
    while matches!(stopped.recv_timeout(PERIOD), Err(RecvTimeoutError::Timeout)) {
        let now = written.load(Ordering::Relaxed);
        if now == folded {
            continue;
        }
        match once(url, &mut conn) {
            Ok(()) => folded = now,
            // The writer folds by itself when the log has grown long, so nothing is lost but time.
            Err(error) => tracing::warn!(%error, "the write-ahead log was not folded"),
        }
    }
}

fn once(url: &SecretString, conn: &mut Option<Conn>) -> Result<()> {
    let conn = match conn {
        Some(conn) => conn,
        None => conn.insert(open(Engine::Sqlite, url, Mode::Write)?),
    };
    fold_back(conn)
}

/// PASSIVE takes what no reader needs any more, and waits for nobody.
pub(super) fn fold_back(conn: &mut Conn) -> Result<()> {
    if let Conn::Sqlite(inner) = conn {
        inner.batch_execute("PRAGMA wal_checkpoint(PASSIVE);")?;
    }
    Ok(())
}
