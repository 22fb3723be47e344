//! Bodies that cannot be read, or are no report at all.

use std::io::{Cursor, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use reqwest::blocking::Body;
use serde_json::json;

use super::{fault, file_raw, good, put, sight};
use crate::support::forms::email;
use crate::support::on_both_engines;
use crate::support::world::World;

/// A report whose narrative is nested this deep.
fn nested(levels: usize) -> String {
    format!("{{\"narrative\": {}{}}}", "[".repeat(levels), "]".repeat(levels))
}

fn unreadable() -> Vec<(&'static str, Vec<u8>)> {
    let good = good().to_string();
    vec![
        ("nothing", Vec::new()),
        ("spaces", b" \n ".to_vec()),
        ("a truncated report", good.as_bytes()[..good.len() / 2].to_vec()),
        ("a report without its last brace", good.as_bytes()[..good.len() - 1].to_vec()),
        ("a misplaced comma", good.replacen('{', "{,", 1).into_bytes()),
        ("no value", b"{\"external_id\": }".to_vec()),
        ("single quotes", good.replace('"', "'").into_bytes()),
        ("something behind the report", format!("{good} {good}").into_bytes()),
        ("a comment", format!("// mine\n{good}").into_bytes()),
        ("a text of another encoding", b"{\"narrative\": \"\xe9\"}".to_vec()),
        ("a text cut inside a character", b"{\"narrative\": \"\xe7\x9c\"}".to_vec()),
        ("half a surrogate pair", b"{\"narrative\": \"\\ud800\"}".to_vec()),
        ("a raw NUL character", b"{\"narrative\": \"a\0b\"}".to_vec()),
        ("two hundred levels", nested(200).into_bytes()),
        ("a hundred thousand levels", nested(100_000).into_bytes()),
        ("a hundred thousand unclosed objects", "{\"a\":".repeat(100_000).into_bytes()),
    ]
}

on_both_engines! {
    fn a_body_that_cannot_be_read_is_refused(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        acme.file(&good());
        let before = sight(&acme);
        for (what, body) in unreadable() {
            let reply = file_raw(&acme, body);
            assert_eq!(reply.status, 400, "{what}: {}", reply.text);
            assert!(reply.problem(400, "malformed").is_empty(), "{what}");
            assert_eq!(sight(&acme), before, "{what}");
        }
    }

    fn a_body_that_is_no_object_is_refused(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let before = sight(&acme);
        for body in ["null", "true", "5", "\"a report\""] {
            assert_eq!(file_raw(&acme, body).problem(422, "invalid"), [fault("", "wrong_type")], "{body}");
            assert_eq!(sight(&acme), before, "{body}");
        }
    }

    fn a_list_is_no_report_even_when_its_values_stand_in_the_order_of_the_fields(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let before = sight(&acme);
        let seller = json!({ "identifiers": [email("jian@bags.shop")] });
        let draft = json!([
            "A-1", [], null, [], null, [], null, null, "counterfeit_goods", [], [], null, [], seller
        ]);
        for body in [json!([]), json!([1]), json!([good()]), draft] {
            let reply = file_raw(&acme, body.to_string());
            assert_eq!(reply.problem(422, "invalid"), [fault("", "wrong_type")], "{body}");
            assert_eq!(sight(&acme), before, "{body}");
        }
    }

    fn a_list_is_no_part_of_a_report_that_is_an_object(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let before = sight(&acme);
        let cases = [
            ("/seller", json!([[], [email("jian@bags.shop")]])),
            ("/seller/identifiers/0", json!(["email", "jian@bags.shop"])),
            ("/statement", json!([true, "Ada Analyst", "2026-05-01"])),
            ("/value", json!(["CNY", "estimate"])),
        ];
        for (place, value) in cases {
            let mut body = good();
            put(&mut body, place, value);
            let reply = acme.post("/v1/reports", &body);
            assert_eq!(reply.problem(422, "invalid"), [fault(place, "wrong_type")], "{place}");
            assert_eq!(sight(&acme), before, "{place}");
        }
    }

    fn a_body_that_is_nested_too_deep_is_refused_by_the_place_where_it_is(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let before = sight(&acme);
        for levels in [32, 40, 100] {
            let faults = file_raw(&acme, nested(levels)).problem(422, "invalid");
            let deep = format!("/narrative{}", "/0".repeat(31));
            assert!(faults.contains(&fault(&deep, "too_deep")), "{levels}: {faults:?}");
        }
        let faults = file_raw(&acme, nested(31)).problem(422, "invalid");
        assert!(faults.contains(&fault("/narrative", "wrong_type")), "{faults:?}");
        assert!(faults.iter().all(|(_, code)| code != "too_deep"), "{faults:?}");
        assert_eq!(sight(&acme), before);
    }

    fn a_body_that_breaks_off_before_its_announced_end_is_refused_even_if_it_reads_as_a_whole(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let before = sight(&acme);
        for sent in [good().to_string(), good().to_string()[..40].to_owned(), String::new()] {
            let address = world.app.base_url.strip_prefix("http://").unwrap();
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
            let head = format!(
                "POST /v1/reports HTTP/1.1\r\nHost: touchstone\r\nAuthorization: Bearer {}\r\n\
                 Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{sent}",
                acme.bearer(),
                sent.len() + 1,
            );
            stream.write_all(head.as_bytes()).unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
            assert!(answer.contains("urn:touchstone:problem:malformed"), "{answer}");
            assert_eq!(sight(&acme), before);
        }
    }

    fn a_body_of_ten_megabytes_is_refused_however_it_is_sent(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let before = sight(&acme);
        let mut large = good();
        large["narrative"] = json!("x".repeat(10 << 20));
        let large = large.to_string();
        assert!(file_raw(&acme, large.clone()).problem(413, "too-large").is_empty());
        // In chunks, so that nothing announces its length.
        let chunked = Body::new(Cursor::new(large.into_bytes()));
        let reply = acme.post_raw("/v1/reports", "application/json", chunked);
        assert!(reply.problem(413, "too-large").is_empty());
        assert_eq!(sight(&acme), before);
    }

    fn a_body_of_another_type_is_refused(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let before = sight(&acme);
        for kind in ["text/plain", "application/xml", "application/x-www-form-urlencoded", "text/csv"] {
            let reply = acme.post_raw("/v1/reports", kind, good().to_string());
            assert!(reply.problem(415, "unsupported-type").is_empty(), "{kind}");
        }
        assert_eq!(sight(&acme), before);
        acme.post_raw("/v1/reports", "application/json; charset=utf-8", good().to_string()).expect(201);
    }
}
