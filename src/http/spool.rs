//! An answer that is written by one thread, faster or slower than it is read: through a temporary file without a name,
//! so that a client that reads late costs disk, not memory, and keeps the writer from nothing.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

use actix_web::web::Bytes;
use futures_util::{Stream, stream};
use tokio::sync::Notify;

/// Bytes that are sent at once.
const PIECE_BYTES: usize = 64 * 1024;

/// A temporary file that one thread writes while the response reads it.
#[derive(Clone)]
pub struct Spool {
    file: Arc<File>,
    written: Arc<AtomicU64>,
    state: Arc<AtomicU8>,
    grown: Arc<Notify>,
    abandoned: Arc<AtomicBool>,
}

const WRITING: u8 = 0;
const FINISHED: u8 = 1;
const FAILED: u8 = 2;

/// Tells the writer when nobody reads any more.
struct Reading(Spool);

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.abandoned.store(true, Ordering::Release);
    }
}

impl Spool {
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            file: Arc::new(tempfile::tempfile()?),
            written: Arc::default(),
            state: Arc::new(AtomicU8::new(WRITING)),
            grown: Arc::default(),
            abandoned: Arc::default(),
        })
    }

    pub fn write(&self, bytes: &[u8]) -> io::Result<()> {
        (&*self.file).write_all(bytes)?;
        self.written.fetch_add(bytes.len() as u64, Ordering::Release);
        self.grown.notify_one();
        Ok(())
    }

    /// Whether the client has gone.
    pub fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Acquire)
    }

    /// Ends the answer.
    pub fn finish(&self) {
        self.state.store(FINISHED, Ordering::Release);
        self.grown.notify_one();
    }

    /// Breaks the answer off, so that the client sees that it is not whole.
    pub fn fail(&self) {
        self.state.store(FAILED, Ordering::Release);
        self.grown.notify_one();
    }

    /// The answer, as it grows.
    pub fn read(self) -> impl Stream<Item = io::Result<Bytes>> {
        stream::unfold((Reading(self), 0_u64), |(reading, at)| async move {
            let spool = &reading.0;
            loop {
                let state = spool.state.load(Ordering::Acquire);
                let written = spool.written.load(Ordering::Acquire);
                if at < written {
                    let length = usize::try_from(written - at).unwrap_or(PIECE_BYTES).min(PIECE_BYTES);
                    let piece = spool.piece(at, length);
                    let next = at + length as u64;
                    return Some((piece, (reading, next)));
                }
                match state {
                    FINISHED => return None,
                    FAILED => {
                        let broken = io::Error::other("the answer could not be finished");
                        return Some((Err(broken), (reading, at)));
                    }
                    _ => spool.grown.notified().await,
                }
            }
        })
    }

    /// Reads without moving where the other thread writes.
    fn piece(&self, at: u64, length: usize) -> io::Result<Bytes> {
        let mut buffer = vec![0; length];
        self.file.read_exact_at(&mut buffer, at)?;
        Ok(Bytes::from(buffer))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    fn read(spool: Spool) -> (Vec<u8>, bool) {
        actix_web::rt::System::new().block_on(async {
            let mut answer = std::pin::pin!(spool.read());
            let mut bytes = Vec::new();
            while let Some(piece) = answer.next().await {
                match piece {
                    Ok(piece) => bytes.extend_from_slice(&piece),
                    Err(_) => return (bytes, false),
                }
            }
            (bytes, true)
        })
    }

    #[test]
    fn what_one_thread_writes_is_read_whole_and_what_broke_off_is_seen_to() {
        let text = "0123456789".repeat(50_000);
        for whole in [true, false] {
            let spool = Spool::new().expect("a file");
            let writer = spool.clone();
            let text = text.clone();
            let writing = std::thread::spawn(move || {
                text.as_bytes().chunks(7_777).for_each(|piece| writer.write(piece).expect("space"));
                if whole {
                    writer.finish()
                } else {
                    writer.fail()
                }
                writer
            });
            let (bytes, ended) = read(spool);
            assert_eq!((bytes.len(), ended), (500_000, whole));
            assert!(writing.join().expect("it writes").is_abandoned(), "nobody reads any more");
        }
    }
}
