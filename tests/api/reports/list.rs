//! Listing one's own reports.

use std::collections::BTreeSet;

use super::{ids, text};
use crate::support::client::{Client, Reply};
use crate::support::forms::{email, report};
use crate::support::on_both_engines;
use crate::support::world::World;

/// Files reports under these external ids and returns their ids.
fn file_all(client: &Client, external_ids: &[&str]) -> BTreeSet<String> {
    let file = |external_id: &&str| {
        let report = report(external_id, &["alliance"], &[email("jian@bags.shop")]);
        text(&client.post("/v1/reports", &report).expect(201).json(), "id").to_owned()
    };
    external_ids.iter().map(file).collect()
}

/// Where the `Link` header of a page says that the next one is.
fn next_link(page: &Reply) -> Option<String> {
    let link = page.header("link");
    if link.is_empty() {
        return None;
    }
    let target = link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"next\""));
    Some(target.unwrap_or_else(|| panic!("not a link to the next page: {link}")).to_owned())
}

/// The external ids on all pages.
fn listed(client: &Client, path: &str) -> Vec<String> {
    let mut found: Vec<String> =
        client.all(path).iter().map(|report| text(report, "external_id").to_owned()).collect();
    found.sort();
    found
}

on_both_engines! {
    fn a_member_lists_its_own_reports_page_by_page(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let filed = file_all(&acme, &["A-1", "A-2", "A-3", "A-4", "A-5"]);
        file_all(&world.key("bolt"), &["B-1", "B-2"]);

        let mut seen = Vec::new();
        let mut path = "/v1/reports?limit=2".to_owned();
        loop {
            let page = acme.get(&path).expect(200);
            let body = page.json();
            let items = body["items"].as_array().unwrap();
            assert!(items.len() <= 2);
            seen.extend(items.iter().map(|report| text(report, "id").to_owned()));
            let next = next_link(&page);
            assert_eq!(next.is_some(), body["next"].is_string());
            let Some(next) = next else { break };
            assert_eq!(next, format!("/v1/reports?limit=2&cursor={}", text(&body, "next")));
            path = next;
        }
        assert_eq!(seen.len(), 5, "{seen:?}");
        assert_eq!(seen.iter().cloned().collect::<BTreeSet<_>>(), filed);
        assert!(seen.is_sorted());
        assert_eq!(ids(&acme.all("/v1/reports?limit=200")), filed);
        assert_eq!(ids(&acme.all("/v1/reports?limit=5")), filed);
        assert_eq!(acme.get("/v1/reports?limit=5").expect(200).header("link"), "");
    }

    fn paging_through_a_list_that_grows_shows_each_earlier_report_once(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let earlier = file_all(&acme, &["A-1", "A-2", "A-3", "A-4"]);
        let mut page = acme.get("/v1/reports?limit=1").expect(200);
        let mut seen = Vec::new();
        for round in 0.. {
            let body = page.json();
            seen.extend(body["items"].as_array().unwrap().iter().map(|report| text(report, "id").to_owned()));
            let Some(next) = next_link(&page) else { break };
            assert!(round < 50, "the list has no end");
            if round < 4 {
                file_all(&acme, &[format!("later-{round}").as_str()]);
            }
            page = acme.get(&next).expect(200);
        }
        let distinct: BTreeSet<String> = seen.iter().cloned().collect();
        assert_eq!(distinct.len(), seen.len(), "{seen:?}");
        assert!(distinct.is_superset(&earlier));
    }

    fn a_list_is_narrowed_by_state_external_id_and_time_of_change(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        file_all(&acme, &["A-1", "A-2"]);
        world.app.clock.advance(60);
        file_all(&acme, &["A-3"]);
        world.app.clock.advance(60);
        let first = acme.all("/v1/reports?external_id=A-1");
        assert_eq!(first.len(), 1);
        acme.retract(text(&first[0], "id"));

        assert_eq!(listed(&acme, "/v1/reports"), ["A-1", "A-2", "A-3"]);
        assert_eq!(listed(&acme, "/v1/reports?state=live"), ["A-2", "A-3"]);
        assert_eq!(listed(&acme, "/v1/reports?state=live&limit=1"), ["A-2", "A-3"]);
        assert_eq!(listed(&acme, "/v1/reports?state=retracted"), ["A-1"]);
        assert_eq!(listed(&acme, "/v1/reports?modified_since=2026-06-01T00:01:00Z"), ["A-1", "A-3"]);
        assert_eq!(listed(&acme, "/v1/reports?modified_since=2026-06-01T00:01:00.000001Z"), ["A-1"]);
        assert_eq!(listed(&acme, "/v1/reports?modified_since=2026-06-01T02:02:00%2B02:00"), ["A-1"]);
        let both = "/v1/reports?state=live&modified_since=2026-06-01T00:01:00Z";
        assert_eq!(listed(&acme, both), ["A-3"]);
        assert!(listed(&acme, "/v1/reports?external_id=A").is_empty());
        assert!(listed(&acme, "/v1/reports?external_id=A-1&state=live").is_empty());
        // Nobody else's key finds anything.
        assert!(listed(&world.key("bolt"), "/v1/reports?external_id=A-1").is_empty());
    }

    fn the_link_to_the_next_page_keeps_the_filter(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        file_all(&acme, &["A-1", "A-2"]);
        let page = acme.get("/v1/reports?state=live&limit=1&modified_since=2026-06-01T00:00:00Z").expect(200);
        let next = acme.get(&next_link(&page).unwrap()).expect(200).json();
        assert_eq!(next["items"].as_array().unwrap().len(), 1);
        assert_ne!(next["items"][0]["id"], page.json()["items"][0]["id"]);
    }
}
