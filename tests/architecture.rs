//! The house stands: an arrow points only downwards, and what may be named in one room only is.

use std::fs;
use std::path::{Path, PathBuf};

/// Floors from the top; a file may use its own floor and those below.
const FLOORS: &[&[&str]] = &[
    &["main", "lib"],
    &["cli"],
    &["server"],
    &["api", "taxii", "misp", "console"],
    &["http"],
    &["app"],
    &["intake", "resolver", "feed", "delivery"],
    &["ops"],
    &["store"],
    &["domain"],
    &["leaks"],
];

/// What stands beside the floors: settings and log lines, of use to the top only.
const BESIDE: &[&str] = &["config", "telemetry"];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Every source file, with its text.
pub fn all() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let name = |path: &Path| path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
    sources(&root).into_iter().map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect()
}

/// The room that a file is in.
pub fn room(file: &str) -> &str {
    file.split('/').next().unwrap().trim_end_matches(".rs")
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// Rooms named after `crate::` in a file's text.
fn used(text: &str) -> Vec<String> {
    text.match_indices("crate::")
        .map(|(at, found)| {
            let rest = &text[at + found.len()..];
            rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
        })
        .collect()
}

#[test]
fn every_room_has_its_floor() {
    for (file, _) in all() {
        let room = room(&file);
        assert!(floor(room).is_some() || BESIDE.contains(&room), "{file} stands on no floor");
    }
}

#[test]
fn an_arrow_points_only_downwards() {
    let mut wrong = Vec::new();
    for (file, text) in all() {
        let Some(own) = floor(room(&file)) else { continue };
        for used in used(&text) {
            if floor(&used).is_some_and(|other| other < own) {
                wrong.push(format!("{file} uses {used}"));
            }
            if BESIDE.contains(&used.as_str()) && own > 2 {
                wrong.push(format!("{file} uses {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_surfaces_and_the_stages_do_not_name_each_other() {
    for (a, b) in [
        ("api", "console"),
        ("api", "taxii"),
        ("api", "misp"),
        ("taxii", "console"),
        ("taxii", "misp"),
        ("misp", "console"),
        ("intake", "resolver"),
        ("intake", "feed"),
        ("resolver", "feed"),
    ] {
        for (file, text) in all() {
            let used = used(&text);
            let names = |room: &str| used.iter().any(|used| used == room);
            assert!(!(room(&file) == a && names(b)), "{file} uses {b}");
            assert!(!(room(&file) == b && names(a)), "{file} uses {a}");
        }
    }
}

#[test]
fn only_the_store_names_diesel_and_only_the_web_names_actix() {
    for (file, text) in all() {
        let room = room(&file);
        if room != "store" {
            assert!(!text.contains("diesel"), "{file} names diesel");
        }
        if !["api", "taxii", "misp", "console", "http", "server", "cli"].contains(&room) {
            assert!(!text.contains("actix_web"), "{file} names actix_web");
        }
    }
}

#[test]
fn the_domain_has_no_clock_no_database_and_no_input_or_output() {
    for (file, text) in all() {
        if room(&file) == "domain" {
            for forbidden in
                ["Utc::now", "SystemTime", "Instant::now", "std::fs", "TcpStream", "std::io", "tokio"]
            {
                assert!(!text.contains(forbidden), "{file} names {forbidden}");
            }
        }
    }
}

#[test]
fn reports_of_others_leave_the_store_only_for_the_pipeline() {
    // A surface that read reports without their owner as the viewer would go around the lens.
    for (file, text) in all() {
        if ["api", "taxii", "misp", "console", "http"].contains(&room(&file)) {
            for unscoped in
                ["reports::live", "reports::of_member", "reports::by_external_ids", "Contribution {"]
            {
                assert!(!text.contains(unscoped), "{file} names {unscoped}");
            }
        }
    }
}
