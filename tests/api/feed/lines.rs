//! Lines of JSON, and where a reader begins.

use serde_json::json;

use super::{Copy, ask_lines, lines, listed};
use crate::support::forms::{email, report};
use crate::support::on_both_engines;
use crate::support::world::World;

const FEED: &str = "/v1/groups/alliance/feed";

fn file(world: &World, n: usize) {
    world.key("acme").file(&report(&format!("A-{n}"), &["alliance"], &[email(&format!("a{n}@bags.shop"))]));
}

on_both_engines! {
    fn lines_of_json_are_the_same_events_as_the_pages_and_the_last_line_says_where_to_go_on(engine) {
        let world = World::new(engine);
        (0..12).for_each(|n| file(&world, n));
        let bolt = world.key("bolt");
        let pages = bolt.feed("alliance");
        let reply = ask_lines(&bolt, FEED).expect(200);
        assert_eq!(reply.header("content-type"), "application/x-ndjson");
        let mut all = lines(&reply);
        let end = all.pop().unwrap();
        assert_eq!(all, pages);
        assert_eq!(end["more"], false);

        let mut some = lines(&ask_lines(&bolt, &format!("{FEED}?limit=5")).expect(200));
        let end_of_some = some.pop().unwrap();
        assert_eq!((&some[..], &end_of_some["more"]), (&pages[..5], &json!(true)));
        // Cursors are good in either form.
        let next = end_of_some["next"].as_str().unwrap();
        let page = bolt.get(&format!("{FEED}?cursor={next}")).expect(200).json();
        assert_eq!(page["events"].as_array().unwrap(), &pages[5..]);
        assert_eq!(page["next"], end["next"]);
    }

    fn a_feed_of_many_pages_is_streamed_whole(engine) {
        let world = World::new(engine);
        let form = |n: usize| report(&format!("A-{n}"), &["alliance"], &[email(&format!("a{n}@bags.shop"))]).to_string();
        let forms: Vec<String> = (0..1_100).map(form).collect();
        let acme = world.key("acme");
        acme.post_raw("/v1/reports/bulk", "application/x-ndjson", forms.join("\n")).expect(200);
        acme.wait_until_pooled();
        let mut all = lines(&ask_lines(&world.key("bolt"), FEED).expect(200));
        assert_eq!(all.pop().unwrap()["more"], false);
        let numbers: Vec<i64> = all.iter().map(|event| event["number"].as_i64().unwrap()).collect();
        assert_eq!(numbers, (1..=1_100).collect::<Vec<_>>());
    }

    fn the_link_of_a_page_goes_on_behind_it_wherever_the_reader_began(engine) {
        let world = World::new(engine);
        (0..4).for_each(|n| file(&world, n));
        let bolt = world.key("bolt");
        let pages = bolt.feed("alliance");
        let mut path = format!("{FEED}?since=1&limit=1");
        for expected in &pages[1..] {
            let page = bolt.get(&path).expect(200);
            assert_eq!(page.json()["events"].as_array().unwrap(), std::slice::from_ref(expected));
            let link = page.header("link");
            path = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")).unwrap_or_default().to_owned();
        }
        assert_eq!(path, "", "the last page has no next one");
    }

    fn a_reader_begins_after_a_number_or_with_what_came_about_at_a_time(engine) {
        let world = World::new(engine);
        (0..3).for_each(|n| file(&world, n));
        world.app.clock.advance(3_600);
        (3..5).for_each(|n| file(&world, n));
        let bolt = world.key("bolt");
        let pages = bolt.feed("alliance");
        let since = |since: &str| bolt.get(&format!("{FEED}?since={since}")).expect(200).json();
        assert_eq!(since("0")["events"].as_array().unwrap(), &pages);
        assert_eq!(since("2")["events"].as_array().unwrap(), &pages[2..]);
        assert_eq!(since("5")["events"], json!([]));
        let later = pages[3]["at"].as_str().unwrap();
        assert_eq!(since(later)["events"].as_array().unwrap(), &pages[3..]);
        assert_eq!(since("2026-06-01T00:00:01Z")["events"].as_array().unwrap(), &pages[3..]);
        assert_eq!(since("2020-01-01T00:00:00Z")["events"].as_array().unwrap(), &pages);
        // Of what is still to come, nothing was there before it was asked for.
        let end = since("2027-01-01T00:00:00Z");
        assert_eq!((&end["events"], &end["more"]), (&json!([]), &json!(false)));
        file(&world, 5);
        let next = end["next"].as_str().unwrap();
        let page = bolt.get(&format!("{FEED}?cursor={next}")).expect(200).json();
        assert_eq!(page["events"][0]["number"], 6);
    }

    fn a_wrong_place_to_begin_is_named(engine) {
        let world = World::new(engine);
        file(&world, 0);
        let bolt = world.key("bolt");
        let faults = |query: &str| bolt.get(&format!("{FEED}?{query}")).problem(400, "bad-parameter");
        let at = |code: &str| vec![("since".to_owned(), code.to_owned())];
        for since in ["yesterday", "-1", "1.5", "99999999999999999999", ""] {
            assert_eq!(faults(&format!("since={since}")), at("malformed"), "{since}");
        }
        assert_eq!(faults("since=2"), at("out_of_range"));
        let next = bolt.get(FEED).expect(200).json()["next"].as_str().unwrap().to_owned();
        assert_eq!(faults(&format!("since=1&cursor={next}")), at("contradiction"));
        assert_eq!(faults("changed=identifiers,price"), vec![("changed".to_owned(), "not_allowed".to_owned())]);
        assert_eq!(faults("country=XX")[0].0, "country");
    }

    fn an_event_names_the_fields_that_came_out_differently(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        acme.file(&report("A-1", &["alliance"], &[email("jian@bags.shop")]));
        let mut second = report("A-2", &["alliance"], &[email("jian@bags.shop")]);
        second["seller"]["display_names"] = json!(["Jian's bags"]);
        second["value"] = json!({ "sales_minor": 100, "currency": "CNY", "method": "estimate" });
        acme.file(&second);
        let events = bolt.feed("alliance");
        assert_eq!(events[0].get("changed"), None, "it appeared");
        // Two reports are the same band as one, and the value is not for peers.
        assert_eq!(events[1]["changed"], json!(["names"]));
        let id = events[0]["seller_id"].as_str().unwrap();
        let history = bolt.all(&format!("/v1/groups/alliance/sellers/{id}/history"));
        assert_eq!(history[1]["changed"], json!(["names"]));
    }

    fn a_copy_that_is_kept_by_lines_is_what_the_list_shows(engine) {
        let world = World::new(engine);
        (0..4).for_each(|n| file(&world, n));
        let bolt = world.key("bolt");
        let mut copy = Copy::default();
        let mut all = lines(&ask_lines(&bolt, FEED).expect(200));
        let end = all.pop().unwrap();
        all.iter().for_each(|event| copy.apply(event));
        let acme = world.key("acme");
        let first = acme.all("/v1/reports?external_id=A-0");
        acme.retract(first[0]["id"].as_str().unwrap());
        let next = end["next"].as_str().unwrap();
        let mut rest = lines(&ask_lines(&bolt, &format!("{FEED}?cursor={next}")).expect(200));
        rest.pop();
        rest.iter().for_each(|event| copy.apply(event));
        assert_eq!(copy.sellers, listed(&bolt, "alliance", ""));
        assert_eq!(copy.sellers.len(), 3);
    }
}
