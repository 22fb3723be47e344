//! One sample report: what a brand files when it comes across a seller.

use chrono::{Days, NaiveDate};

use super::dice::Dice;
use super::sellers::Seller;
use super::{Brand, clues, words};
use crate::domain::group::ALLIANCE;
use crate::intake::form::{
    GoodsForm, ListingForm, MoneyForm, PriorActionForm, ReportForm, RightForm, StatementForm,
    TestPurchaseForm, ValueForm, VerificationForm,
};

/// A shop that was last seen longer ago than this is as good as gone.
const FRESH_DAYS: i64 = 45;

/// Who comes across whom, and when.
pub struct Occasion<'a> {
    pub seller: &'a Seller,
    pub brand: Brand,
    /// Who signs for the brand.
    pub signer: &'static str,
    /// How many reports on the seller come before.
    pub turn: usize,
    pub seen: Seen,
}

pub struct Seen {
    first: NaiveDate,
    last: NaiveDate,
    pub signed: NaiveDate,
    is_fresh: bool,
}

/// What was found.
struct Find {
    level: &'static str,
    goods: &'static str,
    price_minor: i64,
}

impl Seen {
    pub fn draw(dice: &mut Dice, since_days: i64, today: NaiveDate) -> Self {
        let first = dice.between(7, since_days);
        let last = dice.between(0, first).min(dice.between(0, first));
        let signed = last - dice.between(0, last.min(10));
        let date = |days: i64| {
            today.checked_sub_days(Days::new(u64::try_from(days).unwrap_or_default())).unwrap_or(today)
        };
        Self { first: date(first), last: date(last), signed: date(signed), is_fresh: last <= FRESH_DAYS }
    }
}

/// The report, still without its external id.
pub fn form(dice: &mut Dice, at: &Occasion<'_>) -> ReportForm {
    let find = Find {
        level: dice.pick(&[
            "suspected",
            "suspected",
            "probable",
            "probable",
            "probable",
            "confirmed",
            "confirmed",
        ]),
        goods: dice.pick(at.brand.goods),
        price_minor: price_minor(dice, at.brand.category),
    };
    let share_with = share_with(dice, at);
    let narrative = dice.chance(75).then(|| narrative(dice, at, &find));
    let is_open = narrative.is_some() && dice.chance(45);
    ReportForm {
        attribution: dice.chance(15).then(|| "anonymous".to_owned()),
        evidence_audience: if is_open { vec!["platforms".to_owned()] } else { Vec::new() },
        infringement_type: Some(infringement_type(dice).to_owned()),
        rights: vec![right(dice, &at.brand)],
        goods: vec![goods(at, &find)],
        marketplace_country: marketplace_country(at).map(str::to_owned),
        listings: listings(dice, at, &find),
        seller: Some(clues::seller(dice, at)),
        basis: basis(dice, find.level),
        verification: Some(verification(at, &find)),
        test_purchases: test_purchases(dice, at, &find),
        value: dice.chance(45).then(|| value(dice, &find)),
        prior_actions: prior_actions(dice, at),
        narrative,
        first_seen: Some(at.seen.first.to_string()),
        last_seen: Some(at.seen.last.to_string()),
        consent_case_pooling: Some(dice.chance(70)),
        statement: (!share_with.is_empty()).then(|| StatementForm {
            good_faith: Some(true),
            signer: Some(at.signer.to_owned()),
            signed_on: Some(at.seen.signed.to_string()),
        }),
        share_with,
        ..ReportForm::default()
    }
}

fn share_with(dice: &mut Dice, at: &Occasion<'_>) -> Vec<String> {
    let is_fixed = at.turn == 0 && at.seller.is_marked();
    let groups: &[&str] = match dice.below(100) {
        _ if is_fixed => &[ALLIANCE],
        0..=3 => &[],
        4..=24 if at.seller.sells_on("aliexpress") => &["platform:aliexpress"],
        25..=54 if at.seller.sells_on("taobao") => &[ALLIANCE, "platform:taobao"],
        _ => &[ALLIANCE],
    };
    groups.iter().map(|group| (*group).to_owned()).collect()
}

fn infringement_type(dice: &mut Dice) -> &'static str {
    match dice.below(20) {
        0 | 1 => "counterfeit_label_packaging",
        2 | 3 => "trademark_use",
        4 => "design",
        _ => "counterfeit_goods",
    }
}

fn right(dice: &mut Dice, brand: &Brand) -> RightForm {
    RightForm {
        kind: Some("trade_mark".to_owned()),
        office: Some(dice.pick(&["CN", "CN", "CN", "EM", "WO"]).to_owned()),
        mark: Some(brand.mark.to_owned()),
        nice_classes: vec![brand.nice_class],
        ..RightForm::default()
    }
}

fn goods(at: &Occasion<'_>, find: &Find) -> GoodsForm {
    GoodsForm {
        description: Some(find.goods.to_owned()),
        category: Some(at.brand.category.to_owned()),
        nice_class: Some(at.brand.nice_class),
        brand: Some(at.brand.name.to_owned()),
        category_risk: (at.brand.category == "cosmetics").then(|| "health_safety".to_owned()),
        ..GoodsForm::default()
    }
}

fn marketplace_country(at: &Occasion<'_>) -> Option<&'static str> {
    match at.seller.shop(at.turn)?.platform {
        "taobao" | "tmall" | "1688" => Some("CN"),
        "amazon" | "ebay" => Some("US"),
        _ => None,
    }
}

fn price_minor(dice: &mut Dice, category: &str) -> i64 {
    let (least, most) = match category {
        "watches" => (29, 168),
        "handbags" => (19, 89),
        "cosmetics" => (3, 15),
        _ => (12, 39),
    };
    // Shops like prices that end in nine yuan.
    dice.between(least, most) * 1_000 + 900
}

fn money(amount_minor: i64) -> MoneyForm {
    MoneyForm { amount_minor: Some(amount_minor), currency: Some("CNY".to_owned()) }
}

fn listings(dice: &mut Dice, at: &Occasion<'_>, find: &Find) -> Vec<ListingForm> {
    let least = i32::from(!clues::knows_shop(at.turn));
    let count = dice.pick(&[0, 1, 1, 1, 2]).max(least);
    (0..count).map(|_| listing(dice, at, find)).collect()
}

fn listing(dice: &mut Dice, at: &Occasion<'_>, find: &Find) -> ListingForm {
    let (url, item) = page(dice, at);
    let title = dice.pick(&words::TITLES).replace("{mark}", at.brand.mark).replace("{goods}", find.goods);
    let state = match dice.below(4) {
        0 => "unknown",
        _ if at.seen.is_fresh => "active",
        _ => "down",
    };
    ListingForm {
        url: Some(url),
        item_id: dice.chance(60).then_some(item),
        title: Some(title),
        price: Some(money(find.price_minor)),
        quantity_available: dice.chance(40).then(|| dice.between(5, 900)),
        units_sold: dice.chance(50).then(|| dice.between(1, 2_500)),
        first_seen: Some(at.seen.first.to_string()),
        last_seen: Some(at.seen.last.to_string()),
        state: Some(state.to_owned()),
    }
}

/// The URL of an item and its id, beyond the ids in use or not of the form of any.
fn page(dice: &mut Dice, at: &Occasion<'_>) -> (String, String) {
    let serial = dice.serial();
    if let Some(domain) = at.seller.domain.as_ref().filter(|_| dice.chance(25)) {
        return (format!("https://{domain}/products/{serial}"), serial);
    }
    let more = dice.digits(3);
    match at.seller.shop(at.turn).map_or("taobao", |shop| shop.platform) {
        "aliexpress" => {
            let item = format!("1999{more}{more}{serial}");
            (format!("https://www.aliexpress.com/item/{item}.html"), item)
        }
        "amazon" => {
            let item = format!("B0DM{serial}");
            (format!("https://www.amazon.com/dp/{item}"), item)
        }
        "ebay" => {
            let item = format!("997{more}{serial}");
            (format!("https://www.ebay.com/itm/{item}"), item)
        }
        "tmall" => {
            let item = format!("9907{more}{serial}");
            (format!("https://detail.tmall.com/item.htm?id={item}"), item)
        }
        "1688" => {
            let item = format!("9907{more}{serial}");
            (format!("https://detail.1688.com/offer/{item}.html"), item)
        }
        _ => {
            let item = format!("9907{more}{serial}");
            (format!("https://item.taobao.com/item.htm?id={item}&spm=a230r.1.14"), item)
        }
    }
}

fn basis(dice: &mut Dice, level: &str) -> Vec<String> {
    let mut words = match level {
        "confirmed" => vec!["test_purchase", dice.pick(&["serial_or_track_trace_fail", "visual_inspection"])],
        "probable" => vec!["visual_inspection", dice.pick(&["price_or_packaging", "product_not_made"])],
        _ => vec![dice.pick(&["price_or_packaging", "consumer_complaint", "product_not_made"])],
    };
    if dice.chance(6) {
        words.push("customs_detention");
    }
    words.into_iter().map(str::to_owned).collect()
}

fn verification(at: &Occasion<'_>, find: &Find) -> VerificationForm {
    let is_examined = find.level == "confirmed";
    VerificationForm {
        level: Some(find.level.to_owned()),
        examiner: is_examined.then(|| format!("{} product laboratory", at.brand.name)),
        method: is_examined.then(|| "Comparison with a genuine sample".to_owned()),
        examined_on: is_examined.then(|| at.seen.signed.to_string()),
    }
}

fn test_purchases(dice: &mut Dice, at: &Occasion<'_>, find: &Find) -> Vec<TestPurchaseForm> {
    if find.level != "confirmed" || !dice.chance(70) {
        return Vec::new();
    }
    vec![TestPurchaseForm {
        order_number: Some(format!("{}{}", dice.digits(10), dice.serial())),
        purchased_on: Some(at.seen.last.to_string()),
        paid: Some(money(find.price_minor)),
        payee: at.seller.person.as_ref().map(|[han, _]| han.clone()),
        tracking_number: Some(format!("DEMO{}", dice.serial())),
        ..TestPurchaseForm::default()
    }]
}

fn value(dice: &mut Dice, find: &Find) -> ValueForm {
    // The product of two draws: many small trades, few large ones.
    let units = dice.between(2, 60) * dice.between(1, 60);
    let sales = units * find.price_minor;
    let is_range = dice.chance(50);
    ValueForm {
        currency: Some("CNY".to_owned()),
        method: Some(dice.pick(&["actual_sale", "listed_price", "listed_price", "estimate"]).to_owned()),
        sales_minor: Some(sales),
        unsold_minor: dice.chance(20).then(|| dice.between(5, 300) * find.price_minor),
        units: Some(units),
        low_minor: is_range.then_some(sales / 10 * 7),
        high_minor: is_range.then_some(sales / 10 * 14),
        ..ValueForm::default()
    }
}

fn prior_actions(dice: &mut Dice, at: &Occasion<'_>) -> Vec<PriorActionForm> {
    if !dice.chance(20) {
        return Vec::new();
    }
    vec![PriorActionForm {
        kind: Some(dice.pick(&["notice", "notice", "warning", "takedown"]).to_owned()),
        taken_on: Some(at.seen.last.to_string()),
        ..PriorActionForm::default()
    }]
}

fn narrative(dice: &mut Dice, at: &Occasion<'_>, find: &Find) -> String {
    let texts = match find.level {
        "confirmed" => words::NARRATIVES_CONFIRMED,
        "probable" => words::NARRATIVES_PROBABLE,
        _ => words::NARRATIVES_SUSPECTED,
    };
    let text = dice.pick(&texts).replace("{goods}", find.goods);
    if at.seller.is_forwarded && dice.chance(50) {
        return format!("{text} The parcel came through a forwarder's warehouse in Shenzhen.");
    }
    text
}
