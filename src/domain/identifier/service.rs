//! Which service an account is at, for the types whose values belong to one: messengers, payment services,
//! chains, carriers.
//!
//! Rules: ours. The service is the one that the field `platform` names, or a label before the id
//! (`微信号：jianli88`, `WhatsApp +86 …`, `bitcoin:1…`), or the host of a link. Where several say it, they
//! agree.

use ::url::Url;

use super::url::{host_of, web_url};
use super::{Fault, RawIdentifier, text};

/// A service and what people call it.
pub struct Service<K: 'static> {
    pub kind: K,
    pub slug: &'static str,
    /// Further names, in lower case and without spaces and signs.
    pub names: &'static [&'static str],
    /// Hosts of its links, without `www.`.
    pub hosts: &'static [&'static str],
}

/// What a reporter typed, without the label.
pub enum Given {
    Id(String),
    Link(Url),
}

/// No label is longer; a limit keeps a value of many words cheap.
const LABEL_BYTES_MAX: usize = 60;

/// Words that follow the name of a service in a label.
const NOUNS: &[&str] = &[
    "account", "address", "addr", "handle", "id", "name", "no", "number", "user", "username", "wallet", "号",
    "号码", "账号", "帐号", "账户", "地址", "钱包", "號", "號碼", "帳號", "賬號", "單號", "单号",
];

/// The service, unless nothing names it, and what was typed. The name of the service alone is no account.
pub fn read<K>(
    known: &'static [Service<K>],
    raw: &RawIdentifier<'_>,
) -> Result<(Option<&'static Service<K>>, Given), Fault> {
    let given = text::given(raw.value)?;
    let stated = match platform_field(raw.platform) {
        Some(name) => Some(called(known, name).ok_or_else(|| unknown(known))?),
        None => None,
    };
    let is_name = |value: &str, service: Option<&Service<K>>| {
        called(known, value).is_some_and(|named| service.is_none_or(|service| service.slug == named.slug))
    };
    if is_name(&given, stated) {
        return Err(Fault::placeholder());
    }
    let (found, given) = find(known, given)?;
    if let Given::Id(id) = &given
        && (text::is_placeholder(id) || is_name(id, found.or(stated)))
    {
        return Err(Fault::placeholder());
    }
    match (stated, found) {
        (Some(stated), Some(found)) if stated.slug != found.slug => {
            let message = format!("The value is of {}, the platform given is {}.", found.slug, stated.slug);
            Err(Fault::new("platform", "mismatch", message))
        }
        _ => Ok((found.or(stated), given)),
    }
}

/// The field `platform`, unless it is blank.
pub fn platform_field(field: Option<&str>) -> Option<&str> {
    field.map(str::trim).filter(|name| !name.is_empty())
}

/// The fault that neither the field, a label nor a link names the service.
pub fn required<K>(known: &[Service<K>]) -> Fault {
    Fault::new("platform", "required", format!("Say which service this is at: {}.", slugs(known)))
}

/// The fault of a link that does not show the account.
pub fn unsupported_link() -> Fault {
    let message = "This link does not show the account; give the id, and the link as a `url` identifier.";
    Fault::new("value", "unsupported_url", message)
}

/// The service that a name means, whatever its spelling.
pub fn called<K>(known: &'static [Service<K>], name: &str) -> Option<&'static Service<K>> {
    let folded = text::fold(name);
    let compact = text::words(&folded).replace(' ', "");
    let is_named = |service: &Service<K>, name: &str| {
        service.names.contains(&name) || service.slug.split('-').collect::<String>() == name
    };
    known.iter().find(|service| {
        service.hosts.contains(&folded.as_str())
            || is_named(service, &compact)
            || NOUNS.iter().filter_map(|noun| compact.strip_suffix(noun)).any(|name| is_named(service, name))
    })
}

/// The service that the value's label names and what follows it, by the longest label.
pub fn labelled<'a, K>(
    known: &'static [Service<K>],
    value: &'a str,
) -> Option<(&'static Service<K>, &'a str)> {
    let mut before = ' ';
    let mut best = None;
    for (at, c) in value.char_indices().take_while(|(at, _)| *at <= LABEL_BYTES_MAX) {
        // Chinese has no space between a label and a Latin id.
        let is_edge = matches!(c, ':' | ' ') || (text::is_unspaced(before) && c.is_ascii_graphic());
        if is_edge && let Some(service) = value.get(..at).and_then(|label| called(known, label)) {
            best = value.get(at..).map(|rest| (service, rest.trim_start_matches([' ', ':', '#', '-'])));
        }
        before = c;
    }
    best
}

fn find<K>(
    known: &'static [Service<K>],
    given: String,
) -> Result<(Option<&'static Service<K>>, Given), Fault> {
    let label = labelled(known, &given);
    if let Some((service, rest)) = label
        && rest.starts_with("//")
    {
        let url = Url::parse(&given).map_err(|_| unsupported_link())?;
        return Ok((Some(service), Given::Link(url)));
    }
    let (service, rest) = label.map_or((None, given.as_str()), |(service, rest)| (Some(service), rest));
    let Some((host, url)) = link(known, rest)? else {
        // Behind the question mark of `skype:name?chat` and `bitcoin:address?amount=1` is no id.
        let id = if service.is_some() { rest.split('?').next().unwrap_or_default() } else { rest };
        return Ok((service, Given::Id(id.trim().to_owned())));
    };
    match service {
        Some(service) if service.slug != host.slug => {
            let message = format!("The label says {}, the link is of {}.", service.slug, host.slug);
            Err(Fault::new("value", "mismatch", message))
        }
        _ => Ok((Some(host), Given::Link(url))),
    }
}

fn link<K>(known: &'static [Service<K>], value: &str) -> Result<Option<(&'static Service<K>, Url)>, Fault> {
    let bare = |host: &str| host.strip_prefix("www.").unwrap_or(host).to_lowercase();
    let of_host = |host: &str| known.iter().find(|service| service.hosts.contains(&bare(host).as_str()));
    let start = value.split(['/', '?', '#']).next().unwrap_or_default();
    if !value.contains("://") && of_host(start).is_none() {
        return Ok(None);
    }
    let url = web_url(value)?;
    match of_host(host_of(&url)) {
        Some(service) => Ok(Some((service, url))),
        None => Err(unsupported_link()),
    }
}

fn unknown<K>(known: &[Service<K>]) -> Fault {
    Fault::new("platform", "unknown", format!("The platform is one of {}.", slugs(known)))
}

fn slugs<K>(known: &[Service<K>]) -> String {
    known.iter().map(|service| service.slug).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::IdentifierType::Messaging;
    use super::super::text::testing::raw;
    use super::*;

    static KNOWN: &[Service<u8>] = &[
        Service { kind: 1, slug: "chat-one", names: &["一聊", "c1"], hosts: &["one.example-chat.com"] },
        Service { kind: 2, slug: "two", names: &[], hosts: &["two.chat"] },
    ];

    fn kind_and_id(platform: Option<&str>, value: &str) -> Result<(Option<u8>, String), &'static str> {
        let raw = RawIdentifier { platform, ..raw(Messaging, value) };
        let (service, given) = read(KNOWN, &raw).map_err(|fault| fault.code)?;
        let id = match given {
            Given::Id(id) => id,
            Given::Link(url) => url.to_string(),
        };
        Ok((service.map(|service| service.kind), id))
    }

    #[test]
    fn a_service_is_found_by_field_label_or_link() {
        for (platform, value, kind, id) in [
            (None, "jian", None, "jian"),
            (Some(" "), "jian", None, "jian"),
            (Some("Chat One"), "jian", Some(1), "jian"),
            (Some("CHAT-ONE"), "c1: jian", Some(1), "jian"),
            (Some("one.example-chat.com"), "jian", Some(1), "jian"),
            (None, "Chat One ID: jian", Some(1), "jian"),
            (None, "chat one jian", Some(1), "jian"),
            (None, "一聊号：jian", Some(1), "jian"),
            (None, "一聊jian", Some(1), "jian"),
            (None, "two:jian?chat", Some(2), "jian"),
            (None, "twofold", None, "twofold"),
            (Some("two"), "c1", Some(2), "c1"),
            (None, "Two.Chat/jian", Some(2), "https://two.chat/jian"),
            (None, "two: https://www.two.chat/jian", Some(2), "https://www.two.chat/jian"),
            (None, "two://open?name=jian", Some(2), "two://open?name=jian"),
        ] {
            assert_eq!(kind_and_id(platform, value), Ok((kind, id.to_owned())), "{platform:?} {value:?}");
        }
    }

    #[test]
    fn services_that_are_unknown_or_disagree_are_refused() {
        for (platform, value, code) in [
            (Some("three"), "jian", "unknown"),
            (Some("two"), "c1: jian", "mismatch"),
            (Some("c1"), "two.chat/jian", "mismatch"),
            (None, "c1: two.chat/jian", "mismatch"),
            (None, "https://elsewhere.chat/jian", "unsupported_url"),
            (Some("two"), "https://elsewhere.chat/jian", "unsupported_url"),
            (None, "", "required"),
            (Some("two"), "Two ID", "placeholder"),
            (None, "c1", "placeholder"),
            (None, "c1: none", "placeholder"),
        ] {
            assert_eq!(kind_and_id(platform, value), Err(code), "{platform:?} {value:?}");
        }
    }
}
