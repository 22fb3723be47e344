//! Reports as what is in them, so that one can be told again with other hidden parts.
//!
//! Each is about a seller of one of four *islands*, which have no identifier in common: a platform that hosts
//! nothing of an island sees it as a peer.

use serde_json::{Value, json};

use super::people::{Viewer, includes_alliance};

/// What island a report is about.
pub type Island = usize;

/// Islands, with the platform that hosts the sellers of each.
pub const HOSTS: [Option<&str>; 4] = [Some("taobao"), Some("ebay"), None, None];

/// The island without a platform, custom group or contradiction, on which any brand may stand for any other.
pub const PLAIN: Island = 2;

/// The island on which companies contradict each other.
pub const CONTRADICTORY: Island = 3;

/// Personal values of each island.
pub const SLOTS: usize = 5;

/// A report.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    pub member: &'static str,
    /// Unique per member and island; members use the same ones.
    pub external_id: String,
    pub island: Island,
    pub shared: Vec<&'static str>,
    /// Which public identifiers of the island.
    pub open: Vec<usize>,
    /// Which personal values of the island, and which of the two that are masked alike.
    pub personal: Vec<(usize, usize)>,
    /// From which month to which.
    pub months: [u32; 2],
    pub name: Option<u32>,
    pub strict: bool,
    /// Class of goods: shown to a peer where enough members reported.
    pub goods: u32,
    /// What the lens hides from a peer.
    pub hidden: Hidden,
}

/// Values that are for platforms, or for nobody: as many as there are here, so that reports have some in common.
const NARROW: u32 = 3;

/// What the lens hides from a peer, and some of it from a platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hidden {
    pub days: [u32; 2],
    pub sales_minor: u32,
    pub mark: u32,
    pub level: usize,
    pub anonymous: bool,
    pub for_platforms: bool,
    /// Of an anonymous report nobody's but the reporter's: principal, signer, who captured the evidence.
    pub signer: u32,
    /// Nobody's but the reporter's and, if it is for platforms, theirs: narrative, evidence, test purchase.
    pub story: u32,
    /// Nobody's but the reporter's: who examined the goods.
    pub examiner: u32,
}

impl Hidden {
    /// Which of the values it has that are for platforms, and which of its own.
    fn narrow(&self) -> [u32; 2] {
        [self.sales_minor % NARROW, self.examiner % NARROW]
    }
}

/// How much of a report somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    Nothing,
    Peer,
    Platform,
    Own,
}

impl Case {
    /// Whether the report belongs to the pool of a group.
    pub fn is_in(&self, group: &str) -> bool {
        self.shared.iter().any(|slug| *slug == group || (*slug == "alliance" && includes_alliance(group)))
    }

    pub fn seen_by(&self, viewer: &Viewer) -> Sight {
        if viewer.member == Some(self.member) {
            return Sight::Own;
        }
        if !viewer.pools.iter().any(|pool| self.is_in(pool)) {
            return Sight::Nothing;
        }
        let given = viewer.drop_box().is_some_and(|pool| self.shared.contains(&pool));
        let hosts = viewer.is_platform() && HOSTS[self.island] == viewer.member;
        if given || hosts { Sight::Platform } else { Sight::Peer }
    }

    /// The report in the wire form.
    pub fn report(&self) -> Value {
        let Hidden { days, sales_minor, mark, level, anonymous, for_platforms, signer, story, examiner } =
            self.hidden;
        let open = self.open.iter().map(|n| open(self.island)[*n].clone());
        let personal = self.personal.iter().map(|(slot, which)| personal(self.island, *slot, *which));
        let [told, own] = self.hidden.narrow();
        let narrow = told_to_platforms(told).into_iter().chain(own_values(own));
        let identifiers: Vec<Value> = open.chain(personal).chain(narrow).collect();
        let [first, last] = self.months;
        let level = ["suspected", "probable", "confirmed"][level];
        let exhibit = json!({
            "kind": "screenshot",
            "sha256": format!("{story:064x}"),
            "captured_by": format!("Agent {signer}"),
        });
        let mut body = json!({
            "external_id": self.external_id,
            "share_with": self.shared,
            "infringement_type": "counterfeit_goods",
            "seller": { "identifiers": identifiers },
            "first_seen": format!("2026-0{first}-{:02}", days[0]),
            "last_seen": format!("2026-0{last}-{:02}", days[1]),
            "tlp": if self.strict { "AMBER" } else { "GREEN" },
            "attribution": if anonymous { "anonymous" } else { "named" },
            "on_behalf_of": format!("Principal {signer}"),
            "statement": { "good_faith": true, "signer": format!("Counsel {signer}"), "signed_on": "2026-05-01" },
            "value": { "currency": "CNY", "method": "actual_sale", "sales_minor": sales_minor },
            "verification": {
                "level": level,
                "examiner": format!("Examiner {examiner}"),
            },
            "goods": [{
                "category": format!("goods-{}", self.goods),
                "nice_class": 18 + self.goods,
                "brand": format!("Brand {mark}"),
            }],
            "rights": [{ "type": "trade_mark", "mark": format!("MARK {mark}"), "nice_classes": [18 + self.goods] }],
            "narrative": format!("Bought {story} of them."),
            "evidence": [exhibit],
            "test_purchases": [{ "order_number": format!("O-{story}") }],
        });
        if for_platforms {
            body["evidence_audience"] = json!(["platforms"]);
        }
        if let Some(name) = self.name {
            body["seller"]["display_names"] = json!([format!("Best Bags {name}")]);
        }
        body
    }
}

fn typed(kind: &str, value: &str) -> Value {
    json!({ "type": kind, "value": value })
}

fn company(number: &str) -> Value {
    json!({ "type": "company_registration", "value": number, "country": "GB", "scheme": "generic" })
}

/// The public identifiers of an island.
pub fn open(island: Island) -> Vec<Value> {
    match island {
        0 => vec![
            typed("storefront", "https://shop880241.taobao.com/"),
            typed("storefront", "https://shop880242.taobao.com/"),
            typed("url", "https://item.taobao.com/item.htm?id=623400017"),
            typed("business_name", "Best Bags Co., Ltd."),
        ],
        1 => vec![
            typed("storefront", "https://www.ebay.com/usr/fake_bags_1"),
            typed("storefront", "https://www.ebay.com/usr/fake_bags_2"),
            typed("url", "https://www.ebay.com/itm/204600123457"),
            typed("domain", "cheap-bags.shop"),
        ],
        PLAIN => vec![
            typed("domain", "watches-for-less.shop"),
            typed("domain", "timepieces.store"),
            typed("url", "https://watches-for-less.shop/offer/12"),
        ],
        _ => vec![
            typed("domain", "shoes-and-more.shop"),
            company("04739152"),
            company("91602843"),
            typed("domain", "second-shoes.shop"),
            company("55126678"),
            company("38097714"),
            typed("business_name", "Golden Dragon Trading"),
            company("20113350"),
            company("64880917"),
        ],
    }
}

/// A personal value of an island: of each there are two that are masked alike, and are as far from all others.
pub fn personal(island: Island, slot: usize, which: usize) -> Value {
    let phone = [
        ["+86 138 1234 1234", "+86 138 5678 1234"],
        ["+86 139 2211 4455", "+86 139 8877 4455"],
        ["+86 137 4400 9911", "+86 137 6622 9911"],
        ["+86 135 3030 7788", "+86 135 9191 7788"],
    ];
    let email = [
        ["jian.li@163.com", "jade.wu@163.com"],
        ["kate.moss@qq.com", "kurt.vogel@qq.com"],
        ["sales@126.com", "support@126.com"],
        ["orders@yeah.net", "office@yeah.net"],
    ];
    let account = [
        ["55779911", "33449911"],
        ["61238870", "75028870"],
        ["40917726", "82357726"],
        ["90176543", "28816543"],
    ];
    let person = [["张伟", "张敏"], ["王芳", "王军"], ["李强", "李娜"], ["陈刚", "陈静"]];
    let address = [
        ["12 High Street, London", "7 Low Road, Leeds"],
        ["33 Mill Lane, Bristol", "5 Castle Walk, York"],
        ["8 Abbey Close, Oxford", "91 Harbour View, Hull"],
        ["4 Queens Gate, Bath", "60 Station Parade, Derby"],
    ];
    match slot {
        0 => typed("phone", phone[island][which]),
        1 => typed("email", email[island][which]),
        2 => json!({ "type": "bank_account", "value": account[island][which], "bank_code": "200000" }),
        3 => typed("person_name", person[island][which]),
        _ => json!({ "type": "address", "value": address[island][which], "country": "GB" }),
    }
}

/// Values that are given to platforms which see the report itself.
fn told_to_platforms(which: u32) -> [Value; 3] {
    let mut values = [
        typed("domain", &format!("told-{which}.shop")),
        typed("phone", &format!("+49 30 9018 20{which}{which}")),
        typed("email", &format!("told{which}@163.com")),
    ];
    for value in &mut values {
        value["audience"] = json!("platforms");
    }
    values
}

/// Values that are the reporter's own.
fn own_values(which: u32) -> [Value; 2] {
    let shop = [
        "https://www.ebay.com/usr/own_bags_1",
        "https://shop770241.taobao.com/",
        "https://shop770242.taobao.com/",
    ];
    let mut values =
        [typed("storefront", shop[which as usize]), typed("email", &format!("own{which}@163.com"))];
    for value in &mut values {
        value["audience"] = json!("own");
    }
    values
}

/// What the operator may have made a canary of: no report has it.
pub fn canary() -> Value {
    typed("phone", "+86 136 1357 2468")
}

/// Every identifier that a report can have, and the one that none has.
pub fn identifiers() -> Vec<Value> {
    let all = 0..HOSTS.len();
    let personal = all.clone().flat_map(|island| {
        (0..SLOTS).flat_map(move |slot| [0, 1].map(move |which| personal(island, slot, which)))
    });
    let narrow = (0..NARROW).flat_map(|n| told_to_platforms(n).into_iter().chain(own_values(n)));
    all.flat_map(open).chain(personal).chain(narrow).chain([canary()]).collect()
}
