//! Databases of the release before there were keys.

use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use serde_json::json;
use touchstone::domain::time::parse_date;
use touchstone::intake::accept::{Terms, accept};
use touchstone::ops::invite_user::hash_password;

use super::BRAND;
use super::hunter::Hunter;
use super::planted::Planted;
use crate::support::house::House;
use crate::support::world::PASSWORD;
use crate::support::{Engine, on_both_engines};

/// The migration with which sealing came.
const SEALED: &str = "2026-11-26-000013";

fn migrations(engine: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
    let mut all: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all.retain(|path| *path.file_name().unwrap().to_str().unwrap() < *SEALED);
    all
}

/// A member that has filed a report, as the release before has stored it.
fn rows(body: &str, [address, name]: &[String; 2], bytes: impl Fn(&str) -> String) -> String {
    let [member, group, report, queue, user, session, invitation] =
        ["11", "22", "33", "44", "55", "66", "77"].map(|two| bytes(&two.repeat(16)));
    let hash = hash_password(&PASSWORD.to_owned().into()).unwrap();
    let body = body.replace('\'', "''");
    format!(
        "INSERT INTO members VALUES ({member}, 'acme', 'Acme', 'brand', 'active', 1);
         INSERT INTO users VALUES ({user}, {member}, '{address}', '{name}', 'owner', '{hash}', 'active', 1);
         INSERT INTO sessions VALUES ({session}, {user}, 1, NULL);
         INSERT INTO refresh_tokens VALUES ({group}, {session}, 1, 2, NULL);
         INSERT INTO invitations VALUES ({invitation}, {member}, 'w{address}', 'reader', {group}, 2, NULL, 1);
         INSERT INTO invitations VALUES ({user}, {member}, NULL, 'reader', {member}, 2, NULL, 1);
         INSERT INTO sharing_groups (id, slug, name, kind, includes_alliance, host_id, next_entry, next_label,
             lens_version, created_at, rules_version, stop_list_version, description, members_named)
             VALUES ({group}, 'alliance', 'The alliance', 'alliance', FALSE, NULL, 0, 0, 0, 1, 1, 0, '', FALSE);
         INSERT INTO reports (member_id, id, external_id, digest, revision, state, body, created_at, modified_at)
             VALUES ({member}, {report}, 'A-1', 'd', 1, 'live', '{body}', 1, 1);
         INSERT INTO report_revisions (member_id, report_id, revision, digest, body, actor, created_at)
             VALUES ({member}, {report}, 0, 'd', '{body}', 'user', 1);
         INSERT INTO pool_queue VALUES ({group}, {queue}, {member}, {report});
         INSERT INTO secrets (name, value, created_at) VALUES ('cursor-key', {}, 1);",
        bytes(&"ab".repeat(32))
    )
}

on_both_engines! {
    fn a_database_of_the_release_before_is_sealed_by_its_first_start(engine) {
        let house = House::new(engine);
        let mut planted = Planted::default();
        let form = planted.report("A-1", &["alliance"]);
        let terms = Terms {
            today: parse_date("2026-06-01").unwrap(),
            may_share_with: vec!["alliance".to_owned()],
            external_id: None,
        };
        let report = accept(serde_json::from_value(form.clone()).unwrap(), Vec::new(), &terms).unwrap().report;
        let body = serde_json::to_string(&report).unwrap();
        let who = [format!("{}@acme.example", planted.word()), planted.word()];
        who.iter().for_each(|word| drop(planted.plant(word.as_str())));
        let versions = "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL,
                        run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);";
        let (folder, rows) = match engine {
            Engine::Sqlite => ("sqlite", rows(&body, &who, |hex| format!("x'{hex}'"))),
            Engine::Postgres => ("postgres", rows(&body, &who, |hex| format!("'\\x{hex}'::bytea"))),
        };
        let mut script = versions.to_owned();
        for path in migrations(folder) {
            script += &std::fs::read_to_string(path.join("up.sql")).unwrap();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let version: String = name.chars().take_while(|letter| *letter != '_').filter(|letter| *letter != '-').collect();
            script += &format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}');");
        }
        script += &rows;
        let hunter = Hunter::new(planted.values.iter().cloned());
        let database = house.path("data/touchstone.db");
        match house.url() {
            None => {
                std::fs::create_dir(house.path("data")).unwrap();
                SqliteConnection::establish(database.to_str().unwrap()).unwrap().batch_execute(&script).unwrap();
                assert_eq!(hunter.in_files(&[database]).len(), 1, "it is in the clear before");
            }
            Some(url) => PgConnection::establish(url).unwrap().batch_execute(&script).unwrap(),
        }

        let key = house.must(&["key", "create", "acme", "--name", "all", "--scope", BRAND[0], "--scope", BRAND[1], "--scope", BRAND[2]]);
        // The log of the changes before the start is not ours to clean: only what the database is now.
        let files = super::database_files(&house, house.url().map(|_| "~"));
        assert_eq!(hunter.in_files(&files), std::collections::BTreeMap::new());
        let server = house.serve();
        let client = server.client(key.trim());
        client.wait_until_pooled();
        let stored = client.all("/v1/reports");
        let path = format!("/v1/reports/{}", stored[0]["id"].as_str().unwrap());
        assert_eq!(client.get(&path).expect(200).json()["narrative"], form["narrative"]);
        assert_eq!(client.get(&format!("{path}/revisions")).expect(200).json()["items"][0]["report"]["narrative"], form["narrative"]);
        assert_eq!(client.all("/v1/groups/alliance/sellers").len(), 1);
        let session = json!({ "email": who[0], "password": PASSWORD });
        let token = server.client("").post("/v1/sessions", &session).expect(201).json()["access_token"].clone();
        let owner = server.client(token.as_str().unwrap());
        assert_eq!(owner.all("/v1/users")[0]["name"], who[1].as_str());
        let refused = house.run(&["keys", "rotate"]);
        assert!(refused.status.success());
    }
}
