//! Reports that can be read, with parts that are wrong.

use serde_json::{Value, json};

use super::{fault, file_raw, good, put, sight};
use crate::support::forms::{email, phone, report};
use crate::support::on_both_engines;
use crate::support::world::World;

/// What is done to a good report: a value at a place, and the one fault that this is.
type Case = (&'static str, Value, &'static str, &'static str);

/// Faults of shape: the field is not there or holds something else.
fn misshapen() -> Vec<Case> {
    vec![
        ("/narative", json!("x"), "/narative", "unknown_field"),
        ("/seller/vat", json!("x"), "/seller/vat", "unknown_field"),
        ("/seller/identifiers/0/vlaue", json!("x"), "/seller/identifiers/0/vlaue", "unknown_field"),
        ("/statement/a~1b", json!(1), "/statement/a~01b", "unknown_field"),
        ("/narrative", json!(5), "/narrative", "wrong_type"),
        ("/narrative", json!({ "text": "x" }), "/narrative", "wrong_type"),
        ("/share_with", json!("alliance"), "/share_with", "wrong_type"),
        ("/share_with", json!(["alliance", 5]), "/share_with/1", "wrong_type"),
        ("/seller", json!("a shop"), "/seller", "wrong_type"),
        ("/seller/identifiers", json!({ "email": "x" }), "/seller/identifiers", "wrong_type"),
        ("/seller/identifiers/0", json!("x"), "/seller/identifiers/0", "wrong_type"),
        ("/seller/identifiers/0/confidence", json!("high"), "/seller/identifiers/0/confidence", "wrong_type"),
        ("/seller/identifiers/0/confidence", json!(0.5), "/seller/identifiers/0/confidence", "wrong_type"),
        ("/seller/identifiers/0/type", json!("fax"), "/seller/identifiers/0/type", "not_allowed"),
        ("/consent_case_pooling", json!("yes"), "/consent_case_pooling", "wrong_type"),
        (
            "/value",
            json!({ "currency": "CNY", "method": "estimate", "units": u64::MAX }),
            "/value/units",
            "invalid_value",
        ),
        ("/narrative", json!("a\u{0}b"), "/narrative", "nul_character"),
        ("/narrative", json!("x".repeat(20_001)), "/narrative", "too_long"),
        ("/narrative", json!("x".repeat(70_000)), "/narrative", "too_long"),
        ("/seller/identifiers", many_identifiers(201), "/seller/identifiers", "too_many"),
        ("/seller/identifiers", many_identifiers(10_000), "/seller/identifiers", "too_many"),
    ]
}

/// Identifiers that say something that cannot be.
fn identifiers() -> Vec<Case> {
    let first =
        |value: Value, field: &'static str, code: &'static str| ("/seller/identifiers/0", value, field, code);
    let bank = |value: &str| json!({ "type": "bank_account", "value": value });
    vec![
        first(bank("DE89370400440532013001"), "/seller/identifiers/0/value", "check_digit"),
        first(bank("DE88 3704 0044 0532 0130 00"), "/seller/identifiers/0/value", "check_digit"),
        first(bank("4111 1111 1111 1111"), "/seller/identifiers/0/value", "card_number"),
        first(bank("6222024402034567"), "/seller/identifiers/0/bank_code", "required"),
        first(phone("13812341234"), "/seller/identifiers/0/country", "required"),
        first(email("not an address"), "/seller/identifiers/0/value", "malformed"),
        first(email("n/a"), "/seller/identifiers/0/value", "placeholder"),
        first(email(""), "/seller/identifiers/0/value", "required"),
        first(json!({ "type": "email" }), "/seller/identifiers/0/value", "required"),
        first(json!({ "value": "jian@bags.shop" }), "/seller/identifiers/0/type", "required"),
        first(
            json!({ "type": "storefront", "value": "880246" }),
            "/seller/identifiers/0/platform",
            "required",
        ),
        ("/seller/identifiers/0/confidence", json!(101), "/seller/identifiers/0/confidence", "out_of_range"),
        ("/seller/identifiers/0/source", json!("a friend"), "/seller/identifiers/0/source", "not_allowed"),
        ("/seller/identifiers", json!([]), "/seller/identifiers", "required"),
        ("/seller", Value::Null, "/seller", "required"),
    ]
}

/// Words, numbers, dates and statements that cannot be.
fn values() -> Vec<Case> {
    let worth = |field: &str, amount: i64| json!({ "currency": "CNY", "method": "estimate", field: amount });
    let page = |price: Value| json!([{ "url": "https://bags.shop/item/5", "price": price }]);
    let file = |sha256: &str| json!([{ "kind": "screenshot", "sha256": sha256 }]);
    vec![
        ("/external_id", json!("has spaces"), "/external_id", "malformed"),
        ("/external_id", json!(""), "/external_id", "malformed"),
        ("/external_id", json!("x".repeat(501)), "/external_id", "malformed"),
        ("/infringement_type", json!("fakes"), "/infringement_type", "not_allowed"),
        ("/infringement_type", Value::Null, "/infringement_type", "required"),
        ("/attribution", json!("hidden"), "/attribution", "not_allowed"),
        ("/tlp", json!("green"), "/tlp", "not_allowed"),
        ("/basis", json!(["test_purchase", "a hunch"]), "/basis/1", "not_allowed"),
        ("/evidence_audience", json!(["everyone"]), "/evidence_audience/0", "not_allowed"),
        ("/permitted_actions", json!(["all"]), "/permitted_actions/0", "not_allowed"),
        ("/verification", json!({ "level": "sure" }), "/verification/level", "not_allowed"),
        ("/rights", json!([{ "type": "trademark" }]), "/rights/0/type", "not_allowed"),
        (
            "/rights",
            json!([{ "type": "trade_mark", "nice_classes": [25, 46] }]),
            "/rights/0/nice_classes/1",
            "out_of_range",
        ),
        ("/rights", json!([{ "type": "trade_mark", "office": "EUIPO" }]), "/rights/0/office", "malformed"),
        ("/goods", json!([{ "nice_class": 46 }]), "/goods/0/nice_class", "out_of_range"),
        ("/goods", json!([{ "nice_class": 0 }]), "/goods/0/nice_class", "out_of_range"),
        ("/value", json!({ "currency": "RMB", "method": "estimate" }), "/value/currency", "unknown_currency"),
        ("/value", json!({ "currency": "XXX", "method": "estimate" }), "/value/currency", "unknown_currency"),
        ("/value", json!({ "currency": "CNY" }), "/value/method", "required"),
        ("/value", worth("sales_minor", -1), "/value/sales_minor", "negative"),
        ("/value", worth("units", -1), "/value/units", "negative"),
        ("/value", worth("sales_minor", i64::MAX), "/value/sales_minor", "out_of_range"),
        (
            "/listings",
            page(json!({ "amount_minor": -5, "currency": "CNY" })),
            "/listings/0/price/amount_minor",
            "negative",
        ),
        (
            "/listings",
            page(json!({ "amount_minor": 5, "currency": "Yuan" })),
            "/listings/0/price/currency",
            "unknown_currency",
        ),
        ("/listings", json!([{ "title": "A bag" }]), "/listings/0/url", "required"),
        ("/evidence", file("abcd"), "/evidence/0/sha256", "malformed"),
        ("/evidence", file(&"a".repeat(63)), "/evidence/0/sha256", "malformed"),
        ("/evidence", file(&"a".repeat(66)), "/evidence/0/sha256", "malformed"),
        ("/evidence", file(&"g".repeat(64)), "/evidence/0/sha256", "malformed"),
        ("/marketplace_country", json!("UK"), "/marketplace_country", "unknown_country"),
        ("/first_seen", json!("2026-06-03"), "/first_seen", "in_the_future"),
        ("/last_seen", json!("2099-01-01"), "/last_seen", "in_the_future"),
        ("/last_seen", json!("2026-03-09"), "/last_seen", "out_of_order"),
        ("/last_seen", json!("2026-02-30"), "/last_seen", "malformed"),
        ("/last_seen", json!("20 April 2026"), "/last_seen", "malformed"),
        ("/retain_until", json!("2026-13-01"), "/retain_until", "malformed"),
        ("/statement", Value::Null, "/statement", "required"),
        ("/statement/good_faith", json!(false), "/statement/good_faith", "not_allowed"),
        ("/statement/good_faith", Value::Null, "/statement/good_faith", "required"),
        ("/statement/signer", json!("  "), "/statement/signer", "required"),
        ("/statement/signed_on", json!("2026-06-03"), "/statement/signed_on", "in_the_future"),
    ]
}

fn many_identifiers(count: usize) -> Value {
    (0..count).map(|n| email(&format!("seller{n}@bags.shop"))).collect()
}

/// Files a good report spoilt in each of these ways.
fn check(world: &World, cases: Vec<Case>) {
    let acme = world.key("acme");
    acme.file(&report("A-0", &["alliance"], &[email("known@bags.shop")]));
    let before = sight(&acme);
    for (place, value, pointer, code) in cases {
        let mut body = good();
        put(&mut body, place, value);
        let reply = acme.post("/v1/reports", &body);
        assert_eq!(reply.problem(422, "invalid"), [fault(pointer, code)], "{place}");
        assert_eq!(sight(&acme), before, "{place} {code}");
    }
    // What the cases started from was good.
    acme.post("/v1/reports", &good()).expect(201);
}

on_both_engines! {
    fn a_field_that_is_unknown_or_of_the_wrong_shape_is_named_by_its_place(engine) {
        check(&World::new(engine), misshapen());
    }

    fn an_identifier_that_cannot_be_is_named_by_its_place_and_reason(engine) {
        check(&World::new(engine), identifiers());
    }

    fn a_value_that_cannot_be_is_named_by_its_place_and_reason(engine) {
        check(&World::new(engine), values());
    }

    fn a_shared_report_without_a_statement_is_refused_and_a_draft_is_not(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let mut body = good();
        body.as_object_mut().unwrap().remove("statement");
        let before = sight(&acme);
        let reply = acme.post("/v1/reports", &body);
        assert_eq!(reply.problem(422, "invalid"), [fault("/statement", "required")]);
        assert_eq!(sight(&acme), before);
        body["share_with"] = json!([]);
        acme.post("/v1/reports", &body).expect(201);
    }

    fn all_faults_of_a_report_are_named_together(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let before = sight(&acme);
        let body = json!({
            "external_id": "has spaces",
            "share_with": ["alliance", "no-such-group"],
            "infringement_type": "fakes",
            "narative": "Misspelt.",
            "narrative": 5,
            "seller": { "identifiers": [
                { "type": "phone", "value": "13812341234" },
                { "type": "fax", "value": "13812341234" },
                { "type": "bank_account", "value": "DE89370400440532013001", "confidence": "high" },
            ] },
            "value": { "currency": "RMB", "sales_minor": -1 },
            "first_seen": "2026-05-01",
            "last_seen": "2026-04-01",
        });
        let mut found = acme.post("/v1/reports", &body).problem(422, "invalid");
        found.sort();
        let expected = [
            fault("/external_id", "malformed"),
            fault("/infringement_type", "not_allowed"),
            fault("/last_seen", "out_of_order"),
            fault("/narative", "unknown_field"),
            fault("/narrative", "wrong_type"),
            fault("/seller/identifiers/0/country", "required"),
            fault("/seller/identifiers/1/type", "not_allowed"),
            fault("/seller/identifiers/2/confidence", "wrong_type"),
            fault("/seller/identifiers/2/value", "check_digit"),
            fault("/share_with/1", "unknown_group"),
            fault("/statement", "required"),
            fault("/value/currency", "unknown_currency"),
            fault("/value/method", "required"),
            fault("/value/sales_minor", "negative"),
        ];
        assert_eq!(found, expected);
        assert_eq!(sight(&acme), before);
    }

    fn a_field_that_is_given_twice_is_named_by_its_place_beside_the_other_faults(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let before = sight(&acme);
        let twice = |pointer: &str| fault(pointer, "duplicate");
        // What is put before a field of a good report.
        let cases = [
            ("external_id", r#""external_id":"A-2""#, vec![twice("/external_id")]),
            ("external_id", r#""external_id":"A-1""#, vec![twice("/external_id")]),
            ("external_id", r#""external\u005fid":null"#, vec![twice("/external_id")]),
            ("identifiers", r#""identifiers":[]"#, vec![twice("/seller/identifiers")]),
            ("type", r#""type":"phone""#, vec![twice("/seller/identifiers/0/type")]),
            (
                "seller",
                r#""seller":{"display_names":["A"],"display_names":["B"]}"#,
                vec![twice("/seller"), twice("/seller/display_names")],
            ),
            (
                "external_id",
                r#""goods":[{"brand":"A","brand":"B","model":"M"}],"narrative":5,"narative":"x""#,
                vec![
                    twice("/goods/0/brand"),
                    fault("/narative", "unknown_field"),
                    fault("/narrative", "wrong_type"),
                ],
            ),
        ];
        for (field, first, expected) in cases {
            let field = format!("\"{field}\":");
            let body = good().to_string().replacen(&field, &format!("{first},{field}"), 1);
            assert_eq!(file_raw(&acme, body.clone()).problem(422, "invalid"), expected, "{first}");
            // A long body is read another way.
            let long = format!("{body}{}", " ".repeat(70_000));
            assert_eq!(file_raw(&acme, long).problem(422, "invalid"), expected, "{first}");
        }
        assert_eq!(sight(&acme), before);
        acme.post("/v1/reports", &good()).expect(201);
    }

    fn a_report_of_nothing_is_told_all_that_it_lacks(engine) {
        let world = World::new(engine);
        let reply = world.key("acme").post("/v1/reports", &json!({}));
        let expected = [fault("/infringement_type", "required"), fault("/seller", "required")];
        assert_eq!(reply.problem(422, "invalid"), expected);
    }

    fn what_was_refused_is_taken_once_it_is_mended(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let mut body = good();
        body["seller"]["identifiers"][0] = phone("13812341234");
        body["last_seen"] = json!("2026-06-03");
        let expected =
            [fault("/last_seen", "in_the_future"), fault("/seller/identifiers/0/country", "required")];
        assert_eq!(acme.post("/v1/reports", &body).problem(422, "invalid"), expected);
        body["seller"]["identifiers"][0]["country"] = json!("CN");
        // The reporter's calendar may be a day ahead of the server's.
        body["last_seen"] = json!("2026-06-02");
        acme.post("/v1/reports", &body).expect(201);
    }
}
