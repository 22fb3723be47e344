//! The real program as a process of its own, so that its memory is its own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_touchstone");

/// A running `touchstone serve`.
pub struct Program {
    pub child: Child,
    pub address: SocketAddr,
}

/// Runs another command of the program on the same data and returns what it prints.
pub fn run(data_dir: &Path, arguments: &[&str]) -> String {
    let output = Command::new(PROGRAM)
        .args(arguments)
        .arg("--data-dir")
        .arg(data_dir)
        .stderr(Stdio::inherit())
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "touchstone {arguments:?} failed");
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}

impl Program {
    pub fn serve(data_dir: &Path) -> Self {
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--bind", "127.0.0.1:0", "--data-dir"])
            .arg(data_dir)
            .env("TOUCHSTONE_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let output = BufReader::new(child.stdout.take().expect("its output is ours"));
        let address = output
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("Touchstone is at http://").map(str::to_owned))
            .expect("it says where it is");
        Self { child, address: address.parse().expect("an address") }
    }

    /// Most memory that the process has had, in MiB.
    pub fn peak_mib(&self) -> f64 {
        self.memory_mib("VmHWM:")
    }

    /// One of the figures of proc(5) on the memory of the process, in MiB.
    pub fn memory_mib(&self, name: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        let kib: f64 = line.trim().trim_end_matches(" kB").trim().parse().unwrap_or(f64::NAN);
        kib / 1024.0
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
