//! How a reporter writes down what it found: one value, many spellings.

use super::dice::Dice;
use super::sellers::{Bank, Seller, Shop};
use crate::domain::identifier::IdentifierType;
use crate::intake::form::IdentifierForm;

/// The seller's identifier of this type as one reporter spells it; nothing if the seller has none.
pub fn spell(dice: &mut Dice, seller: &Seller, kind: IdentifierType, turn: usize) -> Option<IdentifierForm> {
    let form = match kind {
        IdentifierType::Storefront => storefront(dice, seller.shop(turn)?),
        IdentifierType::Domain => domain(dice, seller.domain.as_deref()?),
        IdentifierType::Email => email(dice, &seller.email),
        IdentifierType::Phone => phone(dice, &seller.phone),
        IdentifierType::BankAccount => bank(dice, seller.bank.as_ref()?),
        IdentifierType::CompanyRegistration => uscc(dice, seller.uscc.as_deref()?),
        IdentifierType::PersonName => name(dice, kind, seller.person.as_ref()?),
        IdentifierType::BusinessName => name(dice, kind, seller.business.as_ref()?),
        IdentifierType::Address => {
            let [han, latin] = seller.address.as_ref()?;
            address(dice, [han, latin])
        }
        _ => return None,
    };
    Some(form)
}

pub fn phone(dice: &mut Dice, national: &str) -> IdentifierForm {
    let of = |value: String| plain(IdentifierType::Phone, value);
    let at_home = |value: String| IdentifierForm { country: Some("CN".to_owned()), ..of(value) };
    match dice.below(6) {
        0 => of(format!("+86{national}")),
        1 => of(format!("+86 {}", grouped_phone(national, ' '))),
        2 => of(format!("0086-{national}")),
        3 => at_home(national.to_owned()),
        4 => at_home(grouped_phone(national, '-')),
        _ => at_home(full_width(national)),
    }
}

pub fn address(dice: &mut Dice, [han, latin]: [&str; 2]) -> IdentifierForm {
    let value = if dice.chance(60) { han } else { latin };
    IdentifierForm { country: Some("CN".to_owned()), ..plain(IdentifierType::Address, value) }
}

fn plain(kind: IdentifierType, value: impl Into<String>) -> IdentifierForm {
    IdentifierForm { kind: Some(kind), value: Some(value.into()), ..IdentifierForm::default() }
}

fn storefront(dice: &mut Dice, shop: &Shop) -> IdentifierForm {
    let Shop { platform, id } = shop;
    let page = |url: String| plain(IdentifierType::Storefront, url);
    let number = |platform: &str, id: String| IdentifierForm {
        platform: Some(platform.to_owned()),
        ..plain(IdentifierType::Storefront, id)
    };
    match (*platform, dice.below(4)) {
        ("taobao", 0) => page(format!("https://shop{id}.taobao.com")),
        ("taobao", 1) => page(format!("https://shop.m.taobao.com/shop/shop_index.htm?shop_id={id}")),
        ("taobao", 2) => number("淘宝", format!("shop{id}")),
        ("aliexpress", 0) => page(format!("https://www.aliexpress.com/store/{id}")),
        ("aliexpress", 1) => page(format!("https://m.aliexpress.com/store/{id}?spm=a2g0o.store")),
        ("aliexpress", 2) => number("速卖通", id.clone()),
        ("amazon", 0) => page(format!("https://www.amazon.com/sp?seller={id}")),
        ("amazon", 1) => page(format!("https://www.amazon.com/s?me={id}")),
        ("ebay", 0 | 1) => page(format!("https://www.ebay.com/usr/{id}")),
        ("tmall", 0 | 1) => page(format!("https://{id}.tmall.com/")),
        ("tmall", 2) => number("天猫", id.clone()),
        ("1688", 0 | 1) => page(format!("https://{id}.1688.com")),
        (platform, _) => number(platform, id.clone()),
    }
}

fn email(dice: &mut Dice, address: &str) -> IdentifierForm {
    let value = match dice.below(5) {
        0 => address.to_uppercase(),
        1 => full_width(address),
        2 => format!("mailto:{address}"),
        _ => address.to_owned(),
    };
    plain(IdentifierType::Email, value)
}

fn bank(dice: &mut Dice, bank: &Bank) -> IdentifierForm {
    match bank {
        Bank::Iban(iban) => {
            let value = match dice.below(4) {
                0 => grouped(iban),
                1 => grouped(iban).to_lowercase(),
                2 => format!("IBAN: {}", grouped(iban)),
                _ => iban.clone(),
            };
            plain(IdentifierType::BankAccount, value)
        }
        Bank::Account { bank, number } => {
            let value = if dice.chance(50) { grouped(number) } else { number.clone() };
            let code = match dice.below(3) {
                0 => format!("{bank}XXX"),
                1 => bank.to_lowercase(),
                _ => (*bank).to_owned(),
            };
            IdentifierForm { bank_code: Some(code), ..plain(IdentifierType::BankAccount, value) }
        }
    }
}

fn uscc(dice: &mut Dice, code: &str) -> IdentifierForm {
    let kind = IdentifierType::CompanyRegistration;
    match dice.below(4) {
        0 => plain(kind, code.to_lowercase()),
        1 => plain(kind, format!("统一社会信用代码：{code}")),
        2 => IdentifierForm { country: Some("CN".to_owned()), ..plain(kind, grouped(code)) },
        _ => IdentifierForm { scheme: Some("uscc".to_owned()), ..plain(kind, code) },
    }
}

fn domain(dice: &mut Dice, domain: &str) -> IdentifierForm {
    let value = match dice.below(3) {
        0 => format!("https://www.{domain}/"),
        1 => format!("WWW.{}", domain.to_uppercase()),
        _ => domain.to_owned(),
    };
    plain(IdentifierType::Domain, value)
}

fn name(dice: &mut Dice, kind: IdentifierType, [han, latin]: &[String; 2]) -> IdentifierForm {
    let value = match dice.below(5) {
        0 | 1 => latin.clone(),
        2 => latin.to_uppercase(),
        _ => han.clone(),
    };
    plain(kind, value)
}

/// In groups of four, as account numbers are printed.
fn grouped(code: &str) -> String {
    let is_start = |place: usize| place > 0 && place.is_multiple_of(4);
    code.chars()
        .enumerate()
        .flat_map(|(place, c)| is_start(place).then_some(' ').into_iter().chain([c]))
        .collect()
}

/// `154 1234 5678`.
fn grouped_phone(national: &str, mark: char) -> String {
    let is_start = |place: usize| matches!(place, 3 | 7);
    national
        .chars()
        .enumerate()
        .flat_map(|(place, c)| is_start(place).then_some(mark).into_iter().chain([c]))
        .collect()
}

/// What a Chinese input method makes of ASCII.
fn full_width(text: &str) -> String {
    let widen = |c: char| char::from_u32(u32::from(c) + 0xFEE0).filter(|_| c.is_ascii_graphic()).unwrap_or(c);
    text.chars().map(widen).collect()
}
