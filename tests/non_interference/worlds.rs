//! Alliances built from scripts, alike but for what the scripts say.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::script::{self, Said, Step, Viewer};
use crate::support::Engine;
use crate::support::client::Client;
use crate::support::forms;
use crate::support::world::World;

/// Seconds of a tick: more than a key's "last used" is kept for, so that each use in a tick shows.
const TICK_SECONDS: i64 = 3_700;

/// Somebody who reads each group, and so knows all of its profiles.
const READERS: [(&str, &str); 5] = [
    ("alliance", "dora"),
    ("luxury", "emil"),
    ("ring", "bolt"),
    ("platform:taobao", "taobao"),
    ("platform:ebay", "ebay"),
];

/// A report as it was last left.
#[derive(Debug, Clone)]
pub struct Filed {
    pub member: &'static str,
    pub id: String,
    pub revision: i64,
    pub live: bool,
    pub content: Value,
}

/// A server with members, groups and what a script did.
pub struct Alliance {
    pub world: World,
    filed: BTreeMap<String, Filed>,
    judged: Vec<Judged>,
}

/// A judgement that was made or proposed.
#[derive(Debug, Clone)]
pub struct Judged {
    pub member: &'static str,
    pub id: String,
}

/// Everything that there is in an alliance: what requests are made from.
#[derive(Debug, Clone)]
pub struct Known {
    /// Group and id of every profile that ever was in a feed.
    pub sellers: Vec<(String, String)>,
    pub reports: Vec<Filed>,
    pub judgements: Vec<Judged>,
    pub identifiers: Vec<Value>,
    pub members: BTreeMap<String, String>,
}

impl Alliance {
    /// Plays a script on a fresh server.
    pub fn build(engine: Engine, script: &[Option<Step>]) -> Self {
        let mut world = World::new(engine);
        world.add_member("dora", "brand");
        world.add_member("emil", "brand");
        world.add_member("guild", "association");
        open_group(
            &world,
            "luxury",
            false,
            &[("acme", true, true), ("bolt", true, false), ("emil", false, true)],
        );
        open_group(
            &world,
            "ring",
            true,
            &[("bolt", true, true), ("cora", true, false), ("ebay", false, true)],
        );
        let mut alliance = Self { world, filed: BTreeMap::new(), judged: Vec::new() };
        let mut stopped = None;
        for (tick, step) in script.iter().enumerate() {
            alliance.world.app.clock.advance(TICK_SECONDS);
            if let Some(step) = step {
                alliance.apply(step);
            }
            // The operator changes its mind about one value, and leaves another stopped.
            if tick == script.len() / 2 {
                stopped = Some(alliance.world.stop(&forms::email("jian.li1@163.com")));
            }
            if tick == script.len() * 3 / 4 {
                stopped.iter().for_each(|entry| drop(alliance.world.lift(entry)));
                alliance.world.stop(&forms::phone("+86 138 1234 1211"));
            }
        }
        alliance.world.app.clock.advance(TICK_SECONDS);
        alliance.world.wait_until_counted();
        alliance
    }

    fn apply(&mut self, step: &Step) {
        let client = self.world.key(step.member);
        let known = self.filed.get(&step.external_id).cloned();
        let filed = match (&step.report, known) {
            (Some(content), None) => filed(step, content, &client.file(content)),
            (Some(content), Some(known)) if known.live && known.content == *content => known,
            (Some(content), Some(known)) => filed(step, content, &revise(&client, &known, content)),
            (None, Some(known)) if known.live => {
                client.retract(&known.id);
                Filed { revision: known.revision + 1, live: false, ..known }
            }
            (None, _) => return,
        };
        self.filed.insert(step.external_id.clone(), filed);
    }

    /// Lets members say what they say of their reports.
    pub fn judge(&mut self, said: &[Said]) {
        for one in said {
            let client = self.world.key(one.member);
            let [Some(a), Some(b)] = one.of.each_ref().map(|id| self.filed.get(id)) else { continue };
            let (verdict, propose) = (one.verdict, one.propose);
            let body = json!({ "a": a.id, "b": b.id, "verdict": verdict, "reason": "x", "propose": propose });
            let reply = client.post(&format!("/v1/groups/{}/judgements", one.group), &body);
            if reply.status == 201 {
                let id = reply.json()["id"].as_str().unwrap().to_owned();
                self.judged.push(Judged { member: one.member, id });
            }
            client.wait_until_pooled();
        }
        self.world.app.clock.advance(TICK_SECONDS);
    }

    pub fn known(&self) -> Known {
        let mut sellers = BTreeSet::new();
        for (group, reader) in READERS {
            for event in self.world.key(reader).feed(group) {
                sellers.insert((group.to_owned(), event["seller_id"].as_str().unwrap().to_owned()));
            }
        }
        Known {
            sellers: sellers.into_iter().collect(),
            reports: self.filed.values().cloned().collect(),
            judgements: self.judged.clone(),
            identifiers: script::identifiers(),
            members: self.world.ids.clone(),
        }
    }

    /// A client of the viewer, after the use of its key was noted: that happens behind an answer, and
    /// would show in some of those that follow and not in others.
    pub fn client_of(&self, viewer: &Viewer) -> Client {
        let Some(member) = viewer.member else { return self.world.app.anonymous() };
        let client = self.world.key(member);
        let now = self.world.app.app.now().to_string();
        for _ in 0..1_000 {
            let keys = client.get("/v1/keys").expect(200).json();
            if keys["items"][0]["last_used_at"].as_str() == Some(now.as_str()) {
                return client;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the use of {member}'s key was never noted");
    }
}

fn filed(step: &Step, content: &Value, answer: &Value) -> Filed {
    Filed {
        member: step.member,
        id: answer["id"].as_str().unwrap().to_owned(),
        revision: answer["revision"].as_i64().unwrap(),
        live: true,
        content: content.clone(),
    }
}

fn revise(client: &Client, known: &Filed, content: &Value) -> Value {
    let request = client
        .request(Method::PUT, &format!("/v1/reports/{}", known.id))
        .header("if-match", format!("\"r{}\"", known.revision))
        .json(content);
    client.send_and_wait(request).expect(200).json()
}

fn open_group(world: &World, slug: &str, includes_alliance: bool, members: &[(&str, bool, bool)]) {
    let members: Vec<Value> = members
        .iter()
        .map(|(member, contribute, read)| {
            json!({ "member_id": world.ids[*member], "contribute": contribute, "read": read })
        })
        .collect();
    let body = json!({
        "slug": slug,
        "name": format!("The {slug} group"),
        "includes_alliance": includes_alliance,
        "members": members,
    });
    world.owner("operator").post("/v1/admin/groups", &body).expect(201);
}
