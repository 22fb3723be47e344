//! Totals that show something, in alliances that differ in what they must not show.

use fastrand::Rng;
use serde_json::{Value, json};
use touchstone::store::Engine;

use super::harness::cases::{Case, PLAIN};
use super::harness::people::viewer;
use super::harness::plan::Plan;
use super::harness::postgres;
use super::harness::replay::{Answer, Asked, differences, label, requests};
use super::harness::script::{self, Act, Tick};
use super::harness::service::Request;
use super::harness::worlds::Alliance;

/// What nobody may tell from the totals.
struct Secret {
    /// In which order the six members come: who filed what.
    cast: [&'static str; 6],
    /// Two categories that the first of them alone has, and that show nowhere.
    rare: [u32; 2],
    /// Whether there are drafts, and reports in groups of which too few are in.
    elsewhere: bool,
    /// What the lens hides.
    seed: u64,
}

const ONE: Secret = Secret {
    cast: ["acme", "bolt", "cora", "dora", "emil", "guild"],
    rare: [3, 4],
    elsewhere: true,
    seed: 1,
};

const OTHER: Secret = Secret {
    cast: ["cora", "dora", "acme", "guild", "bolt", "emil"],
    rare: [5, 5],
    elsewhere: false,
    seed: 2,
};

/// Each of the six files four times on `common` and three times on bags, and the first of them twice on
/// something rare. An alliance in the month after all that.
fn built(engine: Engine, secret: &Secret, common: u32) -> Alliance {
    const BAGS: u32 = 2;
    let mut filed: Vec<(&'static str, Vec<&'static str>, u32)> = Vec::new();
    for member in secret.cast {
        filed.extend(vec![(member, vec!["alliance"], common); 4]);
        filed.extend(vec![(member, vec!["alliance"], BAGS); 3]);
    }
    filed.extend(secret.rare.map(|goods| (secret.cast[0], vec!["alliance"], goods)));
    if secret.elsewhere {
        filed.extend([
            ("acme", vec!["luxury"], common),
            ("acme", vec!["platform:ebay"], BAGS),
            ("cora", Vec::new(), BAGS),
        ]);
    }
    let mut rng = Rng::with_seed(secret.seed);
    let mut ticks = Vec::new();
    for (n, (member, shared, goods)) in filed.into_iter().enumerate() {
        let case = Case {
            member,
            external_id: format!("report-{n}"),
            island: PLAIN,
            shared,
            open: vec![0],
            personal: Vec::new(),
            months: [3, 4],
            name: None,
            strict: false,
            goods,
            hidden: script::hidden(&mut rng),
        };
        ticks.push(Tick { acts: vec![(Act::File(case), 0)], resolves: false });
    }
    let alliance = Alliance::build(engine, &Plan { script: ticks, ..Plan::default() });
    alliance.clock.advance(31 * 24 * 3_600);
    alliance.resolver.count_totals(|| false).expect("the totals can be counted");
    alliance
}

/// What a member reads of totals.
fn read(alliance: &Alliance, member: &str) -> Vec<Answer> {
    let asked = Asked::Operation("get /v1/groups/{group}/stats");
    let requests = requests(alliance, viewer(member), &alliance.known(), asked);
    let answer = |request: &Request| {
        let reply = alliance.ask(viewer(member), request, &request.path);
        Answer::new(label(request, 1), &reply)
    };
    requests.iter().map(answer).collect()
}

fn of_alliance(answers: &[Answer]) -> Value {
    let totals = answers.iter().find(|answer| answer.request.contains("GET /v1/groups/alliance/stats [] "));
    serde_json::from_str(&totals.expect("it is asked").body).expect("totals")
}

fn totals_tell_nothing_that_is_hidden(engine: Engine) {
    let (one, other) = (built(engine, &ONE, 1), built(engine, &OTHER, 1));
    for member in ["dora", "emil", "guild", "taobao", "ebay"] {
        let (ours, theirs) = (read(&one, member), read(&other, member));
        let totals = of_alliance(&ours);
        assert_eq!(totals["reports"], 40, "{totals}");
        assert_eq!(totals["categories"], json!([{ "label": "goods-1", "reports": 20 }]), "{totals}");
        let found = differences(&ours, &theirs);
        assert!(found.told.is_empty(), "{member}: {:?}", found.told);
    }
}

#[test]
fn totals_that_show_something_tell_nothing_that_is_hidden() {
    let _alone = super::PROCESS.lock();
    totals_tell_nothing_that_is_hidden(Engine::Sqlite);
    if postgres::available() {
        totals_tell_nothing_that_is_hidden(Engine::Postgres);
    }
}

#[test]
fn totals_that_tell_something_would_be_caught() {
    let _alone = super::PROCESS.lock();
    let (one, other) = (built(Engine::Sqlite, &ONE, 1), built(Engine::Sqlite, &ONE, 6));
    assert!(!differences(&read(&one, "dora"), &read(&other, "dora")).told.is_empty());
}
