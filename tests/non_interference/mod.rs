//! What a viewer may not see changes no byte of what it gets (DESIGN's one rule of privacy): an alliance
//! with everything, and one without what the viewer may not see, answer alike to every operation.

mod operations;
mod replay;
mod script;
mod stats;
mod twins;
mod worlds;

use serde_json::json;

use self::replay::{assert_alike, differences, replay};
use self::script::{Script, Step, VIEWERS, Viewer};
use self::worlds::Alliance;
use crate::support::{Engine, forms, postgres};

const STEPS: usize = 14;

/// Plays a script whole, and for each viewer without what it may not see.
fn nothing_hidden_shows(engine: Engine, seed: u64, viewers: &[&Viewer]) {
    let script = script::random(seed, STEPS);
    let mut whole = Alliance::build(engine, &script);
    let said = script::judgements(&script);
    whole.judge(&said);
    let known = whole.known();
    assert!(!known.judgements.is_empty(), "seed {seed}: nobody said anything");
    for viewer in viewers {
        let mut part = Alliance::build(engine, &viewer.part_of(&script));
        part.judge(&viewer.part_of_judgements(&said));
        let (ours, theirs) = (replay(&whole, viewer, &known), replay(&part, viewer, &known));
        assert_alike(&ours, &theirs, &format!("seed {seed}, {}", viewer.name));
    }
}

#[test]
fn brands_learn_nothing_of_what_is_hidden_from_them() {
    let brands: Vec<&Viewer> = VIEWERS.iter().take(4).collect();
    nothing_hidden_shows(Engine::Sqlite, 1, &brands);
    nothing_hidden_shows(Engine::Sqlite, 2, &brands);
}

#[test]
fn platforms_and_those_without_groups_learn_nothing_of_what_is_hidden_from_them() {
    let others: Vec<&Viewer> = VIEWERS.iter().skip(4).collect();
    nothing_hidden_shows(Engine::Sqlite, 3, &others);
}

#[test]
fn nothing_hidden_shows_on_postgres_either() {
    if postgres::available() {
        let viewers = [script::viewer("acme"), script::viewer("dora"), script::viewer("taobao")];
        nothing_hidden_shows(Engine::Postgres, 5, &viewers);
    }
}

/// One report of bolt's on a seller that acme knows, with what the lens hides from acme left to `hide`.
fn one_secret(hide: impl Fn(&mut serde_json::Value)) -> Script {
    let shop = forms::shop("https://shop880249.taobao.com/");
    let own = forms::report("acme-1", &["alliance"], std::slice::from_ref(&shop));
    let mut other = forms::report("bolt-1", &["alliance"], &[shop, forms::phone("+86 138 5555 1234")]);
    hide(&mut other);
    let step =
        |member, external_id: &str, report| Step { member, external_id: external_id.to_owned(), report };
    vec![Some(step("acme", "acme-1", Some(own))), Some(step("bolt", "bolt-1", Some(other)))]
}

#[test]
fn what_the_lens_hides_may_be_anything_and_a_peer_sees_the_same() {
    let plain = Alliance::build(Engine::Sqlite, &one_secret(|_| {}));
    let secret = Alliance::build(
        Engine::Sqlite,
        &one_secret(|report| {
            report["narrative"] = json!("A long story.");
            report["value"] = json!({ "currency": "CNY", "method": "estimate", "sales_minor": 123_456 });
            report["attribution"] = json!("anonymous");
            report["evidence_audience"] = json!(["platforms"]);
            report["rights"] = json!([{ "type": "trade_mark", "mark": "BOLT", "nice_classes": [25] }]);
            report["goods"] = json!([{ "brand": "Bolt", "model": "B-1", "category": "footwear" }]);
            report["verification"] = json!({ "level": "confirmed" });
            // Another day of the same month, and other hidden digits of the same phone.
            report["first_seen"] = json!("2026-03-28");
            report["seller"]["identifiers"][1] = forms::phone("+86 138 7777 1234");
        }),
    );
    let known = plain.known();
    for member in ["acme", "dora"] {
        let viewer = script::viewer(member);
        let (ours, theirs) = (replay(&plain, viewer, &known), replay(&secret, viewer, &known));
        assert_alike(&ours, &theirs, viewer.name);
    }
}

#[test]
fn a_leak_would_be_caught() {
    let plain = Alliance::build(Engine::Sqlite, &one_secret(|_| {}));
    let known = plain.known();
    let viewer = script::viewer("acme");
    let ours = replay(&plain, viewer, &known);
    let shown: [fn(&mut serde_json::Value); 3] = [
        // Another month, another mask, another name: each of them is a peer's to see.
        |report| report["first_seen"] = json!("2026-02-28"),
        |report| report["seller"]["identifiers"][1] = forms::phone("+86 138 5555 9876"),
        |report| report["seller"]["display_names"] = json!(["Best Bags"]),
    ];
    for hide in shown {
        let other = Alliance::build(Engine::Sqlite, &one_secret(hide));
        assert!(!differences(&ours, &replay(&other, viewer, &known)).is_empty());
    }
}
