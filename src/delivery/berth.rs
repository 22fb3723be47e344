//! Who ran here before. A node that is killed gives nothing back of what it had taken, and the others leave that to it
//! for as long as a slow attempt may take; the next run at the same place knows better.
//!
//! A run writes its name to a file of its own machine and has the file locked while it lives. The system takes the lock
//! from whoever ends, however it ends: so who gets the lock knows that the run that the file names is over. If a
//! name cannot be read, nothing is lost but time. If a file system does not keep its word about locks, or somebody copies
//! the file, an event may be sent twice: a run that still lives writes nothing of what another has taken, and so stops
//! (see [`crate::ops::deliver_webhooks`]).

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use data_encoding::HEXLOWER;

/// A place at which one run at a time is.
#[derive(Debug)]
pub struct Berth {
    file: File,
}

impl Berth {
    /// Takes the place, until it is dropped or the process ends. `None` if another run is there.
    pub fn take(path: &Path) -> io::Result<Option<Self>> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// The run that was here last, if it can be told.
    pub fn last(&mut self) -> io::Result<Option<[u8; 16]>> {
        self.file.rewind()?;
        let mut text = Vec::new();
        // A name is shorter: whatever else is there need not be read.
        Read::by_ref(&mut self.file).take(64).read_to_end(&mut text)?;
        Ok(HEXLOWER.decode(&text).ok().and_then(|name| name.try_into().ok()))
    }

    /// Says which run is here.
    pub fn sign(&mut self, run: &[u8; 16]) -> io::Result<()> {
        self.file.rewind()?;
        self.file.set_len(0)?;
        self.file.write_all(HEXLOWER.encode(run).as_bytes())?;
        self.file.sync_data()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_run_is_there_at_a_time_and_the_next_learns_who_it_was() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("webhooks.run");
        let mut first = Berth::take(&path).expect("the file").expect("nobody is there");
        assert_eq!(first.last().expect("the file"), None);
        first.sign(&[1; 16]).expect("the file");
        assert!(Berth::take(&path).expect("the file").is_none(), "two are there");
        drop(first);
        let mut second = Berth::take(&path).expect("the file").expect("nobody is there");
        assert_eq!(second.last().expect("the file"), Some([1; 16]));
        second.sign(&[2; 16]).expect("the file");
        assert_eq!(second.last().expect("the file"), Some([2; 16]));
        drop(second);
        std::fs::write(&path, "0101").expect("the file");
        let mut third = Berth::take(&path).expect("the file").expect("nobody is there");
        assert_eq!(third.last().expect("the file"), None, "half a name was written");
    }
}
