//! Totals that show something, in alliances that differ in what they must not show.

use serde_json::{Value, json};

use super::replay::{Answer, assert_alike, differences, replay_only};
use super::script::{self, Script, Step};
use super::worlds::{Alliance, Known};
use crate::support::{Engine, forms, postgres};

/// What nobody may tell from the totals.
struct Secret {
    /// In which order the six members come: who filed what.
    cast: [&'static str; 6],
    /// Two categories that the first of them alone has, and that show nowhere.
    rare: [&'static str; 2],
    /// Whether there are drafts, and reports in groups of which too few are in, or which the viewer does not
    /// read.
    elsewhere: bool,
    sales_minor: u32,
}

const ONE: Secret = Secret {
    cast: ["acme", "bolt", "cora", "dora", "emil", "guild"],
    rare: ["pens", "hats"],
    elsewhere: true,
    sales_minor: 500_000,
};

const OTHER: Secret = Secret {
    cast: ["cora", "dora", "acme", "guild", "bolt", "emil"],
    rare: ["umbrellas", "umbrellas"],
    elsewhere: false,
    sales_minor: 3,
};

/// Each of the six files four times on `common` and three times on bags, and the first of them twice on
/// something rare.
fn script(secret: &Secret, common: &str) -> Script {
    let mut filed: Vec<(&'static str, &str, &str)> = Vec::new();
    for member in secret.cast {
        filed.extend([(member, "alliance", common); 4]);
        filed.extend([(member, "alliance", "bags"); 3]);
    }
    filed.extend(secret.rare.map(|category| (secret.cast[0], "alliance", category)));
    if secret.elsewhere {
        filed.extend([
            ("acme", "luxury", common),
            ("bolt", "ring", common),
            ("acme", "platform:ebay", "bags"),
        ]);
        filed.push(("cora", "", "bags"));
    }
    let steps = filed.into_iter().enumerate().map(|(n, (member, group, category))| {
        let page =
            json!({ "type": "url", "value": format!("https://item.taobao.com/item.htm?id=6234000{n:02}") });
        let groups: Vec<&str> = if group.is_empty() { Vec::new() } else { vec![group] };
        let mut report = forms::report(&format!("report-{n}"), &groups, &[page]);
        report["goods"] = json!([{ "category": category }]);
        report["value"] =
            json!({ "currency": "CNY", "method": "estimate", "sales_minor": secret.sales_minor });
        Some(Step { member, external_id: format!("report-{n}"), report: Some(report) })
    });
    steps.collect()
}

/// An alliance in the month after all that was filed.
fn built(engine: Engine, script: &Script) -> Alliance {
    let alliance = Alliance::build(engine, script);
    alliance.world.next_month();
    alliance
}

/// What a member reads of totals.
fn read(alliance: &Alliance, member: &str, known: &Known) -> Vec<Answer> {
    replay_only(alliance, script::viewer(member), known, |operation| operation.ends_with("/stats"))
}

fn of_alliance(answers: &[Answer]) -> Value {
    let totals = answers.iter().find(|answer| answer.request.contains("GET /v1/groups/alliance/stats [] "));
    serde_json::from_str(&totals.unwrap().body).unwrap()
}

fn totals_tell_nothing_that_is_hidden(engine: Engine) {
    let (one, other) = (built(engine, &script(&ONE, "shoes")), built(engine, &script(&OTHER, "shoes")));
    let known = one.known();
    for member in ["dora", "emil", "guild", "taobao", "ebay"] {
        let (ours, theirs) = (read(&one, member, &known), read(&other, member, &known));
        let totals = of_alliance(&ours);
        assert_eq!(totals["reports"], 40, "{totals}");
        assert_eq!(totals["categories"], json!([{ "label": "shoes", "reports": 20 }]), "{totals}");
        assert_alike(&ours, &theirs, member);
    }
}

#[test]
fn totals_that_show_something_tell_nothing_that_is_hidden() {
    totals_tell_nothing_that_is_hidden(Engine::Sqlite);
}

#[test]
fn totals_that_show_something_tell_nothing_that_is_hidden_on_postgres() {
    if postgres::available() {
        totals_tell_nothing_that_is_hidden(Engine::Postgres);
    }
}

#[test]
fn totals_that_tell_something_would_be_caught() {
    let one = built(Engine::Sqlite, &script(&ONE, "shoes"));
    let other = built(Engine::Sqlite, &script(&ONE, "boots"));
    let known = one.known();
    assert!(!differences(&read(&one, "dora", &known), &read(&other, "dora", &known)).is_empty());
}
