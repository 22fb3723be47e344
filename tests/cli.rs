//! The program itself: what it prints and answers to whoever starts it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use serde_json::{Value, json};

use crate::support::client::{Client, Reply};
use crate::support::forms::{email, phone, report};
use crate::support::world::PASSWORD;
use crate::support::{Engine, on_both_engines, postgres};

/// Where a run of the program keeps its data.
struct Place {
    folder: tempfile::TempDir,
    database: Option<postgres::Database>,
}

impl Place {
    fn new(engine: Engine) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), database: engine.database() }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_touchstone"));
        command.env_clear().args(arguments).arg("--data-dir").arg(self.path("data"));
        if let Some(database) = &self.database {
            command.env("TOUCHSTONE_DATABASE_URL", &database.url);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must succeed, and returns what it printed.
    #[track_caller]
    fn must(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// Imports a file in the name of acme.
    fn import(&self, file: &Path) -> Output {
        self.run(&["import", "--member", "acme", file.to_str().unwrap()])
    }

    fn write(&self, name: &str, lines: &[String]) -> std::path::PathBuf {
        let path = self.path(name);
        std::fs::write(&path, lines.concat()).unwrap();
        path
    }
}

/// A server that was started with `serve`.
struct Serving {
    child: Child,
    base_url: String,
    printed: String,
}

impl Serving {
    /// Starts it and waits until it says where it is.
    fn start(place: &Place, arguments: &[&str]) -> Self {
        let all = [&["serve", "--bind", "127.0.0.1:0"], arguments].concat();
        let child = place.command(&all).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut serving = Self { child, base_url: String::new(), printed: String::new() };
        let mut out = BufReader::new(serving.child.stdout.take().unwrap());
        while serving.base_url.is_empty() {
            let mut line = String::new();
            assert!(out.read_line(&mut line).unwrap() > 0, "it ended early: {}", serving.printed);
            if let Some(url) = line.strip_prefix("Touchstone is at ") {
                url.trim().clone_into(&mut serving.base_url);
            }
            serving.printed.push_str(&line);
        }
        serving
    }

    /// The token of the link that it printed, if it did.
    fn token(&self) -> Option<String> {
        let link = self.printed.lines().find(|line| line.contains("/invitation#"))?;
        Some(link.split_once('#')?.1.trim().to_owned())
    }

    fn accept(&self, token: &str, email: &str) -> Reply {
        let body = json!({ "token": token, "email": email, "name": "Ada", "password": PASSWORD });
        Client::new(&self.base_url, None).post("/v1/invitations/accept", &body)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn line(external_id: &str, address: &str) -> String {
    format!("{}\n", report(external_id, &["alliance"], &[email(address)]))
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn the_program_of_the_tests_says_that_it_has_planted_leaks() {
    let output = Command::new(env!("CARGO_BIN_EXE_touchstone")).arg("version").output().unwrap();
    let expected = format!("touchstone {} (for tests: with planted leaks)\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
}

on_both_engines! {
    fn the_first_start_prints_a_link_and_the_next_prints_another_in_its_place(engine) {
        let place = Place::new(engine);
        let first = Serving::start(&place, &[]).token().unwrap();
        let server = Serving::start(&place, &[]);
        server.accept(&first, "eve@operator.example").problem(422, "invalid");
        server.accept(&server.token().unwrap(), "ada@operator.example").expect(201);
        drop(server);
        assert_eq!(Serving::start(&place, &[]).token(), None);
    }

    fn the_stop_list_is_printed_with_who_added_what_and_is_there_from_the_first_command_on(engine) {
        let place = Place::new(engine);
        let printed = place.must(&["stop-list", "list"]);
        let relay = printed.lines().find(|line| line.contains("@privaterelay.appleid.com")).unwrap();
        assert!(relay.contains(" email ") && relay.contains("proxy_mail"), "{relay}");
        assert!(relay.contains("by touchstone") && !relay.contains("lifted"), "{relay}");
        assert_eq!(place.must(&["stop-list", "list", "--all"]), printed);
    }

    fn a_member_is_put_into_a_family_and_taken_out_again(engine) {
        let place = Place::new(engine);
        place.must(&["member", "create", "acme", "Acme", "--kind", "brand"]);
        let listed = || {
            let printed = place.must(&["member", "list"]);
            printed.lines().find(|line| line.contains(" acme ")).unwrap().trim_end().to_owned()
        };
        let alone = listed();
        assert!(alone.ends_with(" Acme"), "{alone}");
        place.must(&["member", "owner-group", "acme", "wing-house"]);
        assert_eq!(listed(), format!("{alone} (wing-house)"));
        place.must(&["member", "owner-group", "acme"]);
        assert_eq!(listed(), alone);
        for wrong in [["member", "owner-group", "bolt", "wing-house"], ["member", "owner-group", "acme", "Wing!"]] {
            let refused = place.run(&wrong);
            assert_eq!(refused.status.code(), Some(1), "{}", text(&refused.stderr));
        }
        assert_eq!(listed(), alone);
    }

    fn an_import_says_what_became_of_its_lines_and_changes_nothing_the_second_time(engine) {
        let place = Place::new(engine);
        place.must(&["member", "create", "acme", "Acme", "--kind", "brand"]);
        let good = [line("A-1", "jian@bags.shop"), line("A-2", "wei@bags.shop")];
        let file = place.write("good.ndjson", &good);
        for counts in ["2 created, 0 unchanged", "0 created, 2 unchanged"] {
            let output = place.import(&file);
            assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
            assert!(text(&output.stdout).contains(counts), "{}", text(&output.stdout));
        }
        let refused = place.write("refused.jsonl", &[good[0].clone(), "{\"narative\": 1}\n".to_owned()]);
        let output = place.import(&refused);
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stdout).contains("1 unchanged, 1 invalid"), "{}", text(&output.stdout));
        assert!(text(&output.stderr).contains("line 2"), "{}", text(&output.stderr));

        let unknown = place.run(&["import", "--member", "bolt", file.to_str().unwrap()]);
        assert_eq!(unknown.status.code(), Some(1));
        assert!(text(&unknown.stderr).contains("bolt"), "{}", text(&unknown.stderr));

        // Whom the interface lets file nothing.
        place.must(&["member", "create", "taobao", "Taobao", "--kind", "platform"]);
        let refused = place.run(&["import", "--member", "taobao", file.to_str().unwrap()]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(text(&refused.stderr).contains("platform"), "{}", text(&refused.stderr));
    }

    fn an_export_holds_what_its_member_sees_and_a_file_is_there_whole_or_not_at_all(engine) {
        let place = Place::new(engine);
        for (slug, kind) in [("acme", "brand"), ("bolt", "brand"), ("taobao", "platform")] {
            place.must(&["member", "create", slug, slug, "--kind", kind]);
        }
        place.import(&place.write("good.ndjson", &[line("A-1", "jian@bags.shop"), line("A-2", "wei@bags.shop")]));
        let export = |name: &str, group: &str, member: &str| {
            let file = place.path(name);
            let output = place.run(&["export", file.to_str().unwrap(), "--group", group, "--member", member]);
            (output, file)
        };
        let written = |name: &str, member: &str| {
            let (output, file) = export(name, "alliance", member);
            assert!(output.status.success(), "{}", text(&output.stderr));
            assert!(text(&output.stdout).starts_with("2 sellers of alliance at feed number 2"), "{}", text(&output.stdout));
            std::fs::read(file).unwrap()
        };
        let lines = |member: &str| -> Vec<Value> {
            let bytes = written("sellers.ndjson", member);
            bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(|line| serde_json::from_slice(line).unwrap()).collect()
        };
        let (own, peer) = (lines("acme"), lines("bolt"));
        assert_eq!(own[0], json!({ "snapshot": { "group": "alliance", "number": 2 } }));
        assert_eq!(own[3], json!({ "end": { "number": 2, "sellers": 2 } }));
        let address = |line: &Value| line["seller"]["identifiers"][0]["value"].as_str().unwrap().to_owned();
        assert!(own[1..3].iter().any(|line| address(line) == "jian@bags.shop"), "{own:?}");
        assert!(peer[1..3].iter().all(|line| address(line).contains("***")), "{peer:?}");
        let table = String::from_utf8(written("sellers.csv", "bolt")).unwrap();
        assert_eq!(table.lines().count(), 3, "{table}");
        assert!(written("sellers.xlsx", "bolt").starts_with(b"PK"));

        for (name, group, member) in
            [("none.csv", "alliance", "cora"), ("none.csv", "platform:taobao", "bolt"), ("none.doc", "alliance", "bolt")]
        {
            let (output, file) = export(name, group, member);
            assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
            assert!(!file.exists());
        }
        let kept = std::fs::read_dir(place.path(".")).unwrap().count();
        assert_eq!(kept, 5, "data, the reports and three exports: nothing half-written is left");
    }
}

#[test]
fn a_configuration_that_is_wrong_is_named_whole_and_without_its_secrets() {
    let place = Place::new(Engine::Sqlite);
    let mut command = place.command(&["serve", "--bind", "nowhere", "--workers", "0", "--log-format", "xml"]);
    command.args(["--database-connections", "1", "--public-url", "ftp://x"]);
    command.env("TOUCHSTONE_LOG", "touchstone=loud");
    command.env("TOUCHSTONE_DATABASE_URL", "mysql://user:hunter2@host/db");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    for flag in [
        "--bind",
        "--workers",
        "--log-format",
        "--log ",
        "--database-connections",
        "--public-url",
        "--database-url",
    ] {
        assert!(said.contains(flag), "{flag} is not named: {said}");
    }
    assert!(!said.contains("hunter2"), "{said}");
    assert!(!place.path("data").exists(), "it began all the same");
}

#[test]
fn a_sample_that_was_interrupted_is_gone_on_with_and_kept_by_later_starts() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new(Engine::Sqlite);
    let (whole, part) = (place.path("data/demo.json"), place.path("data/demo.json.part"));
    let mut first = place.command(&["serve", "--demo", "--bind", "127.0.0.1:0"]);
    let mut first = first.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    // Whoever is in it is in the database: nothing is filed before.
    while !std::fs::read(&part).is_ok_and(|text| serde_json::from_slice::<Value>(&text).is_ok()) {
        assert!(Instant::now() < deadline, "the sample is not begun");
        std::thread::sleep(Duration::from_millis(2));
    }
    std::thread::sleep(Duration::from_millis(200));
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(!whole.exists(), "it was whole before it could be interrupted");
    let begun = read(&part);

    let server = Serving::start(&place, &["--demo"]);
    let demo = read(&whole);
    assert!(!part.exists());
    assert_eq!(std::fs::metadata(&whole).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!((&demo["members"], &demo["base_url"]), (&begun["members"], &json!(server.base_url)));
    let mut reports = 0;
    for member in demo["members"].as_array().unwrap() {
        let key = Client::new(&server.base_url, Some(member["api_key"].as_str().unwrap().to_owned()));
        let me = key.get("/v1/me").expect(200).json();
        assert_eq!(me["kind"], member["kind"]);
        let sign_in = json!({ "email": member["email"], "password": member["password"] });
        Client::new(&server.base_url, None).post("/v1/sessions", &sign_in).expect(201);
        if member["kind"] == "brand" {
            assert!(
                !key.get("/v1/groups/alliance/sellers").expect(200).json()["items"]
                    .as_array()
                    .unwrap()
                    .is_empty()
            );
            reports += key.all("/v1/reports?limit=200").len();
        }
    }
    assert_eq!(reports, 400, "each of them once");
    drop(server);

    // Nobody reads what it prints: that must not end it.
    let mut unread = place.command(&["serve", "--demo", "--bind", "127.0.0.1:0"]);
    let child = unread.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut server = Serving { child, base_url: String::new(), printed: String::new() };
    drop(server.child.stdout.take());
    let deadline = Instant::now() + Duration::from_secs(60);
    let again = loop {
        let again = read(&whole);
        if again["base_url"] != demo["base_url"] {
            break again;
        }
        assert!(Instant::now() < deadline, "it does not start again");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(again["members"], demo["members"]);
    Client::new(again["base_url"].as_str().unwrap(), None).get("/healthz").expect(200);
}

#[test]
fn a_rebuild_mends_a_pool_that_could_not_take_what_waits_for_it() {
    let place = Place::new(Engine::Sqlite);
    place.must(&["member", "create", "acme", "Acme", "--kind", "brand"]);
    let first = place.write("first.ndjson", &[line("A-1", "jian@bags.shop")]);
    place.must(&["import", "--member", "acme", first.to_str().unwrap()]);
    let database = place.path("data/touchstone.db");
    let mut conn = SqliteConnection::establish(database.to_str().unwrap()).unwrap();
    conn.batch_execute("UPDATE pool_entries SET facts = X'00'").unwrap();
    drop(conn);
    let second = place.write("second.ndjson", &[line("A-2", "jian@bags.shop")]);
    place.must(&["import", "--member", "acme", "--no-resolve", second.to_str().unwrap()]);

    assert!(place.must(&["rebuild"]).contains("alliance: 1 reports, 1 profiles, 0 changed"));
    assert!(place.must(&["rebuild"]).contains("alliance: 2 reports, 1 profiles, 0 changed"));
}

/// A database of two reports that share a mailbox, and eight that share a phone: too many to be joined by it.
fn with_a_pair_and_a_hub() -> Place {
    let place = Place::new(Engine::Sqlite);
    place.must(&["member", "create", "acme", "Acme", "--kind", "brand"]);
    let hub = |n: usize| {
        let own = email(&format!("seller{n}@bags.shop"));
        format!("{}\n", report(&format!("H-{n}"), &["alliance"], &[own, phone("+86 138 1234 5678")]))
    };
    let mut lines = vec![line("A-1", "jian@bags.shop"), line("A-2", "jian@bags.shop")];
    lines.extend((0..8).map(hub));
    let file = place.write("reports.ndjson", &lines);
    place.must(&["import", "--member", "acme", file.to_str().unwrap()]);
    place
}

#[test]
fn a_dry_run_tells_what_other_rules_would_merge_and_split_and_changes_nothing() {
    let place = with_a_pair_and_a_hub();
    let dry_run = |rules: &str| {
        let rules = place.write("rules.json", &[rules.to_owned()]);
        place.run(&["rebuild", "--dry-run", "--group", "alliance", "--rules", rules.to_str().unwrap()])
    };
    let other = r#"{"classes": {"phone": {"degree_max": 8}, "email": {"degree_max": 1}}}"#;
    let said = text(&dry_run(other).stdout);
    assert!(said.starts_with("alliance: 10 reports; profiles 9 -> 3; largest 2 -> 8;"), "{said}");
    assert!(said.contains("1 would merge, 1 would split, 8 reports would change"), "{said}");
    let told = |words: &str| said.lines().filter(|line| line.contains(words)).count();
    assert_eq!(
        (told("  merge into sel_"), told("over phone, carried by 8, 8.9 bits: rep_")),
        (1, 7),
        "{said}"
    );
    assert_eq!((told("  split of sel_"), told("without email, carried by 2, 11.0 bits")), (1, 1), "{said}");
    // What people reported is not for the operator to read.
    assert!(!said.contains("+86") && !said.contains("bags.shop"), "{said}");

    let same = place.must(&["rebuild", "--dry-run", "--group", "alliance"]);
    assert!(same.contains("0 would merge, 0 would split, 0 reports"), "{same}");
    assert!(place.must(&["rebuild"]).contains("alliance: 10 reports, 9 profiles, 0 changed"));

    let wrong = dry_run(r#"{"classes": {"fax": {}}, "pairs": {"counted_max": "many"}}"#);
    assert_eq!(wrong.status.code(), Some(1));
    let said = text(&wrong.stderr);
    assert!(said.contains("/classes/fax") && said.contains("/pairs/counted_max"), "{said}");
}

#[test]
fn tuning_prints_the_weights_of_the_stored_reports_and_a_file_that_a_dry_run_takes() {
    let place = with_a_pair_and_a_hub();
    let rules = place.path("tuned.json");
    let said = place.must(&["tune", "--output", rules.to_str().unwrap()]);
    assert!(said.starts_with("10 reports, 45 pairs at random, 29 pairs that share a value"), "{said}");
    let phone = said.lines().find(|line| line.starts_with("phone ")).unwrap();
    assert!(phone.contains(" 11.9 ") && phone.contains("too little"), "{phone}");
    // So few reports are nothing to go by, so nothing is proposed.
    assert_eq!(read(&rules), json!({}));
    let dry_run = place.must(&["rebuild", "--dry-run", "--rules", rules.to_str().unwrap()]);
    assert!(dry_run.contains("alliance: 10 reports; profiles 9 -> 9"), "{dry_run}");
    assert!(place.must(&["tune"]).trim_end().ends_with("{}"), "it is printed where no file is named");
    assert_eq!(place.run(&["tune", "--group", "nowhere"]).status.code(), Some(1));
}
