//! Copies that are kept by polling: they come to what is there, and an object never says two things under one version.

use std::collections::BTreeMap;

use fastrand::Rng;
use serde_json::{Value, json};

use super::{all_by_date, at, extension, items, of_type};
use crate::support::client::Client;
use crate::support::forms::{email, phone, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

/// What a poller keeps: the last of each object, and everything that it was ever given.
#[derive(Default)]
struct Poller {
    after: Option<String>,
    kept: BTreeMap<String, Value>,
    given: BTreeMap<(String, String), String>,
}

impl Poller {
    fn poll(&mut self, client: &Client, limit: usize) {
        let (objects, after) = all_by_date(client, &at("alliance", "objects/"), limit, self.after.take());
        self.after = after;
        for object in objects {
            let id = object["id"].as_str().unwrap().to_owned();
            let version = object["modified"].as_str().unwrap_or_default().to_owned();
            let text = object.to_string();
            let known = self.given.entry((id.clone(), version.clone())).or_insert_with(|| text.clone());
            assert_eq!(*known, text, "{id} of {version} is two things");
            if let Some(older) = self.kept.insert(id.clone(), object) {
                assert!(older["revoked"] != true, "{id} came back after it was revoked");
                assert!(older["modified"].as_str().unwrap_or_default() <= version.as_str());
            }
        }
    }

    /// The claims that stand.
    fn live(&self) -> BTreeMap<String, Value> {
        let live = self
            .kept
            .iter()
            .filter(|(_, object)| object.get("modified").is_some() && object["revoked"] != true);
        live.map(|(id, object)| (id.clone(), object.clone())).collect()
    }
}

fn present(client: &Client) -> BTreeMap<String, Value> {
    let mut fresh = Poller::default();
    fresh.poll(client, 100);
    fresh.live()
}

fn some_report(rng: &mut Rng, name: &str) -> Value {
    let one = |rng: &mut Rng| match rng.u8(..4) {
        0 => email(&format!("{}{}@bags.shop", rng.choice(['a', 'A']).unwrap(), rng.u8(..5))),
        1 => phone(&format!("+86 138 1234 56{:02}", rng.u8(..5))),
        2 => json!({ "type": "url", "value": format!("https://bags.shop/{}", rng.u8(..5)) }),
        _ => shop(&format!("https://shop88026{}.taobao.com", rng.u8(..4))),
    };
    let identifiers: Vec<Value> = (0..rng.usize(1..=3)).map(|_| one(rng)).collect();
    let mut form = report(name, &["alliance"], &identifiers);
    form["tlp"] = json!(*rng.choice(["GREEN", "GREEN", "AMBER"].iter()).unwrap());
    form
}

on_both_engines! {
    fn whoever_polls_has_what_is_there_and_nothing_that_was_withdrawn(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let readers = ["bolt", "taobao"].map(|slug| world.key(slug));
        let mut pollers = [Poller::default(), Poller::default()];
        let mut rng = Rng::with_seed(7);
        let mut own: Vec<(String, String, i64)> = Vec::new();
        for step in 0..40 {
            world.app.clock.advance(i64::from(rng.u8(..2)));
            match (rng.u8(..4), own.len()) {
                (0, 1..) => {
                    let (id, _, _) = own.swap_remove(rng.usize(..own.len()));
                    acme.retract(&id);
                }
                (1, 1..) => {
                    let at = rng.usize(..own.len());
                    let (id, name, revision) = own[at].clone();
                    let request = acme.request(reqwest::Method::PUT, &format!("/v1/reports/{id}"));
                    let request = request.header("if-match", format!("\"r{revision}\"")).json(&some_report(&mut rng, &name));
                    own[at].2 = acme.send_and_wait(request).expect(200).json()["revision"].as_i64().unwrap();
                }
                _ => {
                    let name = format!("A-{step}");
                    let filed = acme.file(&some_report(&mut rng, &name));
                    own.push((filed["id"].as_str().unwrap().to_owned(), name, 1));
                }
            }
            if rng.u8(..3) == 0 {
                for (poller, reader) in pollers.iter_mut().zip(&readers) {
                    poller.poll(reader, rng.usize(1..20));
                }
            }
        }
        for (poller, reader) in pollers.iter_mut().zip(&readers) {
            poller.poll(reader, 9);
            assert_eq!(poller.live(), present(reader));
            assert!(poller.kept.values().any(|object| object["revoked"] == true), "nothing was withdrawn");
            let actors = poller.live().into_values().filter(|object| object["type"] == "threat-actor");
            let mut told: Vec<Value> = actors.map(|actor| extension(&actor)["seller_id"].clone()).collect();
            told.sort_by_key(ToString::to_string);
            let mut listed: Vec<Value> =
                reader.all("/v1/groups/alliance/sellers?limit=200").iter().map(|seller| seller["id"].clone()).collect();
            listed.sort_by_key(ToString::to_string);
            assert_eq!(told, listed);
        }
    }

    fn a_seller_that_was_withdrawn_comes_as_revoked_without_what_was_said_of_it(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let mut form = report("A-1", &["alliance"], &[json!({ "type": "url", "value": "https://bags.shop/1" })]);
        form["seller"]["display_names"] = json!(["Bags and More"]);
        let filed = acme.file(&form);
        let before = items(&bolt.get(&at("alliance", "objects/")).expect(200).json(), "objects");
        acme.retract(filed["id"].as_str().unwrap());
        let reply = bolt.get(&at("alliance", "objects/")).expect(200);
        assert!(!reply.text.contains("Bags and More") && !reply.text.contains("bags.shop"), "{}", reply.text);
        let after = items(&reply.json(), "objects");
        for kind in ["threat-actor", "sighting", "indicator", "relationship"] {
            let (before, after) = (of_type(&before, kind), of_type(&after, kind));
            assert!(!before.is_empty() && before.len() == after.len(), "{kind}");
            for (live, ended) in before.iter().zip(&after) {
                assert_eq!((&live["id"], &ended["revoked"]), (&ended["id"], &json!(true)));
                assert_eq!(live["created"], ended["created"]);
                assert!(live["modified"].as_str() < ended["modified"].as_str());
            }
        }
        // Filed again, it is something new: what is revoked stays so.
        acme.file(&report("A-2", &["alliance"], &[json!({ "type": "url", "value": "https://bags.shop/1" })]));
        let again = items(&bolt.get(&at("alliance", "objects/?match[type]=threat-actor")).expect(200).json(), "objects");
        assert_eq!(again.iter().filter(|actor| actor["revoked"] == true).count(), 1);
        assert_eq!(again.len(), 2);
    }

    fn a_merge_names_the_seller_that_goes_on(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let [a, b] = [shop("https://shop880261.taobao.com"), email("wei.zhang@163.com")];
        acme.file(&report("A-1", &["alliance"], std::slice::from_ref(&a)));
        acme.file(&report("A-2", &["alliance"], std::slice::from_ref(&b)));
        acme.file(&report("A-3", &["alliance"], &[a, b]));
        let actors = items(&bolt.get(&at("alliance", "objects/?match[type]=threat-actor")).expect(200).json(), "objects");
        let (ended, live): (Vec<_>, Vec<_>) = actors.iter().partition(|actor| actor["revoked"] == true);
        assert_eq!((ended.len(), live.len()), (1, 1), "{actors:?}");
        assert_eq!(extension(ended[0])["merged_into"], extension(live[0])["seller_id"]);
    }
}
