//! Account at a messenger.
//!
//! Rules by service, as their help pages give them; where those are silent (KakaoTalk, the length of
//! Skype's `live:` names) ours, and wide: WeChat: `wxid_…`, which the service issues and nobody can change,
//! or a chosen id of 6 to 20 Latin letters, digits, `-` and `_`, a letter first. QQ: 5 to 12 digits.
//! WhatsApp and Zalo: a phone number, as for the type `phone`; Zalo is Vietnam's, so a number with no
//! country is from there. Telegram: a name of 5 to 32 letters, digits and `_`, a letter first, or the
//! number of the account, which has no more than 10 digits so far; longer ones would be phone numbers. LINE
//! and KakaoTalk: 4 to 20 letters, digits and `._-`; an `@` before it makes a LINE id that of an official
//! account. Skype: 6 to 32 letters, digits and `.,_-`, a letter first, or `live:` and a name.
//!
//! No service tells names apart by case. Key is `service/id`. A name can pass to somebody else and one
//! account can have a number and a name: only what is equal joins.
//!
//! Links that hide the id (QR codes, invitations, group links) are refused.

use ::url::Url;

use super::service::{self, Given, Service};
use super::{Fault, Identifier, RawIdentifier, Strength, phone, text};

pub const STRENGTH: Strength = Strength::Strong;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Messenger {
    Wechat,
    Qq,
    Whatsapp,
    Telegram,
    Line,
    Skype,
    Kakaotalk,
    Zalo,
}

static MESSENGERS: &[Service<Messenger>] = &[
    Service {
        kind: Messenger::Wechat,
        slug: "wechat",
        names: &["weixin", "微信", "wx", "vx", "v信", "威信", "薇信"],
        hosts: &[],
    },
    Service {
        kind: Messenger::Qq,
        slug: "qq",
        names: &["腾讯qq", "扣扣", "tencentqq"],
        hosts: &["wpa.qq.com", "user.qzone.qq.com"],
    },
    Service {
        kind: Messenger::Whatsapp,
        slug: "whatsapp",
        names: &["wa", "whatsappbusiness"],
        hosts: &["wa.me", "api.whatsapp.com", "web.whatsapp.com"],
    },
    Service {
        kind: Messenger::Telegram,
        slug: "telegram",
        names: &["tg", "电报", "電報", "телеграм"],
        hosts: &["t.me", "telegram.me", "telegram.dog"],
    },
    Service { kind: Messenger::Line, slug: "line", names: &["lineapp"], hosts: &["line.me"] },
    Service { kind: Messenger::Skype, slug: "skype", names: &[], hosts: &[] },
    Service {
        kind: Messenger::Kakaotalk,
        slug: "kakaotalk",
        names: &["kakao", "카카오톡", "카톡"],
        hosts: &[],
    },
    Service { kind: Messenger::Zalo, slug: "zalo", names: &[], hosts: &["zalo.me"] },
];

/// What stands in Telegram's links in the place of a name.
const TELEGRAM_RESERVED: &str = "addemoji addlist addstickers addtheme boost c contact giftcode iv joinchat \
    login m proxy setlanguage share socks";

/// Whether a name means a messenger.
pub fn is_messenger(name: &str) -> bool {
    service::called(MESSENGERS, name).is_some()
}

pub fn parse(raw: &RawIdentifier<'_>) -> Result<Identifier, Fault> {
    let (service, given) = service::read(MESSENGERS, raw)?;
    let Some(service) = service.or_else(|| by_form(&given)) else {
        return Err(service::required(MESSENGERS));
    };
    let id = match given {
        Given::Id(id) => id,
        Given::Link(url) => id_in_link(service.kind, &url).ok_or_else(service::unsupported_link)?,
    };
    if text::is_placeholder(&id) {
        return Err(Fault::placeholder());
    }
    let slug = service.slug.to_owned();
    if matches!(service.kind, Messenger::Whatsapp | Messenger::Zalo) {
        let phone = number(service.kind, raw, &id)?;
        return Ok(Identifier { key: format!("{slug}/{}", phone.key), platform: Some(slug), ..phone });
    }
    let id = name(service.kind, &id).ok_or_else(|| Fault::malformed(hint(service.kind)))?;
    Ok(Identifier {
        kind: raw.kind,
        key: format!("{slug}/{id}"),
        value: id,
        platform: Some(slug),
        country: None,
        scheme: None,
    })
}

/// `j***`; a phone number as such.
pub fn mask(value: &str) -> String {
    if value.starts_with('+') {
        return phone::mask(value);
    }
    value.chars().next().map_or("***".to_owned(), |first| format!("{first}***"))
}

/// The service whose ids nobody else has.
fn by_form(given: &Given) -> Option<&'static Service<Messenger>> {
    let Given::Id(id) = given else { return None };
    let starts =
        |prefix: &str| id.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let kind = match () {
        () if starts("wxid_") => Messenger::Wechat,
        () if starts("live:") => Messenger::Skype,
        () => return None,
    };
    MESSENGERS.iter().find(|service| service.kind == kind)
}

fn number(service: Messenger, raw: &RawIdentifier<'_>, id: &str) -> Result<Identifier, Fault> {
    let typed = id.strip_suffix("@s.whatsapp.net").or_else(|| id.strip_suffix("@c.us"));
    let typed = typed.map_or_else(|| id.to_owned(), |digits| format!("+{digits}"));
    let stated = raw.country.filter(|country| !country.trim().is_empty());
    let country = if service == Messenger::Zalo { stated.or(Some("VN")) } else { stated };
    phone::parse(&RawIdentifier { value: &typed, country, ..*raw })
}

fn id_in_link(service: Messenger, url: &Url) -> Option<String> {
    let query =
        |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let path = url.path().replace("%40", "@").replace("%7E", "~");
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    match service {
        Messenger::Whatsapp => {
            let digits = query("phone").or_else(|| segments.next().map(str::to_owned))?;
            let digits = digits.trim().trim_start_matches('+');
            let is_number = digits.starts_with(|c: char| c.is_ascii_digit());
            is_number.then(|| format!("+{digits}"))
        }
        Messenger::Telegram => {
            let name = query("domain")
                .or_else(|| query("id"))
                .or_else(|| segments.find(|segment| *segment != "s").map(str::to_owned))?;
            let is_reserved =
                TELEGRAM_RESERVED.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case(&name));
            (!is_reserved && !name.starts_with('+')).then_some(name)
        }
        Messenger::Line => segments
            .skip_while(|segment| *segment != "p")
            .nth(1)
            .and_then(|id| id.strip_prefix('~').or_else(|| id.starts_with('@').then_some(id)))
            .map(str::to_owned),
        Messenger::Qq => query("uin").or_else(|| segments.next().map(str::to_owned)),
        Messenger::Zalo => segments.next().map(str::to_owned),
        Messenger::Wechat | Messenger::Skype | Messenger::Kakaotalk => None,
    }
}

/// The id in its one spelling.
fn name(service: Messenger, typed: &str) -> Option<String> {
    let lower = text::fold(typed);
    let id = match service {
        Messenger::Qq => {
            let bare = lower.strip_suffix("@qq.com").unwrap_or(&lower);
            bare.strip_prefix("qq").unwrap_or(bare).trim_start()
        }
        Messenger::Telegram => lower.trim_start_matches('@'),
        _ => &lower,
    };
    let is_number = |digits: std::ops::RangeInclusive<usize>| {
        digits.contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit())
    };
    let is_name = match service {
        Messenger::Wechat => match id.strip_prefix("wxid_") {
            Some(issued) => has_form(issued, 6..=32, ""),
            None => begins_with_letter(id) && has_form(id, 6..=20, "-_"),
        },
        Messenger::Qq => is_number(5..=12) && !id.starts_with('0'),
        Messenger::Telegram => is_number(5..=10) || (begins_with_letter(id) && has_form(id, 5..=32, "_")),
        Messenger::Line => has_form(id.strip_prefix('@').unwrap_or(id), 4..=20, "._-"),
        Messenger::Kakaotalk => has_form(id, 4..=20, "._-"),
        Messenger::Skype => match id.strip_prefix("live:") {
            Some(chosen) => has_form(chosen, 3..=64, ".,_-"),
            None => begins_with_letter(id) && has_form(id, 6..=32, ".,_-"),
        },
        Messenger::Whatsapp | Messenger::Zalo => false,
    };
    is_name.then(|| id.to_owned())
}

fn begins_with_letter(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_lowercase())
}

fn has_form(id: &str, length: std::ops::RangeInclusive<usize>, signs: &str) -> bool {
    length.contains(&id.len())
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || signs.contains(c))
}

fn hint(service: Messenger) -> &'static str {
    match service {
        Messenger::Wechat => {
            "A WeChat id has 6 to 20 Latin letters, digits, - and _, a letter first, or begins with wxid_; \
             give a phone number as `phone`."
        }
        Messenger::Qq => "A QQ number has 5 to 12 digits.",
        Messenger::Telegram => {
            "A Telegram name has 5 to 32 letters, digits and _, a letter first, an account's number up to 10 \
             digits; give a phone number as `phone`."
        }
        Messenger::Line | Messenger::Kakaotalk => "The id has 4 to 20 Latin letters, digits, dots, - and _.",
        Messenger::Skype => "A Skype name has 6 to 32 Latin letters, digits and .,_- or begins with live:",
        Messenger::Whatsapp | Messenger::Zalo => "The account is a phone number.",
    }
}

#[cfg(test)]
mod tests;
