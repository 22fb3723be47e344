//! Filing reports by the file: NDJSON, and what is the same for every format.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{CSV, NDJSON, faults_of, ids, ndjson, outcomes, text, upload};
use crate::api::bad_input::{fault, sight};
use crate::support::forms::{email, report};
use crate::support::on_both_engines;
use crate::support::world::World;

fn about(external_id: &str, address: &str) -> Value {
    report(external_id, &["alliance"], &[email(address)])
}

on_both_engines! {
    fn every_line_gets_its_result_in_order_and_a_bad_line_does_not_stop_the_rest(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let known = acme.file(&about("A-0", "known@bags.shop"));
        let (first, other) = (about("A-1", "jian@bags.shop"), about("A-1", "wei@bags.shop"));
        let mut faulty = about("A-2", "jian@bags.shop");
        faulty["infringement_type"] = json!("fakes");
        faulty["narative"] = json!("Misspelt.");
        let file = [
            first.to_string(),
            "{\"external_id\": ".to_owned(),
            faulty.to_string(),
            String::new(),
            "5".to_owned(),
            about("A-3", "wei@bags.shop").to_string(),
            first.to_string(),
            other.to_string(),
            about("A-0", "known@bags.shop").to_string(),
            about("A-0", "unknown@bags.shop").to_string(),
            // The last line has no end.
            about("A-4", "lin@bags.shop").to_string(),
        ];
        let lines = upload(&acme, NDJSON, file.join("\n"));
        let expected = [
            (1, "created"),
            (2, "invalid"),
            (3, "invalid"),
            (5, "invalid"),
            (6, "created"),
            (7, "unchanged"),
            (8, "conflict"),
            (9, "unchanged"),
            (10, "conflict"),
            (11, "created"),
        ];
        assert_eq!(outcomes(&lines), expected);
        assert_eq!(faults_of(&lines[1]), [fault("", "truncated")]);
        let both = [fault("/infringement_type", "not_allowed"), fault("/narative", "unknown_field")];
        assert_eq!(faults_of(&lines[2]), both);
        assert_eq!(faults_of(&lines[3]), [fault("", "wrong_type")]);
        assert_eq!((&lines[5]["id"], &lines[5]["external_id"]), (&lines[0]["id"], &json!("A-1")));
        assert_eq!(lines[6]["id"], lines[0]["id"]);
        assert_eq!(faults_of(&lines[6]), [fault("/external_id", "conflict")]);
        assert_eq!((&lines[7]["id"], &lines[8]["id"]), (&known["id"], &known["id"]));
        assert!(text(&lines[8]["errors"][0], "detail").contains(text(&known, "digest")), "{}", lines[8]);

        let stored: BTreeSet<String> = acme
            .all("/v1/reports")
            .iter()
            .map(|report| {
                let address = text(&report["seller"]["identifiers"][0], "value");
                format!("{} {address}", text(report, "external_id"))
            })
            .collect();
        let expected =
            ["A-0 known@bags.shop", "A-1 jian@bags.shop", "A-3 wei@bags.shop", "A-4 lin@bags.shop"];
        assert_eq!(stored, BTreeSet::from(expected.map(str::to_owned)));
    }

    fn sending_a_file_again_changes_nothing(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let reports: Vec<Value> =
            (0..20).map(|n| about(&format!("A-{n}"), &format!("seller{}@bags.shop", n / 2))).collect();
        let first = upload(&acme, NDJSON, ndjson(&reports));
        assert!(first.iter().all(|line| line["status"] == "created"), "{first:?}");
        acme.wait_until_pooled();
        let before = sight(&acme);
        assert_eq!(before["feed"].as_array().unwrap().last().unwrap()["number"].as_u64(), Some(10));

        let again = upload(&acme, NDJSON, ndjson(&reports));
        assert!(again.iter().all(|line| line["status"] == "unchanged"), "{again:?}");
        let same = |lines: &[Value]| lines.iter().map(|line| line["id"].clone()).collect::<Vec<_>>();
        assert_eq!(same(&again), same(&first));
        assert_eq!(sight(&acme), before);
    }

    fn what_a_file_brings_is_worked_in_like_single_reports(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let single = bolt.file(&about("B-1", "jian@bags.shop"));
        let reports = [about("A-1", "Jian@Bags.shop"), about("A-2", "wei@bags.shop")];
        let lines = upload(&acme, NDJSON, ndjson(&reports));
        acme.wait_until_pooled();
        let read = |line: &Value| acme.get(&format!("/v1/reports/{}", text(line, "id"))).expect(200).json();
        assert_eq!(read(&lines[0])["sellers"], single["sellers"]);
        assert_ne!(read(&lines[1])["sellers"], single["sellers"]);
        assert_eq!(acme.post("/v1/reports", &about("A-2", "wei@bags.shop")).status, 200);
    }

    fn three_thousand_lines_are_filed_and_all_are_in_the_pages_of_reports(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let reports: Vec<Value> =
            (0..3_000).map(|n| about(&format!("A-{n}"), &format!("seller{n}@bags.shop"))).collect();
        let lines = upload(&acme, NDJSON, ndjson(&reports));
        assert_eq!(lines.len(), 3_000);
        for (number, line) in (1..).zip(&lines) {
            assert_eq!((line["line"].as_u64(), text(line, "status")), (Some(number), "created"), "{line}");
            assert_eq!(line["external_id"], format!("A-{}", number - 1));
        }
        let listed = acme.all("/v1/reports?limit=200");
        assert_eq!(listed.len(), 3_000);
        assert_eq!(ids(&listed), ids(&lines));
    }

    fn a_line_that_is_too_long_or_no_text_does_not_stop_the_rest(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let mut long = about("A-1", "jian@bags.shop");
        long["narrative"] = json!("x".repeat(1 << 20));
        let mut wordy = about("A-2", "jian@bags.shop");
        wordy["narrative"] = json!("x".repeat(20_001));
        let mut file = format!("{long}\n{wordy}\n").into_bytes();
        file.extend(b"{\"narrative\": \"\xff\xfe\"}\n");
        file.extend(b"{\"narrative\": \"\\u0000\"}\n");
        file.extend(about("A-5", "jian@bags.shop").to_string().bytes());
        let lines = upload(&acme, NDJSON, file);
        let expected = [(1, "invalid"), (2, "invalid"), (3, "invalid"), (4, "invalid"), (5, "created")];
        assert_eq!(outcomes(&lines), expected);
        assert_eq!(faults_of(&lines[0]), [fault("", "too_long")]);
        assert_eq!(faults_of(&lines[1]), [fault("/narrative", "too_long")]);
        assert_eq!(faults_of(&lines[2]), [fault("", "invalid_utf8")]);
        assert!(faults_of(&lines[3]).contains(&fault("/narrative", "nul_character")), "{}", lines[3]);
        assert_eq!(acme.all("/v1/reports").len(), 1);
    }

    fn a_line_that_gives_a_field_twice_is_refused_by_its_place_and_does_not_stop_the_rest(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let good = about("A-1", "jian@bags.shop").to_string();
        let twice = |field: &str, other: &str| good.replacen(field, &format!("{field}{other},{field}"), 1);
        let file = [
            twice("\"external_id\":", "\"A-2\""),
            twice("\"seller\":", "{\"ship_from\":\"CN\",\"ship_from\":\"CN\"}"),
            good.clone(),
        ];
        let lines = upload(&acme, NDJSON, file.join("\n"));
        assert_eq!(outcomes(&lines), [(1, "invalid"), (2, "invalid"), (3, "created")]);
        assert_eq!(faults_of(&lines[0]), [fault("/external_id", "duplicate")]);
        let both = [fault("/seller", "duplicate"), fault("/seller/ship_from", "duplicate")];
        assert_eq!(faults_of(&lines[1]), both);
        assert_eq!(acme.all("/v1/reports").len(), 1);
    }

    fn a_line_for_a_group_that_one_may_not_contribute_to_is_refused(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let closed = report("A-1", &["no-such-group"], &[email("jian@bags.shop")]);
        let lines = upload(&acme, NDJSON, ndjson(&[closed, about("A-2", "jian@bags.shop")]));
        assert_eq!(outcomes(&lines), [(1, "invalid"), (2, "created")]);
        assert_eq!(faults_of(&lines[0]), [fault("/share_with/0", "unknown_group")]);
    }

    fn a_file_of_no_known_format_is_refused(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let before = sight(&acme);
        let body = ndjson(&[about("A-1", "jian@bags.shop")]);
        for kind in ["application/json", "text/plain", "application/x-www-form-urlencoded", "nonsense"] {
            let reply = acme.post_raw("/v1/reports/bulk", kind, body.clone());
            assert!(reply.problem(415, "unsupported-type").is_empty(), "{kind}");
        }
        let untyped = acme.request(reqwest::Method::POST, "/v1/reports/bulk").body(body.clone());
        assert!(acme.send(untyped).problem(415, "unsupported-type").is_empty());
        assert_eq!(sight(&acme), before);

        assert_eq!(outcomes(&upload(&acme, "Application/X-NDJSON; charset=utf-8", body)), [(1, "created")]);
        let header = "external_id,infringement_type,email\n";
        assert!(upload(&acme, "text/csv; charset=utf-8; header=present", header).is_empty());
        assert!(upload(&acme, NDJSON, "").is_empty());
        assert!(upload(&acme, CSV, header.trim_end()).is_empty());
    }
}
