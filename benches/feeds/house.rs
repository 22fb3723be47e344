//! A running server whose alliance has many sellers.

use std::io::{BufWriter, Write};
use std::path::Path;

use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tempfile::TempDir;
use touchstone::app::App;
use touchstone::domain::id::MemberId;
use touchstone::domain::member::{MemberKind, Scope};
use touchstone::ops::create_member::{NewMember, create_member};
use touchstone::ops::manage_keys::{NewKey, create_key};
use touchstone::store::StoreError;

use crate::program::{Program, run as command};

/// A folder with an alliance in it.
pub struct House {
    folder: TempDir,
    /// API keys of the brand that reports, and of another that reads.
    pub reporter: String,
    pub reader: String,
}

/// A report on a seller that no other report speaks of, of the size that a case list has.
pub fn report(number: usize) -> Value {
    json!({
        "external_id": format!("B-{number}"),
        "share_with": ["alliance"],
        "infringement_type": "counterfeit_goods",
        "seller": {
            "display_names": [format!("Shop {number}")],
            "identifiers": [
                { "type": "storefront", "platform": "taobao", "value": (100_000_000 + number).to_string() },
                { "type": "email", "value": format!("seller{number}@bags.shop") },
                { "type": "domain", "value": format!("bags{number}.shop") },
            ],
        },
        "goods": [{ "category": "handbags" }],
        "narrative": "Sells handbags with our mark from a cellar.",
        "first_seen": "2026-03-10",
        "last_seen": "2026-04-20",
        "statement": { "good_faith": true, "signer": "Ada Analyst", "signed_on": "2026-05-01" },
    })
}

/// A brand of an application in this process, and an API key of it with one scope.
pub fn member_with_key(app: &App, scope: Scope) -> (MemberId, String) {
    let made = app.db.write(|conn| {
        let new = NewMember { slug: "bench".to_owned(), name: "Bench".to_owned(), kind: MemberKind::Brand };
        let member = create_member(conn, app.ids.as_ref(), app.now(), &new)?;
        let key = NewKey { name: "bench".to_owned(), scopes: vec![scope], days: 1 };
        let (_, text) = create_key(conn, app.ids.as_ref(), app.now(), member.id, &key)?;
        Ok::<_, StoreError>((member.id, text.expose_secret().to_owned()))
    });
    made.expect("a member and a key can be made")
}

impl House {
    pub fn with_sellers(count: usize) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("data");
        let member = |slug: &str, kind: &str, scopes: &[&str]| {
            command(&data, &["member", "create", slug, slug, "--kind", kind]);
            let scopes: Vec<&str> = scopes.iter().flat_map(|scope| ["--scope", scope]).collect();
            command(&data, &[&["key", "create", slug, "--name", "bench"], &scopes[..]].concat())
        };
        let reporter = member("acme", "brand", &["reports:write", "feed:read", "sellers:read"]);
        let reader = member("bolt", "brand", &["feed:read", "sellers:read"]);
        if count > 0 {
            let file = folder.path().join("reports.ndjson");
            write(&file, count);
            command(&data, &["import", file.to_str().expect("a name"), "--member", "acme"]);
            std::fs::remove_file(&file).expect("it was written");
        }
        Self { folder, reporter, reader }
    }

    pub fn serve(&self) -> Program {
        Program::serve(&self.folder.path().join("data"))
    }
}

fn write(path: &Path, count: usize) {
    let mut out = BufWriter::new(std::fs::File::create(path).expect("a file"));
    for number in 0..count {
        serde_json::to_writer(&mut out, &report(number)).expect("a form serialises");
        out.write_all(b"\n").expect("the disk has room");
    }
    out.flush().expect("the disk has room");
}
