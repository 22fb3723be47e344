//! Snapshot and what follows it come to the list, whatever happens meanwhile: members file, revise, retract, judge,
//! join a group and leave it, while readers take snapshots and follow, each in its part of the feed. And a snapshot is
//! of one moment: each profile in it has the revision that the history says it had at that number.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use fastrand::Rng;
use serde_json::{Value, json};

use super::snapshot::{Snapshot, snapshot};
use super::{Copy, listed};
use crate::access::kept_groups::{found, join};
use crate::support::client::Client;
use crate::support::forms::{email, phone, report, shop};
use crate::support::world::World;
use crate::support::{Engine, on_both_engines};

/// What each writer does.
const STEPS: usize = 40;

const FILTERS: [&str; 6] = [
    "",
    "platform=taobao",
    "country=CN",
    "platform=taobao&country=CN",
    "changed=identifiers",
    "minimum_risk=12",
];

/// Few values, so that reports meet and part.
fn some_identifiers(rng: &mut Rng) -> Vec<Value> {
    let one = |rng: &mut Rng| match rng.u8(..6) {
        0 | 1 => email(&format!("a{}@bags.shop", rng.u8(..12))),
        2 => phone(&format!("+86 138 1234 56{:02}", rng.u8(..12))),
        3 => phone(&format!("+44 20 7946 01{:02}", rng.u8(..6))),
        4 => shop(&format!("https://shop88026{}.taobao.com", rng.u8(..8))),
        _ => shop(&format!("https://www.ebay.com/usr/bags_{}", rng.u8(..4))),
    };
    let count = rng.usize(1..=3);
    (0..count).map(|_| one(rng)).collect()
}

fn some_report(rng: &mut Rng, name: &str, groups: &[&str]) -> Value {
    let mut form = report(name, groups, &some_identifiers(rng));
    form["seller"]["display_names"] = json!([format!("Shop {}", rng.u8(..3))]);
    form["last_seen"] = json!(format!("2026-05-{:02}", rng.u8(1..28)));
    form
}

/// Files, revises, retracts and judges, and does not wait for anything.
fn write(client: &Client, member: &str, groups: &[&str], seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let mut own: Vec<(String, String, i64)> = Vec::new();
    for n in 0..STEPS {
        let at = (!own.is_empty()).then(|| rng.usize(..own.len()));
        match (rng.u8(..10), at) {
            (0 | 1, Some(at)) => {
                let (id, _, _) = own.swap_remove(at);
                client.delete(&format!("/v1/reports/{id}")).expect(204);
            }
            (2 | 3, Some(at)) => {
                let (id, name, revision) = &mut own[at];
                let form = some_report(&mut rng, name, groups);
                let reply = client.put(&format!("/v1/reports/{id}"), &format!("\"r{revision}\""), &form);
                *revision = reply.expect(200).json()["revision"].as_i64().unwrap();
            }
            (4, Some(at)) if own.len() > 1 => {
                let other = (at + 1) % own.len();
                let verdict = if rng.bool() { "same" } else { "different" };
                let body =
                    json!({ "a": own[at].0, "b": own[other].0, "verdict": verdict, "reason": "A parcel." });
                // One may not be worked in yet, and what an account says stands against it now and then.
                let reply = client.post("/v1/groups/alliance/judgements", &body);
                assert!(matches!(reply.status, 200 | 201 | 409 | 422), "{}", reply.text);
            }
            _ => {
                let name = format!("{member}-{seed}-{n}");
                let filed =
                    client.post("/v1/reports", &some_report(&mut rng, &name, groups)).expect(201).json();
                own.push((filed["id"].as_str().unwrap().to_owned(), name, 1));
            }
        }
    }
}

/// One who keeps a copy.
struct Keeper {
    client: Client,
    group: String,
    filter: &'static str,
    copy: Copy,
    snapshots: Vec<Snapshot>,
}

impl Keeper {
    fn new(client: Client, group: &str, filter: &'static str) -> Self {
        Self { client, group: group.to_owned(), filter, copy: Copy::default(), snapshots: Vec::new() }
    }

    /// Begins again from a snapshot. One that follows changes of certain fields begins its feed at the number.
    fn begin(&mut self) {
        let narrow = if self.filter.starts_with("changed") { "" } else { self.filter };
        let taken = snapshot(&self.client, &self.group, narrow);
        self.copy = Copy { sellers: taken.sellers.clone(), ..Copy::default() };
        if narrow == self.filter {
            self.copy.go_on_from(&taken.next);
        } else {
            self.copy.read_on(&self.client, &format!("{}&since={}", self.feed(), taken.number));
        }
        if self.filter.is_empty() {
            self.snapshots.push(taken);
        }
    }

    fn feed(&self) -> String {
        format!("/v1/groups/{}/feed?limit=40&{}", self.group, self.filter)
    }

    fn follow(&mut self) {
        self.copy.read_on(&self.client, &self.feed());
    }

    fn keep(&mut self, done: &AtomicBool, seed: u64) {
        let mut rng = Rng::with_seed(seed);
        self.begin();
        while !done.load(Ordering::SeqCst) {
            if rng.u8(..4) == 0 {
                self.begin();
            }
            self.follow();
            std::thread::sleep(std::time::Duration::from_millis(rng.u64(..60)));
        }
    }

    /// What it has now must be what the list shows; of one that follows certain fields, in those.
    fn assert_right(&mut self) {
        self.follow();
        let (ours, theirs) = match self.filter.strip_prefix("changed=") {
            None => (self.copy.sellers.clone(), listed(&self.client, &self.group, self.filter)),
            Some(field) => {
                let only = |all: &BTreeMap<String, Value>| {
                    all.iter().map(|(id, seller)| (id.clone(), seller[field].clone())).collect()
                };
                (only(&self.copy.sellers), only(&listed(&self.client, &self.group, "")))
            }
        };
        assert_eq!(ours, theirs, "{} {}", self.group, self.filter);
        let mut ids: BTreeSet<String> =
            self.snapshots.iter().flat_map(|taken| taken.sellers.keys().cloned()).collect();
        ids.extend(self.copy.told.iter().map(|event| event["seller_id"].as_str().unwrap().to_owned()));
        for id in ids {
            let history =
                self.client.all(&format!("/v1/groups/{}/sellers/{id}/history?limit=200", self.group));
            for taken in &self.snapshots {
                let last = history.iter().rfind(|event| event["number"].as_i64() <= Some(taken.number));
                let there =
                    last.filter(|event| !matches!(event["kind"].as_str(), Some("merged" | "removed")));
                let revision = there.map(|event| &event["revision"]);
                let shown = taken.sellers.get(&id).map(|seller| &seller["revision"]);
                assert_eq!(shown, revision, "{id} at {}", taken.number);
            }
        }
    }
}

fn everything_at_once(engine: Engine, seed: u64) {
    let mut world = World::new(engine);
    for slug in ["dora", "emil"] {
        world.add_member(slug, "brand");
    }
    let kept = found(&world, false);
    join(&world, &kept, "cora", false, true);
    join(&world, &kept, "bolt", true, true);
    let done = AtomicBool::new(false);
    // Cora and emil report nothing, so nothing is unmasked for them that no event tells of.
    let mut keepers: Vec<Keeper> =
        FILTERS.iter().map(|filter| Keeper::new(world.key("emil"), "alliance", filter)).collect();
    keepers.push(Keeper::new(world.key("taobao"), "platform:taobao", ""));
    keepers.push(Keeper::new(world.key("taobao"), "alliance", "platform=taobao"));
    keepers.push(Keeper::new(world.key("cora"), &kept, ""));
    keepers.push(Keeper::new(world.key("cora"), &kept, "platform=taobao"));
    std::thread::scope(|scope| {
        let keeping: Vec<_> = keepers
            .iter_mut()
            .zip(0..)
            .map(|(keeper, n)| {
                let done = &done;
                scope.spawn(move || keeper.keep(done, seed + n))
            })
            .collect();
        let (world, kept) = (&world, kept.as_str());
        let writers = [
            scope.spawn(move || write(&world.key("acme"), "acme", &["alliance", kept], seed)),
            scope
                .spawn(move || write(&world.key("bolt"), "bolt", &["alliance", "platform:taobao"], seed + 1)),
            scope.spawn(move || {
                // Comes, reports and goes again, and takes its reports along.
                for round in 0..3 {
                    // An invitation of the same moment would have the same id.
                    world.app.clock.advance(1);
                    join(world, kept, "dora", true, true);
                    let dora = world.key("dora");
                    let mut rng = Rng::with_seed(seed + round);
                    for n in 0..6 {
                        let form = some_report(&mut rng, &format!("dora-{round}-{n}"), &[kept]);
                        dora.post("/v1/reports", &form).expect(201);
                    }
                    dora.post(&format!("/v1/groups/{kept}/leave"), &json!({ "reports": "withdrawn" }))
                        .expect(204);
                }
            }),
        ];
        let written = writers.map(std::thread::ScopedJoinHandle::join);
        world.wait_until_worked_out();
        done.store(true, Ordering::SeqCst);
        written.into_iter().for_each(|written| written.unwrap());
        keeping.into_iter().for_each(|keeping| keeping.join().unwrap());
    });
    // Much is told at once where it is resolved at once, but never nothing of what came, changed and went.
    let told: Vec<Value> =
        ["alliance", &kept].into_iter().flat_map(|group| world.key("cora").feed(group)).collect();
    let is_told = |kinds: &[&str]| told.iter().any(|event| kinds.iter().any(|kind| event["kind"] == *kind));
    for kinds in [&["created"][..], &["updated"], &["split", "merged", "removed"]] {
        assert!(is_told(kinds), "nothing was {kinds:?}: {told:?}");
    }
    keepers.iter_mut().for_each(Keeper::assert_right);
}

on_both_engines! {
    fn a_snapshot_and_what_follows_it_come_to_the_list_whatever_happens_meanwhile(engine) {
        everything_at_once(engine, 20_261_126);
    }
}
