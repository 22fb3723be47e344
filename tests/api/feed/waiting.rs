//! Long polls.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::{Client, Reply};
use crate::support::forms::{email, report};
use crate::support::on_both_engines;
use crate::support::world::World;

const FEED: &str = "/v1/groups/alliance/feed";

fn end(client: &Client, query: &str) -> String {
    client.get(&format!("{FEED}?{query}")).expect(200).json()["next"].as_str().unwrap().to_owned()
}

/// Asks in a thread of its own, and returns when the request is under way.
fn wait_for(client: &Client, query: &str, seconds: u64) -> std::thread::JoinHandle<(Reply, Duration)> {
    let (client, path) = (client.clone(), format!("{FEED}?{query}"));
    let waiting = std::thread::spawn(move || {
        let begun = Instant::now();
        let request = client.request(Method::GET, &path).header("prefer", format!("wait={seconds}"));
        (client.send(request), begun.elapsed())
    });
    std::thread::sleep(Duration::from_millis(400));
    waiting
}

fn events(reply: Reply) -> Vec<Value> {
    reply.expect(200).json()["events"].as_array().unwrap().clone()
}

on_both_engines! {
    fn who_waits_gets_what_comes_and_who_gets_nothing_is_told_where_to_go_on(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        acme.file(&report("A-1", &["alliance"], &[email("a1@bags.shop")]));
        let cursor = end(&bolt, "");
        let waiting: Vec<_> = (0..5).map(|_| wait_for(&bolt, &format!("cursor={cursor}"), 30)).collect();
        acme.file(&report("A-2", &["alliance"], &[email("a2@bags.shop")]));
        for waiting in waiting {
            let (reply, took) = waiting.join().unwrap();
            assert_eq!(events(reply)[0]["number"], 2);
            assert!(took < Duration::from_secs(20), "{took:?}");
        }
        let cursor = end(&bolt, "");
        let (reply, took) = wait_for(&bolt, &format!("cursor={cursor}"), 1).join().unwrap();
        assert!(took >= Duration::from_secs(1), "{took:?}");
        let page = reply.expect(200).json();
        assert_eq!((&page["events"], &page["more"]), (&json!([]), &json!(false)));
        assert_eq!(page["next"], cursor);
    }

    fn who_waits_for_a_part_is_not_woken_by_the_rest(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let cursor = end(&bolt, "country=GB");
        let waiting = wait_for(&bolt, &format!("country=GB&cursor={cursor}"), 30);
        acme.file(&report("A-1", &["alliance"], &[email("a1@bags.shop")]));
        std::thread::sleep(Duration::from_millis(600));
        assert!(!waiting.is_finished());
        acme.file(&report("A-2", &["alliance"], &[json!({ "type": "phone", "value": "+44 20 7946 0123" })]));
        let (reply, _) = waiting.join().unwrap();
        let events = events(reply);
        assert_eq!((events.len(), &events[0]["number"]), (1, &json!(2)));
    }

    fn who_loses_its_key_while_it_waits_gets_nothing_more(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let made = world.owner("bolt").post("/v1/keys", &json!({ "name": "poller", "scopes": ["feed:read"] })).expect(201).json();
        let poller = world.app.client(made["api_key"].as_str().unwrap());
        let cursor = end(&poller, "");
        let waiting = wait_for(&poller, &format!("cursor={cursor}"), 30);
        let id = made["id"].as_str().unwrap();
        world.owner("bolt").delete(&format!("/v1/keys/{id}")).expect(204);
        acme.file(&report("A-1", &["alliance"], &[email("a1@bags.shop")]));
        waiting.join().unwrap().0.problem(401, "unauthenticated");
    }

    fn a_server_that_drains_lets_those_who_wait_go_at_once(engine) {
        let world = World::new(engine);
        let bolt = world.key("bolt");
        let cursor = end(&bolt, "");
        let waiting = wait_for(&bolt, &format!("cursor={cursor}"), 30);
        world.app.drain();
        let (reply, took) = waiting.join().unwrap();
        assert_eq!(events(reply), Vec::<Value>::new());
        assert!(took < Duration::from_secs(10), "{took:?}");
    }
}
