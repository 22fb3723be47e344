//! Cursors and other parameters of the URL.

use super::{fault, sight};
use crate::support::client::Client;
use crate::support::forms::{email, report};
use crate::support::on_both_engines;
use crate::support::world::World;

const REPORTS: &str = "/v1/reports?limit=1";
const LIVE_REPORTS: &str = "/v1/reports?limit=1&state=live";
const SELLERS: &str = "/v1/groups/alliance/sellers?limit=1";
const FEED: &str = "/v1/groups/alliance/feed?limit=1";

/// Lists that have a second page after [`filed`].
const LISTS: [&str; 4] = [REPORTS, LIVE_REPORTS, SELLERS, FEED];

/// Every list with pages.
const PAGED: [&str; 5] =
    ["/v1/reports", "/v1/groups/alliance/sellers", "/v1/groups/alliance/feed", "/v1/keys", "/v1/users"];

/// Two brands with two reports each, on four sellers.
fn filed(world: &World) {
    for (member, name) in [("acme", "jian"), ("bolt", "wei")] {
        for n in 1..=2 {
            let address = format!("{name}{n}@bags.shop");
            world.key(member).file(&report(&format!("R-{n}"), &["alliance"], &[email(&address)]));
        }
    }
}

/// The cursor that a list's first page gives.
fn cursor(client: &Client, list: &str) -> String {
    let page = client.get(list).expect(200).json();
    page["next"].as_str().unwrap_or_else(|| panic!("{list} has one page: {page}")).to_owned()
}

#[track_caller]
fn assert_refused(client: &Client, list: &str, cursor: &str) {
    let glue = if list.contains('?') { '&' } else { '?' };
    let reply = client.get(&format!("{list}{glue}cursor={cursor}"));
    assert!(reply.problem(400, "bad-cursor").is_empty(), "{list} {cursor}");
}

on_both_engines! {
    fn a_cursor_is_good_on_the_list_that_gave_it_and_no_other(engine) {
        let world = World::new(engine);
        filed(&world);
        let acme = world.key("acme");
        for list in LISTS {
            let cursor = cursor(&acme, list);
            acme.get(&format!("{list}&cursor={cursor}")).expect(200);
            for other in LISTS.iter().filter(|other| **other != list) {
                assert_refused(&acme, other, &cursor);
            }
            assert_refused(&acme, "/v1/keys", &cursor);
            assert_refused(&acme, "/v1/users", &cursor);
            assert_refused(&acme, "/v1/groups/alliance/sellers?platform=taobao", &cursor);
        }
        // How many are wanted may change on the way.
        let cursor = cursor(&acme, REPORTS);
        acme.get(&format!("/v1/reports?limit=2&cursor={cursor}")).expect(200);
    }

    fn a_cursor_is_good_for_the_viewer_that_got_it_and_no_other(engine) {
        let world = World::new(engine);
        filed(&world);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        for list in LISTS {
            assert_refused(&bolt, list, &cursor(&acme, list));
        }
        for list in [SELLERS, FEED] {
            assert_refused(&world.key("taobao"), list, &cursor(&acme, list));
            assert_refused(&acme, list, &cursor(&world.key("taobao"), list));
        }
        // A seller's history is a list of its own for each seller.
        let sellers = acme.all("/v1/groups/alliance/sellers");
        let path = format!("/v1/groups/alliance/sellers/{}/history", sellers[0]["id"].as_str().unwrap());
        assert_refused(&acme, &path, &cursor(&acme, FEED));
    }

    fn a_cursor_that_was_changed_is_refused_wherever_it_was(engine) {
        let world = World::new(engine);
        filed(&world);
        let acme = world.key("acme");
        let before = sight(&acme);
        for list in [REPORTS, FEED] {
            let cursor = cursor(&acme, list);
            for at in 0..cursor.len() {
                let other = if cursor.as_bytes()[at] == b'A' { "B" } else { "A" };
                let mut changed = cursor.clone();
                changed.replace_range(at..=at, other);
                assert_refused(&acme, list, &changed);
            }
            let (longer, shorter) = (format!("{cursor}A"), &cursor[..cursor.len() - 1]);
            for changed in [longer.as_str(), shorter, "", "x", "AAAA", "%20", "%00", "rep_5", "1", "null"] {
                assert_refused(&acme, list, changed);
            }
        }
        assert_eq!(sight(&acme), before);
    }

    fn a_page_holds_at_least_one_thing_and_not_too_many(engine) {
        let world = World::new(engine);
        filed(&world);
        let owner = world.owner("acme");
        let before = sight(&owner);
        for list in PAGED {
            for limit in ["0", "-1", "501", "100000", "9223372036854775807"] {
                let reply = owner.get(&format!("{list}?limit={limit}"));
                let faults = reply.problem(400, "bad-parameter");
                assert_eq!(faults, [fault("limit", "out_of_range")], "{list} {limit}");
            }
            for limit in ["", "ten", "1.5", "9223372036854775808", "0x10"] {
                let reply = owner.get(&format!("{list}?limit={limit}"));
                reply.problem(400, "bad-parameter");
            }
            owner.get(&format!("{list}?limit=1")).expect(200);
            owner.get(&format!("{list}?limit=200")).expect(200);
        }
        assert_eq!(sight(&owner), before);
    }

    fn an_unknown_or_doubled_parameter_is_refused(engine) {
        let world = World::new(engine);
        let owner = world.owner("acme");
        for list in PAGED {
            for query in ["stat=live", "limit=1&x=", "limit=1&limit=2", "Limit=1", "page=2"] {
                owner.get(&format!("{list}?{query}")).problem(400, "bad-parameter");
            }
        }
    }

    fn a_filter_that_cannot_be_is_named(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let cases = [
            ("/v1/reports?state=gone", "state", "not_allowed"),
            ("/v1/reports?state=", "state", "not_allowed"),
            ("/v1/reports?modified_since=yesterday", "modified_since", "malformed"),
            ("/v1/reports?modified_since=2026-06-01", "modified_since", "malformed"),
            ("/v1/groups/alliance/sellers?changed_since=2026-06-01T25:00:00Z", "changed_since", "malformed"),
            ("/v1/groups/alliance/sellers?minimum_risk=101", "minimum_risk", "out_of_range"),
            ("/v1/groups/alliance/feed?minimum_risk=101", "minimum_risk", "out_of_range"),
            ("/v1/groups/alliance/sellers?order=worth", "order", "not_allowed"),
            ("/v1/groups/alliance/sellers?country=UK", "country", "unknown_country"),
            ("/v1/groups/alliance/sellers?identifier=jian@bags.shop", "identifier_type", "required"),
            ("/v1/groups/alliance/sellers?identifier_type=domain", "identifier", "required"),
            ("/v1/groups/alliance/sellers?identifier=5&identifier_type=fax", "identifier_type", "not_allowed"),
            ("/v1/groups/alliance/sellers?identifier=5&identifier_type=company_registration", "identifier", "malformed"),
            ("/v1/groups/alliance/sellers?identifier=jian@bags.shop&identifier_type=email", "identifier", "personal"),
        ];
        for (path, name, code) in cases {
            assert_eq!(acme.get(path).problem(400, "bad-parameter"), [fault(name, code)], "{path}");
        }
    }
}
