//! Domain: the registrable domain of a seller's own website.
//!
//! Rules: host names by UTS #46 (`idna`), the registrable part by Mozilla's Public Suffix List (`psl`),
//! its private section included, so `a.myshopify.com` and `b.myshopify.com` stay apart. A suffix that
//! the list does not know yet counts as one label, as the list itself says.
//!
//! Value and key are the A-label (`xn--…`): two U-labels can look alike and differ, the A-label cannot.
//! A host that many strangers share (a platform, a mail provider, a link shortener) is no seller's
//! domain and is refused.

use ::url::{Host, Url};

use super::url::{host_of, web_url};
use super::{Fault, Identifier, RawIdentifier, Strength, storefront, text};

pub const STRENGTH: Strength = Strength::Strong;

/// Registrable domains that belong to nobody among their users; the platforms' own are in
/// `storefront::platforms`.
const SHARED_HOSTS: &str = "\
    126.com 139.com 163.com 21cn.com aliyun.com amzn.eu amzn.to aol.com archive.org avito.ru baidu.com \
    bilibili.com bing.com bit.ly bk.ru blogger.com cdiscount.com coupang.com daum.net depop.com discord.com \
    discord.gg dropbox.com facebook.com fb.com fb.me fbcdn.net flipkart.com foxmail.com free.fr g.co gmail.com \
    gmx.de gmx.net goo.gl google.com googlemail.com gumtree.com hanmail.net hepsiburada.com hotmail.co.uk \
    hotmail.com hotmail.fr icloud.com imgur.com inbox.ru indiamart.com instagram.com leboncoin.fr libero.it \
    line.me linkedin.com linktr.ee list.ru live.cn live.com m.me made-in-china.com mail.com mail.ru me.com \
    medium.com meesho.com mercari.com messenger.com msn.com n11.com naver.com noon.com o2.pl ok.ru olx.com.br \
    olx.pl olx.ua orange.fr outlook.com outlook.com.tr paypal.com paypal.me pinterest.com poshmark.com proton.me \
    protonmail.com qq.com quora.com rambler.ru reddit.com seznam.cz shein.com shope.ee sina.com sina.com.cn \
    skype.com snapchat.com sohu.com szwego.com t-online.de t.co t.me taplink.cc tb.cn telegram.me telegram.org \
    tinyurl.com trendyol.com twitter.com vimeo.com vinted.co.uk vinted.com vinted.de vinted.es vinted.fr \
    vinted.it vinted.nl vinted.pl vk.com wa.me wallapop.com web.de wechat.com weibo.cn weibo.com whatsapp.com \
    wikipedia.org wordpress.com wp.pl x.com yahoo.co.jp yahoo.co.uk yahoo.com yandex.com yandex.ru yeah.net \
    ymail.com youtu.be youtube.com zalando.de zalo.me zhihu.com";

pub fn parse(raw: &RawIdentifier<'_>) -> Result<Identifier, Fault> {
    let given = text::given(raw.value)?;
    let url = web_url(&given)?;
    let host = named_host(&url)?;
    if is_example(host) {
        return Err(Fault::placeholder());
    }
    let registrable = psl::domain_str(host);
    if storefront::platform_of_host(host).is_some() || registrable.is_some_and(is_shared_host) {
        let message = format!("{host} is shared by many sellers; report the shop or the page instead.");
        return Err(Fault::new("value", "shared_host", message));
    }
    let Some(domain) = registrable else {
        return Err(no_domain(host));
    };
    if !is_host_name(domain) {
        return Err(Fault::malformed(format!("{domain} is not a domain name.")));
    }
    Ok(Identifier {
        kind: raw.kind,
        value: domain.to_owned(),
        key: domain.to_owned(),
        platform: None,
        country: None,
        scheme: None,
    })
}

/// Whether a registrable domain is on the list of shared hosts.
pub fn is_shared_host(registrable: &str) -> bool {
    SHARED_HOSTS.split_ascii_whitespace().any(|shared| shared == registrable)
}

/// RFC 2606 and RFC 6761: names that never belong to anyone.
pub fn is_example(host: &str) -> bool {
    let mut labels = host.rsplit('.');
    let top = labels.next().unwrap_or_default();
    matches!(top, "example" | "invalid" | "test")
        || (matches!(top, "com" | "net" | "org") && labels.next() == Some("example"))
}

/// The A-label form of a full domain name, or nothing if it is not one.
pub fn ascii(domain: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii_cow(domain.as_bytes(), idna::AsciiDenyList::URL).ok()?;
    let ascii = ascii.trim_end_matches('.');
    (ascii.contains('.') && is_host_name(ascii)).then(|| ascii.to_owned())
}

/// Letters, digits and hyphens in labels of 1 to 63, 253 in all (RFC 1123).
fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

fn named_host(url: &Url) -> Result<&str, Fault> {
    match url.host() {
        Some(Host::Domain(_)) => Ok(host_of(url)),
        _ => Err(Fault::malformed("An address in numbers is not a domain; report it as a URL.")),
    }
}

fn no_domain(host: &str) -> Fault {
    let is_suffix = psl::suffix(host.as_bytes()).is_some_and(|suffix| suffix.is_known() && suffix == host);
    if is_suffix {
        let message = format!("Anyone can register names below {host}; give the full domain.");
        return Fault::new("value", "public_suffix", message);
    }
    Fault::malformed(format!("{host} is not a domain name."))
}

#[cfg(test)]
mod tests {
    use super::super::IdentifierType::Domain;
    use super::super::text::testing::{assert_stable, parsed, raw, refused};
    use super::*;

    #[test]
    fn spellings_of_one_domain_meet_in_one_key() {
        for (typed, key) in [
            ("cheap-bags.shop", "cheap-bags.shop"),
            ("HTTPS://www.Cheap-Bags.shop/products/1?ref=x", "cheap-bags.shop"),
            (" m.cheap-bags.shop. ", "cheap-bags.shop"),
            ("ｃheap-bags．shop", "cheap-bags.shop"),
            ("cheap-bags.shop:8443", "cheap-bags.shop"),
            ("www.shop.co.uk", "shop.co.uk"),
            ("a.b.fake-store.myshopify.com", "fake-store.myshopify.com"),
            ("bücher.de", "xn--bcher-kva.de"),
            ("www.XN--BCHER-KVA.de", "xn--bcher-kva.de"),
            ("商店.中国", "xn--czrs0t.xn--fiqs8s"),
            ("new-name.notyetlisted", "new-name.notyetlisted"),
        ] {
            let identifier = parsed(&raw(Domain, typed));
            assert_eq!(identifier.key, key, "{typed:?}");
            assert_stable(&identifier);
        }
    }

    #[test]
    fn what_is_no_sellers_domain_is_refused() {
        for (typed, code) in [
            ("n/a", "placeholder"),
            ("", "required"),
            ("www.example.com", "placeholder"),
            ("com", "public_suffix"),
            ("co.uk", "public_suffix"),
            ("myshopify.com", "public_suffix"),
            ("www.amazon.co.uk", "shared_host"),
            ("shop123.taobao.com", "shared_host"),
            ("facebook.com", "shared_host"),
            ("mail.qq.com", "shared_host"),
            ("93.184.216.34", "malformed"),
            ("localhost", "private_host"),
            ("bags", "malformed"),
            ("a..com", "malformed"),
            ("-bags.com", "malformed"),
            ("two words.com", "malformed"),
            ("shop@bags.com", "userinfo"),
        ] {
            assert_eq!(refused(&raw(Domain, typed)), ("value", code), "{typed:?}");
        }
    }

    #[test]
    fn mail_domains_are_full_host_names() {
        assert_eq!(ascii("Bücher.DE").as_deref(), Some("xn--bcher-kva.de"));
        for wrong in ["", "de", "a_b.com", "a..b", "-a.com", "a b.com", "1.2.3.4/x"] {
            assert_eq!(ascii(wrong), None, "{wrong:?}");
        }
    }
}
