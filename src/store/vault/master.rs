//! Master keys: given by the configuration, never stored in the database. They wrap the data keys and the secrets of
//! the installation.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use aws_lc_rs::{digest, rand};
use data_encoding::BASE64;
use secrecy::zeroize::Zeroize;
use secrecy::{ExposeSecret, SecretBox, SecretString};

use super::cipher::{KEY_LEN, Key};
use crate::store::{Result, StoreError};

/// Where the master keys come from. Either way they are one or more keys of 32 bytes in base64: the first wraps, and
/// all open.
#[derive(Debug, Clone)]
pub enum MasterKeys {
    /// The keys themselves, between commas or white space.
    Given(SecretString),
    /// A file with one key a line; what follows a `#` is a remark.
    File {
        path: PathBuf,
        /// Whether a first start makes the file.
        make: bool,
    },
}

impl MasterKeys {
    /// One key, for tests.
    pub fn fixed(key: [u8; KEY_LEN]) -> Self {
        Self::Given(BASE64.encode(&key).into())
    }

    /// What is wrong with keys that were given, in words that repeat none of them.
    pub fn fault(text: &SecretString) -> Option<String> {
        parse(text.expose_secret()).err()
    }

    /// Reads the keys; `None` if there is no such file.
    pub(super) fn load(&self) -> Result<Option<Vec<Key>>> {
        let text = match self {
            Self::Given(text) => text.clone(),
            Self::File { path, .. } => {
                let unfit = |error| StoreError::Unfit(format!("{}: {error}", path.display()));
                match fs::metadata(path) {
                    Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
                    Err(error) => return Err(unfit(error)),
                    Ok(file) if file.mode() & 0o077 != 0 => {
                        return Err(StoreError::Unfit(format!(
                            "{} can be read by others than its owner: chmod 600",
                            path.display()
                        )));
                    }
                    Ok(_) => fs::read_to_string(path).map_err(unfit)?.into(),
                }
            }
        };
        let keys = parse(text.expose_secret())
            .map_err(|fault| StoreError::Unfit(format!("{}: {fault}", self.name())))?;
        keys.iter()
            .map(|bytes| Key::new(id(bytes.expose_secret()), bytes.expose_secret()))
            .collect::<Result<_>>()
            .map(Some)
    }

    /// Whether a first start may make the keys.
    pub(super) fn may_be_made(&self) -> bool {
        matches!(self, Self::File { make: true, .. })
    }

    /// Makes the file with one new key, unless somebody else has just made it.
    pub(super) fn make(&self) -> Result<()> {
        let Self::File { path, .. } = self else { return Ok(()) };
        put(path, &line()?, |made, path| match fs::hard_link(made, path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            other => other,
        })
    }

    /// Puts a new key before those in the file: it wraps from then on.
    pub fn add(&self) -> Result<()> {
        let Self::File { path, .. } = self else {
            return Err(StoreError::Unfit(
                "the master key is given as a value: put a new one before it".to_owned(),
            ));
        };
        if self.load()?.is_none() {
            return Err(StoreError::Unfit(format!("there is no {}", path.display())));
        }
        let mut text = line()?;
        let mut old = fs::read_to_string(path).map_err(|error| broken(path, &error))?;
        text.push_str(&old);
        old.zeroize();
        let outcome = put(path, &text, |made, path| fs::rename(made, path));
        text.zeroize();
        outcome
    }

    /// What a person knows them by.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Given(_) => "the master key".to_owned(),
            Self::File { path, .. } => path.display().to_string(),
        }
    }
}

/// The id follows from the key, so that nobody has to keep account of it.
fn id(key: &[u8; KEY_LEN]) -> i64 {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(b"touchstone master key");
    context.update(key);
    let digest = context.finish();
    i64::from_be_bytes(std::array::from_fn(|at| digest.as_ref()[at]))
}

fn parse(text: &str) -> std::result::Result<Vec<SecretBox<[u8; KEY_LEN]>>, String> {
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    let words = lines.flat_map(|line| line.split([',', ' ', '\t', '\r'])).filter(|word| !word.is_empty());
    let keys: Vec<_> = words
        .map(|word| {
            let mut bytes = BASE64.decode(word.as_bytes()).ok()?;
            let mut key = Box::new([0; KEY_LEN]);
            let fits = bytes.len() == KEY_LEN;
            if fits {
                key.copy_from_slice(&bytes);
            }
            bytes.zeroize();
            fits.then(|| SecretBox::new(key))
        })
        .collect::<Option<_>>()
        .ok_or("a master key must be 32 bytes in base64 (44 characters)")?;
    if keys.is_empty() { Err("there is no master key in it".to_owned()) } else { Ok(keys) }
}

fn line() -> Result<String> {
    let mut key = [0; KEY_LEN];
    rand::fill(&mut key).map_err(|_| StoreError::Failed("there are no random bytes".to_owned()))?;
    let line = format!("{}\n", BASE64.encode(&key));
    key.zeroize();
    Ok(line)
}

/// Writes a file that only its owner may read, whole or not at all, and on the disk when this returns.
fn put(path: &Path, text: &str, place: impl Fn(&Path, &Path) -> std::io::Result<()>) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || {
        let made = tempfile::Builder::new().prefix(".master").tempfile_in(folder)?.into_temp_path();
        let mut file = OpenOptions::new().write(true).truncate(true).mode(0o600).open(&made)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        place(&made, path)?;
        File::open(folder)?.sync_all()
    };
    write().map_err(|error| broken(path, &error))
}

fn broken(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Unfit(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_made_once_and_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let keys = MasterKeys::File { path: path.clone(), make: true };
        assert!(keys.load().unwrap().is_none());
        keys.make().unwrap();
        let first = fs::read_to_string(&path).unwrap();
        keys.make().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), first);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        keys.add().unwrap();
        let both = keys.load().unwrap().unwrap();
        assert!(fs::read_to_string(&path).unwrap().ends_with(&first), "the old key still opens");
        assert_eq!(both.len(), 2);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let keys = MasterKeys::File { path: path.clone(), make: true };
        keys.make().unwrap();
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();
        assert!(keys.load().is_err());
    }

    #[test]
    fn a_faulty_master_key_is_told_without_being_repeated() {
        for text in ["", "# nothing", "aHVudGVyMg==", "not base64"] {
            let fault = MasterKeys::fault(&text.to_owned().into()).expect(text);
            assert!(!fault.contains("aHVudGVyMg") && !fault.contains("not base64"), "{fault}");
        }
        let good = format!("# remark\n{0}, {0} # old\r\n{0}", BASE64.encode(&[7; 32]));
        assert_eq!(parse(&good).unwrap().len(), 3);
    }
}
