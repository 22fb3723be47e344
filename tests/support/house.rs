//! The program as an operator runs it: a folder, a database, commands and a server.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use super::client::Client;
use super::{Engine, postgres};

/// Where a run of the program keeps its data.
pub struct House {
    folder: tempfile::TempDir,
    database: Option<postgres::Database>,
}

impl House {
    pub fn new(engine: Engine) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), database: engine.database() }
    }

    /// Where its database is, if that is not a file.
    pub fn url(&self) -> Option<&str> {
        self.database.as_ref().map(|database| database.url.as_str())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_touchstone"));
        command.env_clear().args(arguments).arg("--data-dir").arg(self.path("data"));
        command.env("TOUCHSTONE_LOG", "trace");
        if let Some(url) = self.url() {
            command.env("TOUCHSTONE_DATABASE_URL", url);
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must succeed, and returns what it printed.
    #[track_caller]
    pub fn must(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Makes a member, and a key of it with these scopes.
    pub fn member(&self, slug: &str, kind: &str, scopes: &[&str]) -> String {
        self.must(&["member", "create", slug, slug, "--kind", kind]);
        let mut arguments = vec!["key", "create", slug, "--name", "all"];
        arguments.extend(scopes.iter().flat_map(|scope| ["--scope", scope]));
        self.must(&arguments).trim().to_owned()
    }

    /// Starts a server that logs everything it can into a file of the house.
    pub fn serve(&self) -> Serving {
        self.serve_with(&[])
    }

    /// The same, with further arguments.
    pub fn serve_with(&self, arguments: &[&str]) -> Serving {
        let log = File::options().create(true).append(true).open(self.path("log")).unwrap();
        let mut command = self.command(&[&["serve", "--bind", "127.0.0.1:0"], arguments].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let base_url = loop {
            let mut line = String::new();
            assert!(out.read_line(&mut line).unwrap() > 0, "the server ended early");
            if let Some(url) = line.strip_prefix("Touchstone is at ") {
                break url.trim().to_owned();
            }
        };
        Serving { child, base_url, _out: out }
    }
}

/// A running server.
pub struct Serving {
    child: Child,
    pub base_url: String,
    _out: BufReader<std::process::ChildStdout>,
}

impl Serving {
    pub fn client(&self, bearer: &str) -> Client {
        Client::new(&self.base_url, (!bearer.is_empty()).then(|| bearer.to_owned()))
    }

    /// Ends it at once, as a failure of power would: nothing is tidied up.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
