//! The invented sellers behind the sample.
//!
//! None of their numbers can be anyone's, since the sample must not accuse a stranger: phone numbers are
//! of a range that China never gave out, mailboxes of a form that their providers refuse, shop numbers
//! beyond those in use; the banks and the top-level domain do not exist.

use std::collections::BTreeSet;

use super::dice::Dice;
use super::words::{self, City};

/// National number of the freight forwarder that many unrelated sellers ship through.
pub const FORWARDER_PHONE: &str = "15488006600";
/// The forwarder's warehouse, in Chinese and in Latin letters.
pub const FORWARDER_ADDRESS: [&str; 2] =
    ["广东省深圳市宝安区望舟街88号3栋集运仓", "Bldg 3, No. 88 Wangzhou Street, Bao'an, Shenzhen, China"];

const COLLECTION_BANK: &str = "DEMOHKHH";
const COLLECTION_ACCOUNT: &str = "33069900112233441";

const FORWARDED_SELLERS: usize = 16;
const COLLECTED_SELLERS: usize = 12;
/// With fewer sellers than this, what they share would not stand out as generic and would join them.
const HUB_LEAST: usize = 13;

/// Longest time before today that a seller was first seen, in days: 18 months.
const SINCE_DAYS_MAX: i64 = 540;

/// Where the sellers' shops are.
const PLATFORM_DECK: [&str; 12] = [
    "taobao",
    "taobao",
    "taobao",
    "taobao",
    "aliexpress",
    "aliexpress",
    "aliexpress",
    "aliexpress",
    "tmall",
    "1688",
    "amazon",
    "ebay",
];

const USCC_ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

#[derive(Debug, Clone)]
pub struct Seller {
    /// Shop names: Chinese, English, a handle in pinyin.
    pub names: [String; 3],
    pub shops: Vec<Shop>,
    pub email: String,
    /// National number, in China.
    pub phone: String,
    pub bank: Option<Bank>,
    pub uscc: Option<String>,
    pub domain: Option<String>,
    /// In Chinese and in Latin letters, as are the next two.
    pub business: Option<[String; 2]>,
    pub person: Option<[String; 2]>,
    pub address: Option<[String; 2]>,
    pub since_days: i64,
    /// Ships through the forwarder.
    pub is_forwarded: bool,
    /// Is paid through the shared collection account.
    pub is_collected: bool,
    /// One of the two that share a phone and have different credit codes.
    pub is_twin: bool,
}

#[derive(Debug, Clone)]
pub struct Shop {
    pub platform: &'static str,
    pub id: String,
}

#[derive(Debug, Clone)]
pub enum Bank {
    Iban(String),
    Account { bank: &'static str, number: String },
}

impl Seller {
    /// The shop that a report looks at, by the number of reports before it.
    pub fn shop(&self, turn: usize) -> Option<&Shop> {
        let slot = match turn % 4 {
            2 => 1,
            3 => 2,
            _ => 0,
        };
        self.shops.get((slot + turn / 4) % self.shops.len().max(1))
    }

    pub fn sells_on(&self, platform: &str) -> bool {
        self.shops.iter().any(|shop| shop.platform == platform)
    }

    pub fn has_own_bank(&self) -> bool {
        self.bank.is_some() && !self.is_collected
    }

    /// Whether the sample promises something about this seller that its first report must carry.
    pub fn is_marked(&self) -> bool {
        self.is_forwarded || self.is_collected || self.is_twin
    }
}

pub fn sellers(dice: &mut Dice, count: usize) -> Vec<Seller> {
    let mut all: Vec<Seller> = (0..count).map(|_| seller(dice)).collect();
    // Few names are made up here, and two of one name with the forwarder in common would look like one.
    let mut taken = BTreeSet::new();
    for seller in &mut all {
        seller.person = seller.person.take().filter(|[han, _]| taken.insert(han.clone()));
    }
    if count >= HUB_LEAST {
        for (index, seller) in all.iter_mut().enumerate() {
            seller.is_forwarded = is_spread(index, count, FORWARDED_SELLERS);
            if is_spread(index, count, COLLECTED_SELLERS) {
                seller.is_collected = true;
                let number = COLLECTION_ACCOUNT.to_owned();
                seller.bank = Some(Bank::Account { bank: COLLECTION_BANK, number });
            }
        }
    }
    if let [_, one, other, ..] = all.as_mut_slice() {
        other.phone.clone_from(&one.phone);
        for twin in [one, other] {
            let division = dice.pick(&words::CITIES).division;
            twin.uscc = Some(any_uscc(dice, division));
            twin.is_twin = true;
        }
    }
    all
}

/// Whether a place is one of about `wanted` (or somewhat more) spread evenly over `count`.
fn is_spread(index: usize, count: usize, wanted: usize) -> bool {
    let stride = (count / wanted.max(1)).max(1);
    index % stride == stride - 1
}

fn seller(dice: &mut Dice) -> Seller {
    let (first, second) = (dice.pick(&words::FIRST), dice.pick(&words::SECOND));
    let (han, pinyin) = (format!("{}{}", first.0, second.0), format!("{}{}", first.1, second.1));
    let (adjective, noun) = (dice.pick(&words::ADJECTIVES), dice.pick(&words::NOUNS));
    let tail = dice.pick(&words::SHOP_TAILS);
    let city = dice.pick(&words::CITIES);
    let uscc = dice.chance(35).then(|| any_uscc(dice, city.division));
    let is_named = uscc.is_some() || dice.chance(40);
    let domain = dice.chance(25).then(|| format!("{adjective}-{noun}{}.demo", dice.serial()).to_lowercase());
    Seller {
        names: [
            format!("{han}{}", tail.0),
            format!("{adjective} {noun} {}", tail.1),
            format!("{pinyin}{}", tail.2),
        ],
        shops: shops(dice, &pinyin),
        email: email(dice, &pinyin),
        phone: format!("1546{}{}", dice.digits(1), dice.serial()),
        bank: dice.chance(55).then(|| any_bank(dice)),
        uscc,
        domain,
        business: is_named.then(|| business(dice, &city, &han, &pinyin)),
        person: dice.chance(70).then(|| person(dice)),
        address: dice.chance(60).then(|| address(dice, &city)),
        since_days: dice.between(60, SINCE_DAYS_MAX),
        is_forwarded: false,
        is_collected: false,
        is_twin: false,
    }
}

fn shops(dice: &mut Dice, pinyin: &str) -> Vec<Shop> {
    let count = dice.pick(&[1, 1, 2, 2, 3]);
    (0..count).map(|_| shop(dice, pinyin)).collect()
}

fn shop(dice: &mut Dice, pinyin: &str) -> Shop {
    let platform = dice.pick(&PLATFORM_DECK);
    let serial = dice.serial();
    let id = match platform {
        "taobao" => format!("991{serial}"),
        "aliexpress" => format!("1199{serial}"),
        "amazon" => format!("A0DEMO{serial}"),
        _ => format!("{pinyin}{serial}-demo"),
    };
    Shop { platform, id }
}

fn email(dice: &mut Dice, pinyin: &str) -> String {
    let serial = dice.serial();
    match dice.pick(&["163.com", "126.com", "gmail.com", "qq.com"]) {
        // No QQ number begins with 0; the others take no hyphen.
        "qq.com" => format!("05{}{serial}@qq.com", dice.digits(2)),
        host => format!("{pinyin}-{serial}@{host}"),
    }
}

fn any_bank(dice: &mut Dice) -> Bank {
    let serial = dice.serial();
    match dice.below(5) {
        0 => Bank::Iban(iban("DE", &format!("09907000{}{serial}", dice.digits(4)))),
        1 => Bank::Iban(iban("GB", &format!("DEMO990700{}{serial}", dice.digits(2)))),
        2 => Bank::Iban(iban("NL", &format!("DEMO{}{serial}", dice.digits(4)))),
        _ => {
            let number = format!("3307{}{serial}", dice.digits(7));
            Bank::Account { bank: dice.pick(&["DEMOCNBJ", "DEMOCNSH"]), number }
        }
    }
}

fn any_uscc(dice: &mut Dice, division: &str) -> String {
    let mut body = format!("91{division}");
    for _ in 0..9 {
        body.push(char::from(dice.pick(USCC_ALPHABET.as_bytes())));
    }
    uscc(&body)
}

fn business(dice: &mut Dice, city: &City, han: &str, pinyin: &str) -> [String; 2] {
    let trade = dice.pick(&words::TRADES);
    let latin = format!("{} {} {} Co., Ltd.", city.latin, capital(pinyin), trade.1);
    [format!("{}{han}{}有限公司", city.han, trade.0), latin]
}

fn person(dice: &mut Dice) -> [String; 2] {
    let (surname, given) = (dice.pick(&words::SURNAMES), dice.pick(&words::GIVEN_NAMES));
    [format!("{}{}", surname.0, given.0), format!("{} {}", surname.1, given.1)]
}

fn address(dice: &mut Dice, city: &City) -> [String; 2] {
    let street = dice.pick(&words::STREETS);
    let (number, building) = (dice.between(1, 380), dice.between(1, 12));
    let han = format!("{}{}{}{number}号{building}栋", city.region, city.district_han, street.0);
    let latin =
        format!("Bldg {building}, No. {number} {}, {}, {}, China", street.1, city.district_latin, city.latin);
    [han, latin]
}

fn capital(word: &str) -> String {
    let mut rest = word.chars();
    let first = rest.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(rest).collect()
}

/// Seventeen characters of a unified social credit code with the check character of GB 32100-2015.
fn uscc(body: &str) -> String {
    let mut weight = 1;
    let mut sum = 0;
    for c in body.chars() {
        sum += USCC_ALPHABET.find(c).unwrap_or_default() * weight;
        weight = weight * 3 % 31;
    }
    let check = USCC_ALPHABET.chars().nth((31 - sum % 31) % 31);
    body.chars().chain(check).collect()
}

/// A country's account with the check digits of ISO 13616: the whole, turned round, is 1 modulo 97.
fn iban(country: &str, account: &str) -> String {
    let turned = account.chars().chain(country.chars()).chain("00".chars());
    let remainder = turned.filter_map(|c| c.to_digit(36)).fold(0, |sum: u32, value| {
        let shift = if value < 10 { 10 } else { 100 };
        (sum * shift + value) % 97
    });
    format!("{country}{:02}{account}", 98 - remainder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_those_of_published_examples() {
        assert_eq!(uscc("91350100M000100Y4"), "91350100M000100Y43");
        assert_eq!(uscc("91330100799655058"), "91330100799655058B");
        assert_eq!(iban("DE", "370400440532013000"), "DE89370400440532013000");
        assert_eq!(iban("GB", "WEST12345698765432"), "GB82WEST12345698765432");
    }
}
