//! What happens in a world, made from a seed: who files, revises and takes back what. And who looks,
//! with the pools that it may read.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use serde_json::{Value, json};

use super::kept_group::DEN;
use crate::support::forms;

/// A change of one report.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub member: &'static str,
    /// Unique over all members.
    pub external_id: String,
    /// The report as it is from now on; none if it is taken back.
    pub report: Option<Value>,
}

/// One step at each tick of the clock, or nothing.
pub type Script = Vec<Option<Step>>;

/// What one member says of two reports of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    pub member: &'static str,
    pub group: &'static str,
    /// External ids.
    pub of: [String; 2],
    pub verdict: &'static str,
    pub propose: bool,
}

/// What is said once a script was played: every brand on every two of its reports in every group. Where it
/// does not read the group, or a report is not pooled there, that comes to nothing.
pub fn judgements(script: &[Option<Step>]) -> Vec<Said> {
    let mut said = Vec::new();
    for member in BRANDS {
        let own = script.iter().flatten().filter(|step| step.member == member);
        let own: BTreeSet<&String> = own.map(|step| &step.external_id).collect();
        let own: Vec<&String> = own.into_iter().collect();
        let pairs = own.iter().enumerate().flat_map(|(at, a)| own[at + 1..].iter().map(move |b| [*a, *b]));
        for (n, of) in pairs.enumerate() {
            for (m, group) in ["alliance", "luxury", "ring"].into_iter().enumerate() {
                let verdict = ["same", "different", "same", "unsure"][(n + m) % 4];
                let of = [of[0].clone(), of[1].clone()];
                said.push(Said { member, group, of, verdict, propose: n % 3 == 2 });
            }
        }
    }
    said
}

/// Every group of a test alliance. `luxury` stands alone; `ring` and the drop boxes include `alliance`.
pub const GROUPS: [&str; 5] = ["alliance", "luxury", "ring", "platform:taobao", "platform:ebay"];

/// Somebody who looks.
#[derive(Debug)]
pub struct Viewer {
    pub name: &'static str,
    /// None is anonymous.
    pub member: Option<&'static str>,
    pub pools: &'static [&'static str],
}

/// The viewers who see the same stand side by side. Every brand and platform reads `alliance`, so
/// there is no member of a custom group alone; `emil` reads some besides.
pub const VIEWERS: [Viewer; 11] = [
    Viewer { name: "a brand that reports", member: Some("acme"), pools: &["alliance", "luxury"] },
    Viewer {
        name: "a brand that gives to a group which it cannot read, and has left one of its members' own",
        member: Some("cora"),
        pools: &["alliance"],
    },
    Viewer {
        name: "a brand without reports, that declined an invitation",
        member: Some("dora"),
        pools: &["alliance"],
    },
    Viewer { name: "a reader of custom groups", member: Some("emil"), pools: &["alliance", "luxury", DEN] },
    Viewer { name: "a keeper of a group", member: Some("bolt"), pools: &["alliance", "ring", DEN] },
    Viewer { name: "a platform", member: Some("taobao"), pools: &["alliance", "platform:taobao"] },
    Viewer {
        name: "a platform in a custom group",
        member: Some("ebay"),
        pools: &["alliance", "platform:ebay", "ring"],
    },
    Viewer {
        name: "an association that is invited into a group",
        member: Some("guild"),
        pools: &["alliance"],
    },
    Viewer { name: "an authority", member: Some("customs"), pools: &[] },
    Viewer { name: "the operator", member: Some("operator"), pools: &[] },
    Viewer { name: "a stranger", member: None, pools: &[] },
];

/// The viewer of this member.
pub fn viewer(member: &str) -> &'static Viewer {
    VIEWERS.iter().find(|viewer| viewer.member == Some(member)).unwrap()
}

impl Viewer {
    /// The script without everything that this viewer may not see: steps on reports of others in no
    /// pool that it reads, and of the rest, the groups that it does not read.
    pub fn part_of(&self, script: &[Option<Step>]) -> Script {
        script.iter().map(|step| step.as_ref().map(|step| self.part_of_step(step))).collect()
    }

    /// What of this the viewer may notice: its own, what counts in a pool that it reads, and proposals if it is
    /// a platform, which may judge what it sees in full.
    pub fn part_of_judgements(&self, said: &[Said]) -> Vec<Said> {
        let is_platform = matches!(self.member, Some("taobao" | "ebay"));
        let noticed = |one: &&Said| {
            self.member == Some(one.member)
                || (self.pools.contains(&one.group) && (!one.propose || is_platform))
        };
        said.iter().filter(noticed).cloned().collect()
    }

    pub fn part_of_step(&self, step: &Step) -> Step {
        if self.member == Some(step.member) {
            return step.clone();
        }
        let report = step.report.clone().and_then(|mut report| {
            let groups = report["share_with"].as_array_mut()?;
            groups.retain(|group| self.pools.iter().any(|pool| group.as_str() == Some(*pool)));
            let pooled = !groups.is_empty();
            pooled.then_some(report)
        });
        Step { report, ..step.clone() }
    }
}

const BRANDS: [&str; 3] = ["acme", "bolt", "cora"];

/// How many of [`identifiers`] join reports.
const STRONG: usize = 18;

/// The few values that all reports draw from, so that they meet across every border.
pub fn identifiers() -> Vec<Value> {
    let typed = |kind: &str, value: &str| json!({ "type": kind, "value": value });
    let mut all = Vec::new();
    for n in 1..=3 {
        all.push(forms::shop(&format!("https://shop88024{n}.taobao.com/")));
        all.push(forms::shop(&format!("https://www.ebay.com/usr/fake_bags_{n}")));
        all.push(forms::phone(&format!("+86 138 1234 12{n}{n}")));
        all.push(forms::email(&format!("jian.li{n}@163.com")));
    }
    all.push(typed("domain", "cheap-bags.shop"));
    all.push(typed("bank_account", "DE89370400440532013000"));
    all.push(typed("url", "https://item.taobao.com/item.htm?id=623400017"));
    all.push(typed("url", "https://www.ebay.com/itm/204600123457"));
    all.push(forms::uscc("91350100M000100Y43"));
    all.push(forms::uscc("91330100799655058B"));
    all.push(typed("person_name", "张伟"));
    all.push(typed("person_name", "Wang Fang"));
    all.push(typed("business_name", "Best Bags Co., Ltd."));
    all.push(json!({ "type": "address", "value": "12 High Street, London", "country": "GB" }));
    all
}

/// A script of so many steps.
pub fn random(seed: u64, length: usize) -> Script {
    let mut rng = Rng::with_seed(seed);
    let mut latest: BTreeMap<String, (&'static str, Value)> = BTreeMap::new();
    let mut script = Script::new();
    for n in 0..length {
        let (member, external_id, report) = match rng.u32(0..100) {
            60..=84 if !latest.is_empty() => {
                let (external_id, member, old) = any_of(&mut rng, &latest);
                let new = revised(&mut rng, member, &external_id, old);
                (member, external_id, Some(new))
            }
            85..=99 if !latest.is_empty() => {
                let (external_id, member, _) = any_of(&mut rng, &latest);
                (member, external_id, None)
            }
            _ => {
                let member = BRANDS[rng.usize(..BRANDS.len())];
                let external_id = format!("{member}-{n}");
                let new = report(&mut rng, member, &external_id);
                (member, external_id, Some(new))
            }
        };
        if let Some(report) = &report {
            latest.insert(external_id.clone(), (member, report.clone()));
        }
        script.push(Some(Step { member, external_id, report }));
    }
    script
}

fn any_of(rng: &mut Rng, latest: &BTreeMap<String, (&'static str, Value)>) -> (String, &'static str, Value) {
    let (external_id, (member, report)) = latest.iter().nth(rng.usize(..latest.len())).unwrap();
    (external_id.clone(), *member, report.clone())
}

/// A revision that changes what a peer never sees, or where the report is shared, or all of it.
fn revised(rng: &mut Rng, member: &str, external_id: &str, mut old: Value) -> Value {
    match rng.u32(0..3) {
        0 => {
            fill_in_secrets(rng, &mut old);
            old
        }
        1 => {
            old["share_with"] = json!(shared(rng, member));
            old
        }
        _ => report(rng, member, external_id),
    }
}

fn report(rng: &mut Rng, member: &str, external_id: &str) -> Value {
    let all = identifiers();
    let strong = 1 + rng.usize(..2);
    let mut chosen: Vec<Value> = (0..strong).map(|_| all[rng.usize(..STRONG)].clone()).collect();
    if rng.bool() {
        chosen.push(all[STRONG + rng.usize(..all.len() - STRONG)].clone());
    }
    let mut body = forms::report(external_id, &shared(rng, member), &chosen);
    // Said outright: by default the label follows from all of the groups.
    body["tlp"] = json!(["GREEN", "AMBER"][rng.usize(..2)]);
    body["first_seen"] = json!(format!("2026-0{}-{:02}", rng.u32(1..=3), rng.u32(1..=28)));
    body["last_seen"] = json!(format!("2026-0{}-{:02}", rng.u32(4..=5), rng.u32(1..=28)));
    body["attribution"] = json!(["named", "anonymous"][rng.usize(..2)]);
    if rng.bool() {
        body["evidence_audience"] = json!(["platforms"]);
    }
    if rng.bool() {
        body["seller"]["display_names"] = json!([format!("Best Bags {}", rng.u32(1..=3))]);
    }
    if rng.u32(0..4) == 0 {
        let price = json!({ "amount_minor": rng.u32(1..90_000), "currency": "CNY" });
        let url = format!("https://item.taobao.com/item.htm?id=62340002{}", rng.u32(1..=3));
        body["listings"] = json!([{ "url": url, "title": "A bag", "price": price }]);
    }
    body["goods"] = json!([{ "category": "bags", "nice_class": rng.u32(18..=20), "brand": member }]);
    body["rights"] = json!([{ "type": "trade_mark", "office": "EM", "mark": member, "nice_classes": [18] }]);
    fill_in_secrets(rng, &mut body);
    body
}

fn fill_in_secrets(rng: &mut Rng, body: &mut Value) {
    body["narrative"] = json!(format!("Bought {} of them.", rng.u32(1..1_000)));
    let sales = rng.u32(1..1_000_000);
    body["value"] = json!({ "currency": "CNY", "method": "actual_sale", "sales_minor": sales });
}

/// Groups that this brand may contribute to; none makes a draft.
fn shared(rng: &mut Rng, member: &str) -> Vec<&'static str> {
    let custom = match member {
        "acme" => "luxury",
        "bolt" => ["luxury", "ring"][rng.usize(..2)],
        _ => "ring",
    };
    match rng.u32(0..9) {
        0..=3 => vec!["alliance"],
        4 => vec!["platform:taobao"],
        5 => vec!["platform:ebay"],
        6 => vec![custom],
        7 => vec![custom, ["alliance", "platform:taobao"][rng.usize(..2)]],
        _ => vec![],
    }
}
