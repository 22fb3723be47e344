//! Programs that others wrote in Python, which read what we serve and send.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// An interpreter that has what `tests/python/requirements.txt` names.
pub struct Python(PathBuf);

impl Python {
    /// The one that `scripts/install-python-clients` made, if it did.
    pub fn with_clients() -> Option<Self> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-clients");
        let wanted =
            std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/requirements.txt"));
        // What was made for an older list may lack what a test asks for.
        if std::fs::read(folder.join("requirements.txt")).ok() == wanted.ok() {
            return Some(Self(folder.join("bin/python")));
        }
        let required = std::env::var_os("CI").is_some();
        assert!(!required, "the Python clients are missing: run scripts/install-python-clients");
        // Written past the test runner, which shows what a passing test prints to nobody.
        let notice =
            "SKIPPED: the Python clients are missing; scripts/install-python-clients installs them\n";
        std::io::stderr().write_all(notice.as_bytes()).expect("standard error takes a line");
        None
    }

    /// Runs a script that must succeed, and returns the JSON that it printed.
    #[track_caller]
    pub fn run(&self, script: &Path, arguments: &[&OsStr], input: &[u8]) -> Value {
        let mut child = Command::new(&self.0)
            .arg(script)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("Python starts");
        child.stdin.take().expect("its input").write_all(input).expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("it prints JSON")
    }
}
