//! A server that is told to stop.

use std::time::{Duration, Instant};

use reqwest::Method;

use crate::support::app::Options;
use crate::support::forms::{email, report};
use crate::support::on_both_engines;
use crate::support::world::World;

on_both_engines! {
    fn a_request_that_is_under_way_is_answered_before_the_server_stops(engine) {
        // Nobody resolves, so whoever waits for it waits to the end.
        let options = Options { resolve: false, drain_seconds: 30, ..Options::default() };
        let world = World::with(engine, options);
        let acme = world.key("acme");
        let waiting = std::thread::spawn({
            let acme = acme.clone();
            move || {
                let form = report("A-1", &["alliance"], &[email("jian@bags.shop")]);
                let request = acme.request(Method::POST, "/v1/reports").header("prefer", "wait=4").json(&form);
                acme.send(request)
            }
        });
        let deadline = Instant::now() + Duration::from_secs(20);
        while acme.all("/v1/reports").is_empty() {
            assert!(Instant::now() < deadline, "the report is not stored");
            std::thread::sleep(Duration::from_millis(10));
        }
        let begun = Instant::now();
        world.app.drain();
        let reply = waiting.join().unwrap().expect(201);
        assert!(begun.elapsed() > Duration::from_secs(1), "it was not under way");
        assert_eq!(reply.json()["external_id"], "A-1");
    }
}
