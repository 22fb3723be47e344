//! An alliance under test: an operator, three brands, two platforms and an authority, made over HTTP.

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::ExposeSecret;
use serde_json::{Value, json};
use touchstone::domain::member::{MemberKind, Role};
use touchstone::domain::time::{Timestamp, start_of_month};
use touchstone::ops::create_member::{NewMember, create_member};
use touchstone::ops::invite_user::{NewInvitation, invite_user};
use touchstone::store::{StoreError, group_stats, pool};

use super::Engine;
use super::app::{Options, TestApp};
use super::client::Client;

pub const PASSWORD: &str = "correct horse battery staple";

/// A server with members. `owner(slug)` is a signed-in owner, `key(slug)` an API key with every scope
/// of the member's kind.
pub struct World {
    pub app: TestApp,
    pub ids: BTreeMap<String, String>,
    owners: BTreeMap<String, Client>,
    keys: BTreeMap<String, Client>,
}

/// The members that every world has besides the operator.
pub const MEMBERS: [(&str, &str); 6] = [
    ("acme", "brand"),
    ("bolt", "brand"),
    ("cora", "brand"),
    ("taobao", "platform"),
    ("ebay", "platform"),
    ("customs", "authority"),
];

impl World {
    pub fn new(engine: Engine) -> Self {
        Self::with(engine, Options::default())
    }

    pub fn with(engine: Engine, options: Options) -> Self {
        let app = TestApp::start_with(engine, options);
        let mut world = Self { app, ids: BTreeMap::new(), owners: BTreeMap::new(), keys: BTreeMap::new() };
        world.found();
        for (slug, kind) in MEMBERS {
            world.add_member(slug, kind);
        }
        world
    }

    /// The first operator, who comes by the link that the program prints.
    fn found(&mut self) {
        let app = &self.app.app;
        let (id, token) = app
            .db
            .write(|conn| {
                let new = NewMember {
                    slug: "operator".to_owned(),
                    name: "The operator".to_owned(),
                    kind: MemberKind::Operator,
                };
                let member = create_member(conn, app.ids.as_ref(), app.now(), &new)?;
                let new = NewInvitation { email: None, role: Role::Owner };
                let (_, token) = invite_user(conn, app.ids.as_ref(), app.now(), member.id, &new)?;
                Ok::<_, StoreError>((member.id, token))
            })
            .expect("the first operator is invited");
        self.ids.insert("operator".to_owned(), id.to_string());
        self.settle("operator", token.expose_secret());
    }

    /// A further member with an owner and a key.
    pub fn add_member(&mut self, slug: &str, kind: &str) {
        let operator = self.owner("operator");
        let body = json!({ "slug": slug, "name": format!("The {slug} company"), "kind": kind });
        let member = operator.post("/v1/admin/members", &body).expect(201).json();
        let id = member["id"].as_str().expect("an id").to_owned();
        let path = format!("/v1/admin/members/{id}/invitations");
        let invitation = operator.post(&path, &json!({ "role": "owner" })).expect(201).json();
        self.ids.insert(slug.to_owned(), id);
        self.settle(slug, invitation["token"].as_str().expect("a token"));
    }

    fn settle(&mut self, slug: &str, token: &str) {
        let email = format!("owner@{slug}.example");
        let owner = self.accept(token, &email);
        let me = owner.get("/v1/me").expect(200).json();
        let body = json!({ "name": "all", "scopes": me["scopes"], "expires_in_days": 366 });
        let key = owner.post("/v1/keys", &body).expect(201).json();
        self.keys.insert(slug.to_owned(), self.app.client(key["api_key"].as_str().expect("a key")));
        self.owners.insert(slug.to_owned(), owner);
    }

    /// Accepts an invitation and signs in.
    pub fn accept(&self, token: &str, email: &str) -> Client {
        let body = json!({ "token": token, "email": email, "name": "A person", "password": PASSWORD });
        self.app.anonymous().post("/v1/invitations/accept", &body).expect(201);
        self.sign_in(email)
    }

    pub fn sign_in(&self, email: &str) -> Client {
        let session = self.open_session(email);
        self.app.client(session["access_token"].as_str().expect("a token"))
    }

    /// The answer to signing in: access and refresh token.
    pub fn open_session(&self, email: &str) -> Value {
        let body = json!({ "email": email, "password": PASSWORD });
        self.app.anonymous().post("/v1/sessions", &body).expect(201).json()
    }

    /// A signed-in user of a member with another role.
    pub fn user(&self, slug: &str, role: &str) -> Client {
        let invitation =
            self.owner(slug).post("/v1/invitations", &json!({ "role": role })).expect(201).json();
        let email = format!("{role}@{slug}.example");
        self.accept(invitation["token"].as_str().expect("a token"), &email)
    }

    /// A key of a member with only these scopes.
    pub fn key_with(&self, slug: &str, scopes: &[&str]) -> Client {
        let body = json!({ "name": "narrow", "scopes": scopes });
        let key = self.owner(slug).post("/v1/keys", &body).expect(201).json();
        self.app.client(key["api_key"].as_str().expect("a key"))
    }

    /// Waits until every pool is worked out, under the stop-list too.
    pub fn wait_until_worked_out(&self) {
        for _ in 0..6_000 {
            if self.app.app.db.read(pool::waiting_groups).expect("the database answers").is_empty() {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("pools still wait to be worked out");
    }

    /// Waits until the totals of every group are counted for the month that the clock shows.
    pub fn wait_until_counted(&self) {
        let as_of = Timestamp::of_date(start_of_month(self.app.app.now().date()));
        for _ in 0..6_000 {
            let due = self.app.app.db.read(|conn| group_stats::due(conn, as_of));
            if due.expect("the database answers").is_empty() {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("the totals of groups are still to be counted");
    }

    /// Lets 31 days go by, and waits until the totals are counted for the month that began meanwhile.
    pub fn next_month(&self) {
        self.app.clock.advance(31 * 24 * 3_600);
        self.wait_until_counted();
    }

    /// Has the operator stop a value, waits until that is worked in, and returns the entry.
    pub fn stop(&self, identifier: &Value) -> Value {
        let mut form = identifier.clone();
        form["reason"] = json!("other");
        form["note"] = json!("Many sellers have it.");
        let entry = self.key("operator").post("/v1/admin/stop-list", &form).expect(201).json();
        self.wait_until_worked_out();
        entry
    }

    /// Has the operator lift an entry, and waits until that is worked in.
    pub fn lift(&self, entry: &Value) -> Value {
        let path = format!("/v1/admin/stop-list/{}/lift", entry["id"].as_str().expect("an id"));
        let lifted = self.key("operator").post(&path, &Value::Null).expect(200).json();
        self.wait_until_worked_out();
        lifted
    }

    pub fn owner(&self, slug: &str) -> Client {
        self.owners[slug].clone()
    }

    pub fn key(&self, slug: &str) -> Client {
        self.keys[slug].clone()
    }
}
