//! What a report says that changed and still waits to be worked in.

use serde_json::Value;
use touchstone::domain::id::ReportId;
use touchstone::resolver::Course;
use touchstone::store::{groups, pool};

use crate::support::app::Options;
use crate::support::forms::{domain, report};
use crate::support::on_both_engines;
use crate::support::world::World;

/// Reports that a first batch takes.
const BATCH: usize = 500;

/// So few that no sum of their profile is kept.
const WITHDRAWN: usize = 6;

on_both_engines! {
    fn a_report_that_was_revised_out_of_a_group_is_told_there_no_more_though_that_still_waits(engine) {
        let world = World::with(engine, Options { resolve: false, ..Options::default() });
        let (acme, bolt, reader) = (world.key("acme"), world.key("bolt"), world.key("cora"));
        let shared = domain("cheap-bags.shop");
        let filed: Vec<Value> = (0..WITHDRAWN)
            .map(|n| report(&format!("A-{n}"), &["alliance"], std::slice::from_ref(&shared)))
            .map(|form| acme.post("/v1/reports", &form).expect(201).json())
            .collect();
        world.app.resolver().drain(|_| {}).unwrap();

        // The queue has its own order: of so many rows those of some revisions are behind the first batch.
        let lines: Vec<String> = (0..3 * BATCH)
            .map(|n| report(&format!("B-{n}"), &["alliance"], std::slice::from_ref(&shared)).to_string())
            .collect();
        bolt.post_raw("/v1/reports/bulk", "application/x-ndjson", lines.join("\n")).expect(200);
        let hidden = |n: usize| format!("for-taobao-alone-{n}.shop");
        for (n, first) in filed.iter().enumerate() {
            let narrowed = report(&format!("A-{n}"), &["platform:taobao"], &[shared.clone(), domain(&hidden(n))]);
            acme.put(&format!("/v1/reports/{}", first["id"].as_str().unwrap()), "\"r1\"", &narrowed).expect(200);
        }
        let db = &world.app.app.db;
        let alliance = db.read(groups::all).unwrap().into_iter().find(|group| group.slug == "alliance").unwrap().id;
        assert_eq!(world.app.resolver().step(alliance, &mut Course::default()).unwrap(), BATCH);

        let ids: Vec<ReportId> = filed.iter().map(|first| first["id"].as_str().unwrap().parse().unwrap()).collect();
        let some_wait = db.read(|conn| pool::any_queued(conn, alliance, &ids)).unwrap();
        assert!(some_wait, "else nothing is seen here");
        let told = |events: Vec<Value>| serde_json::to_string(&events).unwrap();
        let feed = told(reader.feed("alliance"));
        assert!(feed.contains("cheap-bags.shop"));
        assert!(!feed.contains("for-taobao-alone"), "{feed}");
        world.app.resolver().drain(|_| {}).unwrap();
        assert!(!told(reader.feed("alliance")).contains("for-taobao-alone"));
        assert!(told(world.key("taobao").feed("platform:taobao")).contains(&hidden(0)));
    }
}
