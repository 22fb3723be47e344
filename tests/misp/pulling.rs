//! Instances that pull again and again: each fetches what changed and nothing else, and comes to what is there.

use fastrand::Rng;
use serde_json::{Value, json};

use super::{Instance, at, event, live, manifest};
use crate::support::client::Client;
use crate::support::forms::{email, phone, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

fn revise(client: &Client, filed: &Value, revision: i64, form: &Value) {
    let request =
        client.request(reqwest::Method::PUT, &format!("/v1/reports/{}", filed["id"].as_str().unwrap()));
    client.send_and_wait(request.header("if-match", format!("\"r{revision}\"")).json(form)).expect(200);
}

fn page(value: &str) -> Value {
    json!({ "type": "url", "value": format!("https://bags.shop/{value}") })
}

fn some_report(rng: &mut Rng, name: &str) -> Value {
    let one = |rng: &mut Rng| match rng.u8(..4) {
        0 => email(&format!("a{}@bags.shop", rng.u8(..5))),
        1 => phone(&format!("+86 138 1234 56{:02}", rng.u8(..5))),
        2 => page(&rng.u8(..5).to_string()),
        _ => shop(&format!("https://shop88026{}.taobao.com", rng.u8(..4))),
    };
    let identifiers: Vec<Value> = (0..rng.usize(1..=3)).map(|_| one(rng)).collect();
    let mut form = report(name, &["alliance"], &identifiers);
    form["tlp"] = json!(*rng.choice(["GREEN", "GREEN", "AMBER"].iter()).unwrap());
    if rng.bool() {
        form["seller"]["display_names"] = json!([format!("Bags {}", rng.u8(..3))]);
    }
    form
}

on_both_engines! {
    fn an_instance_fetches_what_changed_and_nothing_else_however_little_time_is_between(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let filed: Vec<Value> = (0..3)
            .map(|n| acme.file(&report(&format!("A-{n}"), &["alliance"], &[page(&n.to_string())])))
            .collect();
        let mut instance = Instance::default();
        assert_eq!(instance.pull(&bolt, "alliance").len(), 3);
        assert!(instance.pull(&bolt, "alliance").is_empty());
        // The clock of the test stands still: all of it is in one second.
        let mut seen = Vec::new();
        for more in 1..5 {
            let pages: Vec<Value> = (0..=more).map(|n| page(&if n == 0 { "1".to_owned() } else { format!("more-{n}") })).collect();
            revise(&acme, &filed[1], more, &report("A-1", &["alliance"], &pages));
            let [fetched] = &instance.pull(&bolt, "alliance")[..] else { panic!("other events were fetched") };
            assert_eq!(live(&instance.kept[fetched]).len(), more as usize + 2);
            seen.push(fetched.clone());
        }
        assert!(seen.iter().all(|id| *id == seen[0]), "a seller that only gained something is another event");
        assert!(instance.pull(&bolt, "alliance").is_empty());
        // What no reader of the class sees of the seller is no change.
        let mut unseen = report("A-0", &["alliance"], &[page("0")]);
        unseen["narrative"] = json!("Bought in a street market.");
        revise(&acme, &filed[0], 1, &unseen);
        assert!(instance.pull(&bolt, "alliance").is_empty());
    }

    fn what_was_withdrawn_goes_out_of_the_copy(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let mut form = report("A-1", &["alliance"], &[page("1"), page("2"), shop("https://shop88026.taobao.com")]);
        form["seller"]["display_names"] = json!(["Bags and More"]);
        let filed = acme.file(&form);
        let mut instance = Instance::default();
        let [first] = &instance.pull(&bolt, "alliance")[..] else { panic!("one event") };
        // Without its names it is the same event, without a page another one, and the first has ended.
        revise(&acme, &filed, 1, &report("A-1", &["alliance"], &[page("1"), page("2"), shop("https://shop88026.taobao.com")]));
        assert_eq!(instance.pull(&bolt, "alliance"), std::slice::from_ref(first));
        assert!(!json!(instance.kept).to_string().contains("Bags and More"), "{:?}", instance.kept);
        revise(&acme, &filed, 2, &report("A-1", &["alliance"], &[page("1"), shop("https://shop88026.taobao.com")]));
        assert_eq!(instance.pull(&bolt, "alliance").len(), 2);
        let copy = json!(instance.kept).to_string();
        assert!(!copy.contains("bags.shop/2") && copy.contains("bags.shop/1"), "{copy}");
        let ended = &instance.kept[first];
        let left: Vec<_> = live(ended).into_values().collect();
        let seller = filed["sellers"][0]["seller_id"].as_str().unwrap().to_owned();
        assert_eq!(left, [("text".to_owned(), seller)], "{ended}");
        assert!(ended["info"].as_str().unwrap().contains("withdrawn"), "{ended}");
        acme.retract(filed["id"].as_str().unwrap());
        instance.pull(&bolt, "alliance");
        let copy = json!(instance.kept).to_string();
        assert!(!copy.contains("bags.shop") && !copy.contains("88026"), "{copy}");
    }

    fn a_merge_names_the_seller_that_goes_on(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let [a, b] = [shop("https://shop880261.taobao.com"), email("wei.zhang@163.com")];
        acme.file(&report("A-1", &["alliance"], std::slice::from_ref(&a)));
        acme.file(&report("A-2", &["alliance"], std::slice::from_ref(&b)));
        let joined = acme.file(&report("A-3", &["alliance"], &[a, b]));
        let heir = joined["sellers"][0]["seller_id"].as_str().unwrap();
        let lines = manifest(&bolt, "alliance");
        let merged: Vec<_> = lines.values().filter(|line| line["info"].as_str().unwrap().ends_with(&format!("merged into {heir}."))).collect();
        assert_eq!((lines.len(), merged.len()), (2, 1), "{lines:?}");
    }

    fn whoever_pulls_comes_to_what_is_there(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let readers = ["bolt", "taobao"].map(|slug| world.key(slug));
        let mut instances = [Instance::default(), Instance::default()];
        let mut rng = Rng::with_seed(11);
        let mut own: Vec<(Value, String, i64)> = Vec::new();
        for step in 0..40 {
            world.app.clock.advance(i64::from(rng.u8(..4) == 0));
            match (rng.u8(..4), own.len()) {
                (0, 1..) => {
                    let (filed, _, _) = own.swap_remove(rng.usize(..own.len()));
                    acme.retract(filed["id"].as_str().unwrap());
                }
                (1, 1..) => {
                    let at = rng.usize(..own.len());
                    let (filed, name, revision) = own[at].clone();
                    revise(&acme, &filed, revision, &some_report(&mut rng, &name));
                    own[at].2 += 1;
                }
                _ => {
                    let name = format!("A-{step}");
                    own.push((acme.file(&some_report(&mut rng, &name)), name, 1));
                }
            }
            for (instance, reader) in instances.iter_mut().zip(&readers) {
                if rng.bool() {
                    instance.pull(reader, "alliance");
                }
            }
        }
        for (instance, reader) in instances.iter_mut().zip(&readers) {
            instance.pull(reader, "alliance");
            let mut fresh = Instance::default();
            fresh.pull(reader, "alliance");
            assert_eq!(instance.live(), fresh.live());
            // A copy has nothing that nobody says any more, be it marked as deleted.
            assert_eq!(instance.kept.len(), fresh.kept.len());
            assert!(instance.kept.values().any(|event| event["analysis"] == "2"), "nothing ended");
            let mut told: Vec<String> = instance
                .kept
                .values()
                .filter(|event| event["analysis"] == "1")
                .map(|event| event["Attribute"][0]["value"].as_str().unwrap().to_owned())
                .collect();
            told.sort();
            let mut listed: Vec<String> = reader
                .all("/v1/groups/alliance/sellers?limit=200")
                .iter()
                .map(|seller| seller["id"].as_str().unwrap().to_owned())
                .collect();
            listed.sort();
            assert_eq!(told, listed);
        }
    }

    fn a_manifest_of_many_sellers_is_one_whole_document(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let lines: Vec<String> = (0..1_030)
            .map(|n| report(&format!("A-{n}"), &["alliance"], &[json!({ "type": "domain", "value": format!("bags{n}.shop") })]).to_string())
            .collect();
        acme.post_raw("/v1/reports/bulk", "application/x-ndjson", lines.join("\n")).expect(200);
        acme.wait_until_pooled();
        let text = bolt.get(&at("alliance", "manifest.json")).expect(200).text;
        assert_eq!((text.matches("\"info\"").count(), manifest(&bolt, "alliance").len()), (1_030, 1_030));
        let last = manifest(&bolt, "alliance").into_keys().next_back().unwrap();
        assert_eq!(event(&bolt, "alliance", &last)["uuid"], last.as_str());
    }
}
