//! Account at a payment service, other than a bank.
//!
//! Rules by service, from their own pages: Alipay: the login, an e-mail address or a mobile number (with no
//! country: a Chinese one), or the user id, 16 digits that begin with 2088. PayPal: an e-mail address, the
//! name of a paypal.me link (also written `@name`), or the merchant id, 13 of `2-9A-HJ-NP-Z` (PayPal's API
//! reference). WeChat Pay: the merchant id, 10 digits. Payoneer: an e-mail address or the customer id.
//! Wise: an e-mail address, a `@wisetag`, or the link of a business. Venmo: `@name`. Cash App: `$cashtag`,
//! with a letter in it.
//!
//! Key is `service/account`; of an e-mail address and a phone number it is the key that those types have.
//! The sign before a name is part of it, so that a name never equals an id.

use ::url::Url;

use super::service::{self, Given, Service};
use super::{Fault, Identifier, RawIdentifier, Strength, email, phone, text};

pub const STRENGTH: Strength = Strength::Strong;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Payment {
    Alipay,
    Paypal,
    WechatPay,
    Payoneer,
    Wise,
    Venmo,
    CashApp,
}

static PAYMENTS: &[Service<Payment>] = &[
    Service {
        kind: Payment::Alipay, slug: "alipay", names: &["支付宝", "支付寶", "zhifubao"], hosts: &[]
    },
    Service {
        kind: Payment::Paypal,
        slug: "paypal",
        names: &["贝宝", "paypalme"],
        hosts: &["paypal.me", "paypal.com"],
    },
    Service {
        kind: Payment::WechatPay,
        slug: "wechat-pay",
        names: &["微信支付", "weixinpay", "wxpay", "tenpay", "财付通", "微信商户", "微信支付商户"],
        hosts: &[],
    },
    Service { kind: Payment::Payoneer, slug: "payoneer", names: &["派安盈", "p卡"], hosts: &[] },
    Service { kind: Payment::Wise, slug: "wise", names: &["transferwise"], hosts: &["wise.com"] },
    Service { kind: Payment::Venmo, slug: "venmo", names: &[], hosts: &["venmo.com", "account.venmo.com"] },
    Service {
        kind: Payment::CashApp,
        slug: "cash-app",
        names: &["cashtag", "squarecash"],
        hosts: &["cash.app", "cash.me"],
    },
];

const PAYPAL_ME: &str = "paypal.me/";
const WISE_BUSINESS: &str = "wise.com/pay/business/";

pub fn parse(raw: &RawIdentifier<'_>) -> Result<Identifier, Fault> {
    let (service, given) = service::read(PAYMENTS, raw)?;
    let Some(service) = service.or_else(|| by_form(&given)) else {
        return Err(service::required(PAYMENTS));
    };
    let account = match given {
        Given::Link(url) => account_in_link(service.kind, &url).ok_or_else(service::unsupported_link)?,
        // People group the digits of ids; no account has a space in it.
        Given::Id(account) if service.kind != Payment::Alipay || account.contains('+') => account,
        Given::Id(account) => account.replace(' ', ""),
    };
    if text::is_placeholder(&account) {
        return Err(Fault::placeholder());
    }
    let found = if takes_email(service.kind) && account.contains('@') && !account.starts_with('@') {
        email::parse(&RawIdentifier { value: &account, ..*raw })?
    } else if service.kind == Payment::Alipay && !is_alipay_id(&account) {
        mobile(raw, &account)?
    } else {
        let id = name(service.kind, &account).ok_or_else(|| Fault::malformed(hint(service.kind)))?;
        Identifier { kind: raw.kind, key: id.clone(), value: id, platform: None, country: None, scheme: None }
    };
    let slug = service.slug.to_owned();
    Ok(Identifier { key: format!("{slug}/{}", found.key), platform: Some(slug), ..found })
}

/// `j***@163.com`, `+86 138****1234`, `@j***`, `paypal.me/j***`.
pub fn mask(value: &str) -> String {
    if value.starts_with('+') {
        return phone::mask(value);
    }
    if !value.starts_with('@') && value.contains('@') {
        return email::mask(value);
    }
    let start = value.rfind('/').map_or(0, |slash| slash + 1);
    let (place, name) = value.split_at(start);
    let sign = name.starts_with(['@', '$']);
    let shown: String = name.chars().take(if sign { 2 } else { 1 }).collect();
    format!("{place}{shown}***")
}

/// `$` is what Cash App puts before a name, and nobody else.
fn by_form(given: &Given) -> Option<&'static Service<Payment>> {
    let is_cashtag = matches!(given, Given::Id(id) if id.starts_with('$'));
    PAYMENTS.iter().find(|service| is_cashtag && service.kind == Payment::CashApp)
}

fn takes_email(service: Payment) -> bool {
    matches!(service, Payment::Alipay | Payment::Paypal | Payment::Payoneer | Payment::Wise)
}

fn is_alipay_id(account: &str) -> bool {
    account.starts_with("2088") && has_form(account, 16..=16, |c| c.is_ascii_digit())
}

fn mobile(raw: &RawIdentifier<'_>, account: &str) -> Result<Identifier, Fault> {
    let stated = raw.country.filter(|country| !country.trim().is_empty());
    let phone = phone::parse(&RawIdentifier { value: account, country: stated.or(Some("CN")), ..*raw })?;
    match phone.key.strip_prefix("+86") {
        // What is too short for a mobile number is most often a user id that was cut off.
        Some(national) if !(national.starts_with('1') && national.len() == 11) => {
            Err(Fault::malformed(hint(Payment::Alipay)))
        }
        _ => Ok(phone),
    }
}

fn account_in_link(service: Payment, url: &Url) -> Option<String> {
    let segments: Vec<&str> = url.path_segments()?.filter(|segment| !segment.is_empty()).collect();
    let is_short = url.host_str().is_some_and(|host| host.trim_start_matches("www.") == "paypal.me");
    match (service, segments.as_slice()) {
        (Payment::Paypal, [name, ..]) if is_short => Some(format!("@{name}")),
        (Payment::Paypal, ["paypalme", name, ..]) => Some(format!("@{name}")),
        (Payment::Wise, ["pay", "me", tag, ..]) => Some(format!("@{}", tag.trim_start_matches('@'))),
        (Payment::Wise, ["pay", "business", name, ..]) => Some(format!("{WISE_BUSINESS}{name}")),
        (Payment::Venmo, ["u", name, ..] | [name]) => Some((*name).to_owned()),
        (Payment::CashApp, [tag, ..]) if tag.starts_with('$') => Some((*tag).to_owned()),
        _ => None,
    }
}

/// The name or number in its one spelling.
fn name(service: Payment, typed: &str) -> Option<String> {
    let lower = text::fold(typed);
    let is_digit = |c: char| c.is_ascii_digit();
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    match service {
        Payment::Alipay => is_alipay_id(typed).then(|| typed.to_owned()),
        Payment::Paypal => match lower.strip_prefix('@') {
            Some(name) => has_form(name, 1..=20, is_word).then(|| format!("{PAYPAL_ME}{name}")),
            None => {
                let id = lower.to_uppercase();
                let is_id =
                    has_form(&id, 13..=13, |c| matches!(c, '2'..='9' | 'A'..='H' | 'J'..='N' | 'P'..='Z'));
                is_id.then_some(id)
            }
        },
        Payment::WechatPay => has_form(&lower, 10..=10, is_digit).then_some(lower),
        Payment::Payoneer => has_form(&lower, 6..=12, is_digit).then_some(lower),
        Payment::Wise => {
            let is_name = |c| is_word(c) || matches!(c, '.' | '_' | '-');
            let name = lower.strip_prefix('@').or_else(|| lower.strip_prefix(WISE_BUSINESS))?;
            has_form(name, 2..=64, is_name).then(|| lower.clone())
        }
        Payment::Venmo => {
            let name = lower.strip_prefix('@').unwrap_or(&lower);
            has_form(name, 5..=30, |c| is_word(c) || matches!(c, '_' | '-')).then(|| format!("@{name}"))
        }
        Payment::CashApp => {
            let tag = lower.strip_prefix('$').unwrap_or(&lower);
            let has_letter = tag.contains(|c: char| c.is_ascii_lowercase());
            (has_letter && has_form(tag, 1..=20, |c| is_word(c) || matches!(c, '_' | '-')))
                .then(|| format!("${tag}"))
        }
    }
}

fn has_form(id: &str, length: std::ops::RangeInclusive<usize>, is_inside: impl Fn(char) -> bool) -> bool {
    length.contains(&id.len()) && id.chars().all(is_inside)
}

fn hint(service: Payment) -> &'static str {
    match service {
        Payment::Alipay => "An Alipay account is an e-mail address, a mobile number, or 2088 and 12 digits.",
        Payment::Paypal => "A PayPal account is an e-mail address, a paypal.me link, or a merchant id of 13.",
        Payment::WechatPay => {
            "A merchant of WeChat Pay has 10 digits; give a personal account as `messaging`."
        }
        Payment::Payoneer => "A Payoneer account is an e-mail address or a customer id of 6 to 12 digits.",
        Payment::Wise => "A Wise account is an e-mail address, a @wisetag or a wise.com/pay link.",
        Payment::Venmo => "A Venmo name has 5 to 30 letters, digits, - and _.",
        Payment::CashApp => "A $cashtag has at most 20 letters and digits, a letter among them.",
    }
}

#[cfg(test)]
mod tests;
