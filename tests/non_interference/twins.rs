//! Twins: two alliances that differ in everything that the lens hides from a peer and in nothing else.
//! Who reported, what it was worth, the mark, the days of a month, the hidden digits of each personal
//! value, how many reports there are within one band, and whether such things were revised meanwhile.

use serde_json::{Value, json};

use super::replay::{assert_alike, differences, replay};
use super::script::{self, Script, Step};
use super::worlds::{Alliance, Known};
use crate::support::{Engine, forms, postgres};

struct Twin {
    /// Who plays the parts of the script.
    cast: [&'static str; 4],
    phone: &'static str,
    emails: [&'static str; 2],
    /// Of two companies: the same mailbox, or two that are masked alike.
    mailboxes: [&'static str; 2],
    /// Of many companies: the same phone, which is then too widely shared to join them, or phones that are masked
    /// alike.
    switchboard: bool,
    account: &'static str,
    person: &'static str,
    address: &'static str,
    mark: &'static str,
    day: u32,
    sales_minor: u32,
    /// Whether there are reports and revisions besides that no peer may notice.
    busy: bool,
}

const ONE: Twin = Twin {
    cast: ["acme", "bolt", "cora", "dora"],
    phone: "+86 138 1234 1234",
    emails: ["jian.li@163.com", "wang.one@qq.com"],
    mailboxes: ["sales@126.com", "sales@126.com"],
    switchboard: true,
    account: "55779911",
    person: "张伟",
    address: "12 High Street, London",
    mark: "WINGTIP",
    day: 10,
    sales_minor: 500_000,
    busy: true,
};

const OTHER: Twin = Twin {
    cast: ["cora", "acme", "dora", "bolt"],
    phone: "+86 138 5678 1234",
    emails: ["jade.wu@163.com", "wu.two@qq.com"],
    mailboxes: ["shipping@126.com", "support@126.com"],
    switchboard: false,
    account: "33449911",
    person: "张敏",
    address: "7 Low Road, Leeds",
    mark: "BROGUE",
    day: 24,
    sales_minor: 7,
    busy: false,
};

impl Twin {
    fn report(&self, external_id: &str, identifiers: &[Value]) -> Value {
        let Self { mark, day, sales_minor, .. } = self;
        let mut body = forms::report(external_id, &["alliance"], identifiers);
        body["first_seen"] = json!(format!("2026-03-{day}"));
        body["last_seen"] = json!(format!("2026-04-{day}"));
        body["attribution"] = json!(if self.busy { "named" } else { "anonymous" });
        body["evidence_audience"] = if self.busy { json!(["platforms"]) } else { json!([]) };
        body["narrative"] = json!(format!("Bought on day {day}."));
        body["on_behalf_of"] = json!(format!("{mark} Holding"));
        body["statement"]["signer"] = json!(format!("Counsel of {mark}"));
        body["value"] = json!({ "currency": "CNY", "method": "actual_sale", "sales_minor": sales_minor });
        body["verification"] = json!({ "level": if self.busy { "confirmed" } else { "suspected" } });
        body["goods"] =
            json!([{ "category": "footwear", "nice_class": 25, "brand": mark, "model": day.to_string() }]);
        body["rights"] = json!([{ "type": "trade_mark", "mark": mark, "nice_classes": [25] }]);
        let price = json!({ "amount_minor": sales_minor, "currency": "CNY" });
        let url = "https://item.taobao.com/item.htm?id=623400777";
        if external_id == "first" {
            body["listings"] = json!([{ "url": url, "title": format!("A {mark}"), "price": price }]);
        }
        body
    }

    fn personal(&self) -> [Value; 6] {
        let typed = |kind: &str, value: &str| json!({ "type": kind, "value": value });
        [
            forms::phone(self.phone),
            forms::email(self.emails[0]),
            forms::email(self.emails[1]),
            json!({ "type": "bank_account", "value": self.account, "bank_code": "200000" }),
            typed("person_name", self.person),
            json!({ "type": "address", "value": self.address, "country": "GB" }),
        ]
    }

    fn script(&self) -> Script {
        let [phone, email, second_email, account, person, address] = self.personal();
        let shop = forms::shop("https://shop880251.taobao.com");
        let four = [forms::shop("https://shop880252.taobao.com")];
        let domain = json!({ "type": "domain", "value": "cheap-bags.shop" });
        let site = json!({ "type": "domain", "value": "shoes-and-more.shop" });
        let company = |number: &str| forms::company("GB", number);
        let named = json!({ "type": "business_name", "value": "Golden Dragon Trading" });
        let many = |n: u32| {
            let hidden = if self.switchboard { 0 } else { n };
            [forms::phone(&format!("+86 137 {hidden}000 1234")), company(&format!("7{n}55{n}0{n}9"))]
        };
        let step = |member: &'static str, external_id: &str, report: Option<Value>| {
            Some(Step { member, external_id: external_id.to_owned(), report })
        };
        let [a, b, c, d] = self.cast;
        let files =
            |member, id: &str, identifiers: &[Value]| step(member, id, Some(self.report(id, identifiers)));
        let if_busy = |step: Option<Step>| if self.busy { step } else { None };
        let mut hidden = self.report("domain", &[domain.clone(), account.clone()]);
        hidden["narrative"] = json!("Bought again.");
        hidden["first_seen"] = json!("2026-03-02");
        hidden["value"]["sales_minor"] = json!(999_999);
        let of_emil =
            forms::report("emil-1", &["alliance"], &[domain.clone(), forms::phone("+86 139 1111 2222")]);
        vec![
            files(a, "first", &[shop.clone(), phone.clone(), person, address]),
            files(b, "second", &[phone, email]),
            files(a, "domain", &[domain.clone(), account]),
            if_busy(step(a, "domain", Some(hidden))),
            // Four members: their classes of goods show, and they are the same.
            files(a, "four-1", &four),
            files(b, "four-2", &four),
            files(c, "four-3", &four),
            files(d, "four-4", &four),
            files(c, "third", std::slice::from_ref(&shop)),
            // A merge that comes apart again.
            files(b, "lone", std::slice::from_ref(&second_email)),
            files(d, "bridge", &[domain, second_email]),
            step(d, "bridge", None),
            step("emil", "emil-1", Some(of_emil)),
            // Two companies that share a site, which shows, and two that may share a mailbox, which does not.
            files(a, "site-1", &[site.clone(), company("04739152")]),
            files(b, "site-2", &[site, company("91602843")]),
            files(c, "mail-1", &[forms::email(self.mailboxes[0]), company("55126678")]),
            files(d, "mail-2", &[forms::email(self.mailboxes[1]), company("38097714")]),
            // Two companies of one name, which shows, and many that may share a phone, which does not.
            files(a, "name-1", &[named.clone(), company("20113350")]),
            files(b, "name-2", &[named, company("64880917")]),
            files(a, "phone-0", &many(0)),
            files(b, "phone-1", &many(1)),
            files(c, "phone-2", &many(2)),
            files(d, "phone-3", &many(3)),
            files(a, "phone-4", &many(4)),
            files(b, "phone-5", &many(5)),
            files(c, "phone-6", &many(6)),
            files(d, "phone-7", &many(7)),
            // New reports come last: a seller's id follows from the place of its first report in the pool.
            if_busy(files(c, "more", std::slice::from_ref(&shop))),
            if_busy(files(c, "still-more", std::slice::from_ref(&shop))),
        ]
    }
}

/// Everything that could be asked of either twin.
fn known_of(one: &Alliance, other: &Alliance) -> Known {
    let mut known = one.known();
    known.identifiers.extend(ONE.personal().into_iter().chain(OTHER.personal()));
    let own = |member: &str| member == "emil";
    known.reports.extend(other.known().reports.into_iter().filter(|report| !own(report.member)));
    known
}

fn twins_look_alike_to_peers(engine: Engine) {
    let (one, other) = (Alliance::build(engine, &ONE.script()), Alliance::build(engine, &OTHER.script()));
    let known = known_of(&one, &other);
    for member in ["emil", "ebay"] {
        let viewer = script::viewer(member);
        let (ours, theirs) = (replay(&one, viewer, &known), replay(&other, viewer, &known));
        assert_alike(&ours, &theirs, viewer.name);
        assert!(ours.iter().any(|answer| answer.body.contains("\"footwear\"")), "nothing was compared");
        let queue =
            ours.iter().find(|answer| answer.request.contains("GET /v1/groups/alliance/candidates [] "));
        let queue: Value = serde_json::from_str(&queue.unwrap().body).unwrap();
        let why: Vec<&Value> =
            queue["items"].as_array().unwrap().iter().map(|one| &one["objection"]).collect();
        assert_eq!(why.len(), 2, "{queue}");
        assert!(why.contains(&&json!("registrations")) && why.contains(&&json!("name_alone")), "{queue}");
    }
    // The platform that hosts the shops is no peer, and tells them apart.
    let host = script::viewer("taobao");
    assert!(!differences(&replay(&one, host, &known), &replay(&other, host, &known)).is_empty());
}

#[test]
fn alliances_that_differ_in_what_the_lens_hides_look_alike_to_peers() {
    twins_look_alike_to_peers(Engine::Sqlite);
}

#[test]
fn alliances_that_differ_in_what_the_lens_hides_look_alike_to_peers_on_postgres() {
    if postgres::available() {
        twins_look_alike_to_peers(Engine::Postgres);
    }
}
