//! Alliances built from plans, alike but for what the plans say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::Method;
use serde_json::{Value, json};
use touchstone::app::{App, Background};
use touchstone::domain::lens::class::Class;
use touchstone::domain::member::Standing;
use touchstone::domain::time::Timestamp;
use touchstone::resolver::Resolver;
use touchstone::store::{Engine, StoreError, exchange, feed, groups, keys, members};

use super::cases::{self, Case};
use super::people::{REPORTERS, Viewer};
use super::plan::Plan;
use super::replay::{Answer, label};
use super::replayed::ManualClock;
use super::script::{Act, Name, Said, Tick};
use super::service::{Reply, Request, Server};
use super::template::{Database, Member, resolver, start};

/// Seconds of a tick: more than a key's "last used" is kept for, so that each use in a tick shows.
pub const TICK_SECONDS: i64 = 3_700;

/// A report as it was last left.
#[derive(Debug, Clone)]
pub struct Filed {
    pub member: &'static str,
    pub id: String,
    pub revision: i64,
    pub live: bool,
    pub content: Value,
}

/// A judgement that was made or proposed.
#[derive(Debug, Clone)]
pub struct Judged {
    pub member: &'static str,
    pub id: String,
}

/// An invitation into the group that its members keep.
#[derive(Debug, Clone)]
pub struct Invited {
    pub member: &'static str,
    pub id: String,
}

/// A request to make oneself known.
#[derive(Debug, Clone)]
pub struct Introduced {
    /// Who asks, and who may have been asked.
    pub of: Vec<&'static str>,
    pub id: String,
}

/// Everything that there is in an alliance: what requests are made from.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Group and id of every profile that ever was in a feed.
    pub sellers: BTreeSet<(String, String)>,
    /// Group and id of what stands for a profile among the objects of any lens class.
    pub objects: BTreeSet<(String, String)>,
    pub reports: BTreeMap<String, Filed>,
    pub judgements: BTreeMap<String, Judged>,
    pub identifiers: Vec<Value>,
    /// The slug of the group that its members keep; one that nobody has if it was not founded.
    pub den: String,
    /// Who read that.
    pub den_readers: Vec<&'static str>,
    pub invitations: Vec<Invited>,
    pub introductions: Vec<Introduced>,
    /// Ids of what became of objects that were posted.
    pub statuses: BTreeSet<String>,
    pub members: BTreeMap<&'static str, String>,
}

/// A server with members, groups and what a plan says happened.
pub struct Alliance {
    server: Server,
    pub resolver: Resolver,
    pub clock: Arc<ManualClock>,
    members: &'static BTreeMap<&'static str, Member>,
    filed: BTreeMap<Name, Filed>,
    said: BTreeMap<Said, String>,
    /// The slug of the group that its members keep, if it was founded, and who reads it.
    pub den: Option<&'static str>,
    pub den_readers: Vec<&'static str>,
    pub invited: Vec<Invited>,
    introduced: Vec<Introduced>,
    statuses: BTreeSet<String>,
    /// What each member was answered when it did something.
    answers: BTreeMap<&'static str, Vec<Answer>>,
    app: Option<(Arc<App>, Background)>,
    // Goes last.
    _database: Database,
}

impl Alliance {
    pub fn build(engine: Engine, plan: &Plan) -> Self {
        let database = Database::new(engine, plan);
        let clock = Arc::new(ManualClock::default());
        let (app, background) = start(&database.url, clock.clone());
        let mut alliance = Self {
            server: Server::new(&app),
            resolver: resolver(&app),
            clock,
            members: database.members,
            filed: BTreeMap::new(),
            said: BTreeMap::new(),
            den: None,
            den_readers: Vec::new(),
            invited: Vec::new(),
            introduced: Vec::new(),
            statuses: BTreeSet::new(),
            answers: BTreeMap::new(),
            app: Some((app, background)),
            _database: database,
        };
        if let Some(k) = plan.k {
            let path = "/v1/admin/groups/alliance/k";
            let raised = alliance.does("operator", 0, Method::PUT, path, Some(&json!({ "k": k })), None);
            assert_eq!(raised.status, 200, "{}", raised.text);
        }
        if plan.canary {
            alliance.watch(&cases::canary());
        }
        for slug in &plan.family {
            alliance.affiliate(slug, plan.family_name);
        }
        let mut stopped = None;
        for (number, tick) in plan.script.iter().enumerate() {
            // The operator changes its mind about one value, and leaves another stopped.
            if number == plan.script.len() / 2 {
                stopped = alliance.stop(&cases::open(0)[1]);
                if let Some(slug) = plan.late_relative {
                    alliance.affiliate(slug, plan.family_name);
                }
            }
            if number == plan.script.len() * 3 / 4 {
                alliance.lift(stopped.take());
                alliance.stop(&cases::open(1)[1]);
            }
            alliance.tick(tick);
        }
        for case in &plan.late {
            alliance.file(case, 0);
        }
        if let Some(slug) = plan.suspended {
            alliance.suspend(slug);
        }
        alliance.clock.advance(TICK_SECONDS);
        alliance
    }

    fn app(&self) -> &Arc<App> {
        &self.app.as_ref().expect("it runs").0
    }

    fn tick(&mut self, tick: &Tick) {
        self.clock.advance(TICK_SECONDS);
        for (act, hand) in &tick.acts {
            self.act(act, *hand);
        }
        if tick.resolves {
            self.resolver.drain(|_| {}).expect("everything can be resolved");
        }
    }

    fn act(&mut self, act: &Act, hand: usize) {
        match act {
            Act::File(case) => self.file(case, hand),
            Act::Retract(name) => {
                let Some(known) = self.filed.get(name).cloned().filter(|known| known.live) else { return };
                let path = format!("/v1/reports/{}", known.id);
                if self.does(name.0, hand, Method::DELETE, &path, None, None).status == 204 {
                    let gone = Filed { revision: known.revision + 1, live: false, ..known };
                    self.filed.insert(name.clone(), gone);
                }
            }
            Act::Judge(said) => self.judge(said, hand),
            Act::TakeBack(said) => {
                let Some(id) = self.said.get(said).cloned() else { return };
                let path = format!("/v1/groups/{}/judgements/{id}", said.group);
                self.does(said.member, hand, Method::DELETE, &path, None, None);
            }
            Act::LookUp(member, island) => {
                let all = (0..cases::SLOTS)
                    .flat_map(|slot| [0, 1].map(|which| cases::personal(*island, slot, which)));
                let all = all.chain([cases::canary()]);
                let body = json!({ "identifiers": all.collect::<Vec<_>>() });
                self.does(member, hand, Method::POST, "/v1/groups/alliance/match", Some(&body), None);
            }
            Act::Blunder(member) => {
                let body = json!({ "share_with": ["nosuch"] });
                self.does(member, hand, Method::POST, "/v1/reports", Some(&body), None);
                self.post_objects(member, hand);
            }
            Act::Ask(member, name) => self.ask_introduction(member, name, hand),
            Act::Answer { member, to, grant } => self.answer(member, to, *grant, hand),
        }
    }

    pub fn file(&mut self, case: &Case, hand: usize) {
        let content = case.report();
        let name = (case.member, case.external_id.clone());
        let reply = match self.filed.get(&name) {
            None => self.does(case.member, hand, Method::POST, "/v1/reports", Some(&content), None),
            Some(known) => {
                let (path, tag) = (format!("/v1/reports/{}", known.id), format!("\"r{}\"", known.revision));
                self.does(case.member, hand, Method::PUT, &path, Some(&content), Some(tag))
            }
        };
        // A planted leak may be that a report is refused.
        let Ok(answer) = serde_json::from_str::<Value>(&reply.text) else { return };
        let (Some(id), Some(revision)) = (answer["id"].as_str(), answer["revision"].as_i64()) else { return };
        let filed = Filed { member: case.member, id: id.to_owned(), revision, live: true, content };
        self.filed.insert(name, filed);
    }

    fn judge(&mut self, said: &Said, hand: usize) {
        let [a, b] = said.of.each_ref().map(|id| self.filed.get(&(said.member, id.clone())));
        let (Some(a), Some(b)) = (a, b) else { return };
        let reason = format!("Because of {}.", said.reason);
        let (verdict, propose) = (said.verdict, said.propose);
        let body = json!({ "a": a.id, "b": b.id, "verdict": verdict, "reason": reason, "propose": propose });
        let path = format!("/v1/groups/{}/judgements", said.group);
        let reply = self.does(said.member, hand, Method::POST, &path, Some(&body), None);
        if reply.status == 201 {
            let made: Value = serde_json::from_str(&reply.text).expect("a judgement");
            self.said.insert(said.clone(), made["id"].as_str().expect("an id").to_owned());
        }
    }

    /// The operator says to which family a member belongs.
    fn affiliate(&mut self, slug: &str, family: &str) {
        let path = format!("/v1/admin/members/{}/owner-group", self.members[slug].id);
        let form = json!({ "owner_group": family });
        let reply = self.does("operator", 0, Method::PUT, &path, Some(&form), None);
        assert_eq!(reply.status, 200, "{}", reply.text);
    }

    fn ask_introduction(&mut self, member: &'static str, name: &Name, hand: usize) {
        let Some(filed) = self.filed.get(name).cloned() else { return };
        let path = format!("/v1/reports/{}/sellers", filed.id);
        let placed = self.does(name.0, 0, Method::GET, &path, None, None);
        let placed: Value = serde_json::from_str(&placed.text).expect("places");
        let places = placed["member_of"].as_array().expect("places");
        let place = places.iter().find(|place| place["group"] == "alliance").expect("a place");
        let seller = place["seller_id"].as_str().expect("an id");
        let body = json!({ "message": format!("{member} would like to know you."), "contact": member });
        let path = format!("/v1/groups/alliance/sellers/{seller}/introductions");
        let reply = self.does(member, hand, Method::POST, &path, Some(&body), None);
        let made: Value = serde_json::from_str(&reply.text).expect("an answer");
        let id = made["id"].as_str().expect("a request").to_owned();
        let of = [member].into_iter().chain(REPORTERS).collect();
        self.introduced.push(Introduced { of, id });
    }

    fn answer(&mut self, member: &'static str, to: &'static str, grant: bool, hand: usize) {
        let path = "/v1/introductions/received";
        let inbox = self.does(member, hand, Method::GET, path, None, None);
        let inbox: Value = serde_json::from_str(&inbox.text).expect("an inbox");
        let items = inbox["items"].as_array().expect("an inbox");
        let request = items.iter().find(|one| one["member"] == to).expect("a request");
        let verb = if grant { "grant" } else { "ignore" };
        let path = format!("{path}/{}/{verb}", request["id"].as_str().expect("an id"));
        let reply = self.does(member, hand, Method::POST, &path, Some(&json!({ "contact": member })), None);
        assert_eq!(reply.status, 200, "{}", reply.text);
    }

    /// The operator makes a canary of a value.
    fn watch(&mut self, value: &Value) {
        let mut form = value.clone();
        form["note"] = json!("A number of ours.");
        self.does("operator", 0, Method::POST, "/v1/admin/canaries", Some(&form), None);
    }

    /// The operator stops a value; the id of the entry.
    fn stop(&mut self, value: &Value) -> Option<String> {
        let mut form = value.clone();
        form["reason"] = json!("other");
        form["note"] = json!("Many sellers have it.");
        let reply = self.does("operator", 0, Method::POST, "/v1/admin/stop-list", Some(&form), None);
        let entry: Value = serde_json::from_str(&reply.text).ok()?;
        entry["id"].as_str().map(str::to_owned)
    }

    fn lift(&mut self, entry: Option<String>) {
        let Some(id) = entry else { return };
        self.does("operator", 0, Method::POST, &format!("/v1/admin/stop-list/{id}/lift"), None, None);
    }

    fn suspend(&self, slug: &str) {
        let suspended = self.app().db.write(|conn| {
            let id = members::find_by_slug(conn, slug)?.map(|member| member.id);
            id.map_or(Ok(()), |id| members::set_standing(conn, id, Standing::Suspended))
        });
        suspended.unwrap_or_else(|error: StoreError| panic!("{slug} cannot be suspended: {error}"));
    }

    /// Something that a member does, and what it was answered.
    pub fn does(
        &mut self,
        member: &'static str,
        hand: usize,
        method: Method,
        path: &str,
        body: Option<&Value>,
        if_match: Option<String>,
    ) -> Reply {
        let mut headers = Vec::new();
        headers.extend(if_match.map(|tag| ("if-match", tag)));
        let kind = match path.starts_with("/taxii2/") {
            true => "application/taxii+json;version=2.1",
            false => "application/json",
        };
        headers.extend(body.map(|_| ("content-type", kind.to_owned())));
        let body = body.map(Value::to_string);
        let request = Request { method, path: path.to_owned(), headers, body, walk: false };
        let reply = self.server.ask(Some(&self.members[member].keys[hand]), &request, path);
        let answer = Answer::new(label(&request, 1), &reply);
        self.answers.entry(member).or_default().push(answer);
        reply
    }

    /// Posts an object that is not taken; no two posts of a member are alike.
    fn post_objects(&mut self, member: &'static str, hand: usize) {
        let number = self.answers.get(member).map_or(0, Vec::len);
        let id = format!("malware--00000000-0000-4000-8000-{number:012}");
        let body = json!({ "objects": [{ "type": "malware", "spec_version": "2.1", "id": id }] });
        let path = "/taxii2/groups/collections/alliance/objects/";
        let reply = self.does(member, hand, Method::POST, path, Some(&body), None);
        assert_eq!(reply.status, 202, "{}", reply.text);
        let status: Value = serde_json::from_str(&reply.text).expect("a status");
        self.statuses.insert(status["id"].as_str().expect("an id").to_owned());
    }

    /// What the viewer was answered when it did something.
    pub fn answers_to(&self, viewer: &Viewer) -> &[Answer] {
        viewer.member.and_then(|member| self.answers.get(member)).map_or(&[], Vec::as_slice)
    }

    /// Asks as the viewer.
    pub fn ask(&self, viewer: &Viewer, request: &Request, path: &str) -> Reply {
        self.server.ask(viewer.member.map(|member| self.members[member].keys[0].as_str()), request, path)
    }

    /// Waits until the use of the viewer's keys was noted: that happens behind an answer, and would show in some
    /// of those that follow and not in others.
    pub fn settle(&self, viewer: &Viewer) {
        let Some(member) = viewer.member.map(|slug| &self.members[slug]) else { return };
        let request = Request {
            method: Method::GET,
            path: "/v1/me".to_owned(),
            headers: Vec::new(),
            body: None,
            walk: false,
        };
        let app = self.app();
        let is_noted = || {
            let found = app.db.read(|conn| keys::with_members(conn, &member.key_ids)).expect("keys");
            found.len() == 2 && found.iter().all(|(key, _)| key.last_used_at == Some(app.now()))
        };
        for _ in 0..10_000 {
            for key in &member.keys {
                self.server.ask(Some(key), &request, &request.path);
            }
            if is_noted() {
                return;
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        panic!("the use of a key was never noted");
    }

    pub fn known(&self) -> Known {
        let sellers = self.app().db.read(|conn| {
            let (mut sellers, mut objects) = (BTreeSet::new(), BTreeSet::new());
            for group in groups::all(conn)? {
                let platforms = groups::reading_platforms(conn, &group)?.into_iter().map(Class::Platform);
                for class in platforms.chain([Class::Peer]) {
                    for event in feed::after(conn, group.id, &class.to_string(), 0, i64::MAX)? {
                        sellers.insert((group.slug.clone(), event.profile_id.to_string()));
                    }
                    let places = exchange::after(conn, group.id, &class.to_string(), Timestamp(0), i64::MAX)?;
                    let ids = places.iter().map(|place| format!("threat-actor--{}", place.uuid()));
                    objects.extend(ids.map(|id| (group.slug.clone(), id)));
                }
            }
            Ok::<_, StoreError>((sellers, objects))
        });
        let (sellers, objects) = sellers.expect("the feeds can be read");
        let said =
            self.said.iter().map(|(said, id)| (id.clone(), Judged { member: said.member, id: id.clone() }));
        Known {
            sellers,
            objects,
            reports: self.filed.values().map(|filed| (filed.id.clone(), filed.clone())).collect(),
            judgements: said.collect(),
            den: self.den.unwrap_or("den-nobodyhs").to_owned(),
            den_readers: self.den_readers.clone(),
            invitations: self.invited.clone(),
            introductions: self.introduced.clone(),
            statuses: self.statuses.clone(),
            identifiers: cases::identifiers(),
            members: self.members.iter().map(|(slug, member)| (*slug, member.id.clone())).collect(),
        }
    }
}

impl Drop for Alliance {
    fn drop(&mut self) {
        if let Some((app, background)) = self.app.take() {
            background.stop(&app);
        }
    }
}

impl Known {
    pub fn reads(&self, viewer: &Viewer, group: &str) -> bool {
        let keeps =
            group == self.den && viewer.member.is_some_and(|member| self.den_readers.contains(&member));
        keeps || viewer.pools.contains(&group)
    }

    /// Everything that there is in either of two.
    pub fn or(mut self, other: Self) -> Self {
        self.sellers.extend(other.sellers);
        self.objects.extend(other.objects);
        for (id, filed) in other.reports {
            self.reports.entry(id).or_insert(filed);
        }
        self.judgements.extend(other.judgements);
        self.introductions.extend(other.introductions);
        self.statuses.extend(other.statuses);
        self
    }
}
