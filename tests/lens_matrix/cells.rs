//! The lens matrix cell by cell, walked as the server has it: each cell has a world in which it shows and one in which it
//! must not. A new row, type of identifier or way of showing does not compile until it is said here how to see it.

use serde_json::{Value, json};
use touchstone::domain::identifier::IdentifierType;
use touchstone::domain::lens::class::Class;
use touchstone::domain::lens::{Field, Lens, MATRIX, Show, show};
use touchstone::domain::member::MemberKind;

use super::{SHOP, typed};
use crate::support::Engine;
use crate::support::forms::{company, email, phone, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

/// What is in place of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Setup {
    /// Four members, a named reporter, and a story for platforms.
    Open,
    /// Three members, an anonymous reporter, and a story for nobody.
    Closed,
    /// The report is in the drop box of a platform that hosts nothing of it.
    Elsewhere,
}

const SETUPS: [Setup; 3] = [Setup::Open, Setup::Closed, Setup::Elsewhere];

/// Somebody who looks through a lens, or who may not look through it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// The reporter, at its own report.
    Reporter,
    /// A member that reported nothing, at the report of another.
    Stranger,
    /// The same at the profile.
    Peer,
    /// A peer whose own report holds every personal value.
    Holder,
    /// The platform that hosts the seller.
    Host,
}

const READERS: [Reader; 5] = [Reader::Reporter, Reader::Stranger, Reader::Peer, Reader::Holder, Reader::Host];

/// How much of a field is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    Nothing,
    /// Masked, by month, by class or by band.
    Coarse,
    Full,
}

/// A value of each type, as it is typed and as it is shown in full.
fn sample(kind: IdentifierType) -> (Value, &'static str) {
    use IdentifierType as T;
    match kind {
        T::Storefront => (shop(SHOP), "110022"),
        T::Url => (
            typed("url", "https://item.taobao.com/item.htm?id=623400017"),
            "https://item.taobao.com/item.htm?id=623400017",
        ),
        T::Domain => (typed("domain", "cheap-bags.shop"), "cheap-bags.shop"),
        T::Email => (email("jian.li@163.com"), "jian.li@163.com"),
        T::Phone => (phone("+86 138 1234 1234"), "+86 13812341234"),
        T::BankAccount => (typed("bank_account", "DE89370400440532013000"), "DE89370400440532013000"),
        T::CompanyRegistration => (company("GB", "01234568"), "01234568"),
        T::PersonName => (typed("person_name", "张伟"), "张伟"),
        T::BusinessName => (typed("business_name", "Best Bags Ltd"), "Best Bags Ltd"),
        T::Address => (
            json!({ "type": "address", "value": "12 High Street, London", "country": "GB" }),
            "12 High Street, London",
        ),
        T::Messaging => {
            (json!({ "type": "messaging", "platform": "telegram", "value": "jianli_bags" }), "jianli_bags")
        }
        T::PaymentHandle => {
            (json!({ "type": "payment_handle", "platform": "venmo", "value": "jian-sells" }), "jian-sells")
        }
        T::Wallet => {
            (typed("wallet", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"), "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")
        }
        T::ImageHash => {
            let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
            (typed("image_hash", hash), hash)
        }
        T::Parcel => (typed("parcel", "1Z5R89390357567127"), "1Z5R89390357567127"),
        T::CourtDocket => (typed("court_docket", "1:23-cv-01234 (N.D. Ill.)"), "1:23-cv-01234"),
    }
}

/// How much of the identifiers of one row an answer shows: of each of them the same.
fn seen_of_identifiers(text: &str, personal: bool) -> Seen {
    let whole: Value = serde_json::from_str(text).unwrap_or_default();
    let listed = [&whole["identifiers"], &whole["report"]["seller"]["identifiers"]];
    let listed: Vec<&Value> = listed.iter().filter_map(|list| list.as_array()).flatten().collect();
    let kinds = IdentifierType::ALL.into_iter().filter(|kind| kind.is_personal() == personal);
    let seen = kinds.map(|kind| {
        let full = sample(kind).1;
        let one = listed.iter().find(|one| one["type"] == kind.as_str());
        match one {
            Some(one) if one["value"].as_str().unwrap().contains(full) => Seen::Full,
            Some(_) => {
                assert!(!text.contains(full), "{kind:?} is masked, and shows elsewhere in {text}");
                Seen::Coarse
            }
            None => Seen::Nothing,
        }
    });
    let all: Vec<Seen> = seen.collect();
    assert!(all.iter().all(|one| *one == all[0]), "not every type is shown alike: {all:?} in {text}");
    all[0]
}

/// How much of a row an answer shows.
fn seen(field: Field, text: &str) -> Seen {
    let either = |full: &[&str], coarse: &[&str]| {
        if full.iter().any(|mark| text.contains(mark)) {
            Seen::Full
        } else if coarse.iter().any(|mark| text.contains(mark)) {
            Seen::Coarse
        } else {
            Seen::Nothing
        }
    };
    match field {
        Field::PublicIdentifiers => seen_of_identifiers(text, false),
        Field::PersonalIdentifiers => seen_of_identifiers(text, true),
        Field::Reporter => either(&["The acme company"], &[]),
        Field::Goods => {
            either(&["Wingtip", "Model M-3", "A boot", "WINGTIP"], &["\"nice_classes\":[25]", "footwear"])
        }
        Field::Value => either(&["700001", "7117", "64999"], &[]),
        Field::Narrative => either(&["Bought two of them.", "Camera 7", "Order 4711"], &[]),
        Field::Dates => either(&["2026-03-17", "2026-04-18"], &["\"2026-03\""]),
        Field::Counts => {
            either(&["\"members\":4", "\"members\":3", "\"own_reports\":1"], &["\"members\":\"3-5\""])
        }
        Field::Handling => either(&["AMBER"], &[]),
    }
}

/// Whether a cell shows, in what is in place and to whom; and when it must not. `None` where there is nobody who looks
/// through the lens.
fn cell(lens: Lens, show: Show) -> Option<[(Setup, Reader, Seen); 2]> {
    use Reader::{Holder, Host, Peer, Reporter, Stranger};
    use Seen::{Coarse, Full, Nothing};
    use Setup::{Closed, Elsewhere, Open};
    let (who, away) = match lens {
        Lens::Own => (Reporter, (Open, Stranger, Nothing)),
        Lens::Peer => (Peer, (Elsewhere, Peer, Nothing)),
        Lens::Platform => (Host, (Elsewhere, Host, Nothing)),
        Lens::Authority => return None,
    };
    Some(match show {
        Show::Full | Show::FullAndSummed | Show::Name => [(Open, who, Full), away],
        Show::MaskedUnlessHeld => [(Open, Holder, Full), (Open, who, Coarse)],
        // Somebody sees it, so it is there to be hidden.
        Show::Never => [(Open, Reporter, Full), (Open, who, Nothing)],
        Show::NameUnlessAnonymous | Show::IfAudienceHasPlatforms => {
            [(Open, who, Full), (Closed, who, Nothing)]
        }
        Show::ClassIfEnough => [(Open, who, Coarse), (Closed, who, Nothing)],
        Show::Month | Show::Band => [(Open, who, Coarse), away],
    })
}

/// A report that says something on every row.
fn full(setup: Setup) -> Value {
    let identifiers = IdentifierType::ALL.map(|kind| sample(kind).0);
    let group = if setup == Setup::Elsewhere { "platform:ebay" } else { "alliance" };
    let mut form = report("FULL", &[group], &identifiers);
    form["rights"] = json!([{ "type": "trade_mark", "mark": "WINGTIP", "nice_classes": [25] }]);
    form["goods"] = json!([{ "category": "footwear", "nice_class": 25, "brand": "Wingtip", "model": "Model M-3", "description": "A boot" }]);
    form["value"] =
        json!({ "currency": "CNY", "method": "actual_sale", "sales_minor": 700_001, "units": 7_117 });
    form["listings"] = json!([{
        "url": "https://item.taobao.com/item.htm?id=623400017",
        "price": { "amount_minor": 64_999, "currency": "CNY" },
    }]);
    form["narrative"] = json!("Bought two of them.");
    form["evidence"] = json!([{ "kind": "photo", "sha256": "ab".repeat(32), "tool": "Camera 7" }]);
    form["test_purchases"] = json!([{ "order_number": "Order 4711" }]);
    form["first_seen"] = json!("2026-03-17");
    form["last_seen"] = json!("2026-04-18");
    form["tlp"] = json!("AMBER");
    if setup == Setup::Closed {
        form["attribution"] = json!("anonymous");
    } else {
        form["evidence_audience"] = json!(["platforms"]);
    }
    form
}

/// Everything that a reader gets of the report, or of the seller, as one text.
struct Answers(Vec<(Setup, Reader, String)>);

impl Answers {
    fn of(engine: Engine) -> Self {
        Self(SETUPS.iter().flat_map(|setup| Self::in_world(engine, *setup)).collect())
    }

    fn in_world(engine: Engine, setup: Setup) -> Vec<(Setup, Reader, String)> {
        let mut world = World::new(engine);
        for slug in ["dora", "emil", "fern"] {
            world.add_member(slug, "brand");
        }
        let filed = world.key("acme").file(&full(setup));
        // Others on the same seller, each with less than the whole.
        let others =
            if setup == Setup::Open { ["bolt", "cora", "dora"].as_slice() } else { &["bolt", "cora"] };
        for member in others.iter().filter(|_| setup != Setup::Elsewhere) {
            let mut form = report("SOME", &["alliance"], &[shop(SHOP)]);
            form["first_seen"] = json!("2026-03-20");
            form["last_seen"] = json!("2026-04-02");
            world.key(member).file(&form);
        }
        // It holds every personal value, where nobody of the alliance reads it.
        let held =
            IdentifierType::ALL.into_iter().filter(|kind| kind.is_personal()).map(|kind| sample(kind).0);
        world.key("emil").file(&report("HELD", &["platform:ebay"], &held.collect::<Vec<_>>()));
        let id = filed["id"].as_str().unwrap();
        READERS.map(|reader| (setup, reader, read(&world, reader, id))).into()
    }

    fn seen(&self, field: Field, (setup, reader): (Setup, Reader)) -> Seen {
        let found = self.0.iter().find(|(of, by, _)| (*of, *by) == (setup, reader));
        seen(field, &found.unwrap().2)
    }
}

fn read(world: &World, reader: Reader, report: &str) -> String {
    let member = match reader {
        Reader::Reporter => "acme",
        Reader::Stranger | Reader::Peer => "fern",
        Reader::Holder => "emil",
        Reader::Host => "taobao",
    };
    let client = world.key(member);
    if let Reader::Reporter | Reader::Stranger = reader {
        let found = client.get(&format!("/v1/reports/{report}"));
        assert_eq!(found.status, if reader == Reader::Reporter { 200 } else { 404 });
        let own = client.all("/v1/reports").len();
        let me = client.get("/v1/me").expect(200).json();
        return json!({ "report": found.json(), "own_reports": own, "name": me["member_name"] }).to_string();
    }
    let sellers = client.all("/v1/groups/alliance/sellers");
    assert!(sellers.len() <= 1, "there is one seller");
    sellers.first().map(Value::to_string).unwrap_or_default()
}

on_both_engines! {
    fn every_cell_of_the_matrix_shows_where_it_may_and_nowhere_else(engine) {
        let answers = Answers::of(engine);
        let lenses = [Lens::Own, Lens::Peer, Lens::Platform, Lens::Authority];
        for (field, row) in MATRIX {
            for (lens, way) in lenses.into_iter().zip(row) {
                assert_eq!(show(field, lens), way);
                let Some(worlds) = cell(lens, way) else { continue };
                for (setup, reader, expected) in worlds {
                    let found = answers.seen(field, (setup, reader));
                    assert_eq!(found, expected, "{field} for {lens:?} ({way}): {reader:?} in {setup:?}");
                }
                assert!(worlds.iter().any(|(.., seen)| *seen != worlds[0].2), "{field} for {lens:?}: it shows everywhere");
            }
        }
    }

    fn nobody_looks_through_the_lens_of_an_authority_yet(engine) {
        // The column is policy: there are no cases, so it has no viewer, and no class of views is made for one.
        let world = World::new(engine);
        world.key("acme").file(&full(Setup::Open));
        for path in ["sellers", "feed", "candidates", "stats"] {
            let refused = world.key("customs").get(&format!("/v1/groups/alliance/{path}"));
            assert!(refused.status == 403 || refused.status == 404, "{path}: {}", refused.text);
        }
        match Class::of(MemberKind::Authority, "customs") {
            Class::Peer | Class::Platform(_) => {}
        }
    }
}
