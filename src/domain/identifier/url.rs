//! URL: a web page of a seller, usually one listing.
//!
//! Rules: the WHATWG URL standard (`url`), http and https only; a value with no scheme is taken as
//! https. What does not choose the page is dropped: the fragment, a default port, tracking parameters,
//! in the key also the scheme, `www.` and a closing slash. The query is sorted. Mobile hosts of known
//! platforms become their desktop hosts.
//!
//! A listing of a known platform has the key `listing/platform/item` (see `listing`). A platform's bare
//! home page says nothing about a seller and is refused, and so are user names in URLs (they disguise
//! the host) and hosts that cannot be reached from outside.

mod listing;

use std::net::{IpAddr, Ipv4Addr};

use ::url::{Host, Url};

use super::{Fault, Identifier, RawIdentifier, Strength, domain, storefront, text};

pub use listing::is_listing;

pub const STRENGTH: Strength = Strength::Strong;

/// Parameters that no site uses to choose a page, as prefixes and as full names.
const TRACKING_PREFIXES: &[&str] = &["utm_", "mc_", "hsa_", "_hs"];
const TRACKING: &str =
    "dclid fbclid gbraid gclid igsh igshid msclkid pvid ref ref_ scm spm ttclid twclid wbraid yclid";

/// The same, but only on the known platforms: elsewhere `th=5` may be the number of a thread.
const PLATFORM_TRACKING_PREFIXES: &[&str] = &[
    "_trk", "_x_", "aff_", "algo_", "ali_", "mk", "pd_rd_", "pf_rd_", "ref_", "share_", "sp_atk", "ut_",
    "xptdk",
];
const PLATFORM_TRACKING: &str = "_r _t abbucket aem_p4p_detail af afsmartredirect amdata campid content-id crid \
    customid dib dib_tag gatewayadapt hash initiative_id keywords linkcode mi_id ns pos psc qid scene sk smid \
    sourcetype sprefix sr suid tag terminal_id th toolid tt un widget";

/// Suffixes of names that only mean something inside a network (RFC 6761, RFC 6762, RFC 8375, ICANN).
const PRIVATE_SUFFIXES: &[&str] =
    &["localhost", "local", "internal", "lan", "intranet", "home.arpa", "onion"];

/// Mobile hosts whose pages have the same paths on the desktop host.
const DESKTOP_HOSTS: &[(&str, &str)] = &[
    ("m.1688.com", "www.1688.com"),
    ("m.aliexpress.com", "www.aliexpress.com"),
    ("m.dhgate.com", "www.dhgate.com"),
    ("m.ebay.com", "www.ebay.com"),
    ("m.etsy.com", "www.etsy.com"),
    ("m.facebook.com", "www.facebook.com"),
    ("mbasic.facebook.com", "www.facebook.com"),
    ("m.jd.com", "www.jd.com"),
    ("m.taobao.com", "www.taobao.com"),
    ("m.tmall.com", "www.tmall.com"),
    ("m.tiktok.com", "www.tiktok.com"),
];

pub fn parse(raw: &RawIdentifier<'_>) -> Result<Identifier, Fault> {
    let given = text::given(raw.value)?;
    let url = web_url(&given)?;
    if let Some(listing) = listing::find(&url) {
        return Ok(listing.into_identifier(raw.kind));
    }
    let host = host_of(&url);
    if matches!(url.host(), Some(Host::Domain(_))) && !host.contains('.') {
        return Err(Fault::malformed(format!("{host} is not a full host name.")));
    }
    if domain::is_example(host) {
        return Err(Fault::placeholder());
    }
    let platform = storefront::platform_of_host(host);
    let query = telling_query(&url, platform.is_some());
    if query.is_empty() && url.path().trim_end_matches('/').is_empty() && is_home(host) {
        let message = format!("{host} is the platform itself; give the page of the seller or of a listing.");
        return Err(Fault::new("value", "platform_page", message));
    }
    let host = DESKTOP_HOSTS.iter().find(|(mobile, _)| *mobile == host).map_or(host, |(_, desktop)| *desktop);
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let value = format!("{}://{host}{port}{}{query}", url.scheme(), url.path());
    let bare = host.strip_prefix("www.").unwrap_or(host);
    let key = format!("{bare}{port}{}{query}", url.path().trim_end_matches('/'));
    Ok(Identifier {
        kind: raw.kind,
        value,
        key,
        platform: platform.map(str::to_owned),
        country: None,
        scheme: None,
    })
}

/// Whether a page of a known platform shows what many sellers offer: a search, a category, a group, an item of a catalogue
/// that sellers share, as Amazon's and Walmart's are. It was a seller's page to whoever reported it, but says nothing about who it is.
pub fn is_of_many_sellers(value: &str) -> bool {
    const PAGES: &[&str] =
        &["c", "category", "groups", "hashtag", "marketplace", "sch", "search", "wholesale"];
    let Ok(url) = web_url(value) else { return false };
    let Some(slug) = storefront::platform_of_host(host_of(&url)) else { return false };
    let first = url.path_segments().and_then(|mut segments| segments.next().map(str::to_ascii_lowercase));
    let is_search = first.is_some_and(|first| PAGES.contains(&first.trim_end_matches(".htm")));
    is_search || slug == "amazon" || (slug == "walmart" && is_listing(&url))
}

/// A public http or https URL out of what was typed.
pub fn web_url(value: &str) -> Result<Url, Fault> {
    let is_scheme = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let spelled = match value.split_once("://") {
        Some((scheme, _)) if is_scheme(scheme) => {
            if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
                let message = "Only http and https URLs can be reported.";
                return Err(Fault::new("value", "unsupported_scheme", message));
            }
            value.to_owned()
        }
        _ => format!("https://{}", value.trim_start_matches('/')),
    };
    let url =
        Url::parse(&spelled).map_err(|error| Fault::malformed(format!("This is not a URL: {error}.")))?;
    if !url.username().is_empty() || url.password().is_some() {
        let message = "A URL with a user name before the host hides where it leads; give it without.";
        return Err(Fault::new("value", "userinfo", message));
    }
    if is_private(&url) {
        let message = "This host cannot be reached from the public internet.";
        return Err(Fault::new("value", "private_host", message));
    }
    Ok(url)
}

/// The host in lower case, A-labels, without the root's dot.
pub fn host_of(url: &Url) -> &str {
    url.host_str().unwrap_or_default().trim_end_matches('.')
}

fn is_private(url: &Url) -> bool {
    let address = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => address.to_canonical(),
        _ => {
            let host = host_of(url);
            let below = |suffix: &&str| {
                host.strip_suffix(*suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            };
            return host.is_empty() || PRIVATE_SUFFIXES.iter().any(below);
        }
    };
    match address {
        IpAddr::V4(v4) => is_private_v4(v4),
        IpAddr::V6(v6) => {
            v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
                || v6.is_multicast()
        }
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    let is_carrier_nat = first == 100 && (64..128).contains(&second);
    first == 0
        || is_carrier_nat
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
}

/// Whether the host is a platform itself and not a shop's subdomain of it.
fn is_home(host: &str) -> bool {
    let bare = ["www.", "m."].iter().find_map(|prefix| host.strip_prefix(prefix)).unwrap_or(host);
    storefront::is_platform_host(bare) || domain::is_shared_host(bare)
}

/// The parameters that choose the page, sorted, with the question mark; empty if there are none.
fn telling_query(url: &Url, on_platform: bool) -> String {
    let mut pairs: Vec<&str> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && !is_tracking(pair, on_platform))
        .collect();
    pairs.sort_unstable();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

fn is_tracking(pair: &str, on_platform: bool) -> bool {
    let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
    let is_among = |names: &str, prefixes: &[&str]| {
        names.split_ascii_whitespace().any(|known| known == name)
            || prefixes.iter().any(|prefix| name.starts_with(prefix))
    };
    is_among(TRACKING, TRACKING_PREFIXES)
        || (on_platform && is_among(PLATFORM_TRACKING, PLATFORM_TRACKING_PREFIXES))
}

#[cfg(test)]
mod tests {
    use super::super::IdentifierType::Url as Kind;
    use super::super::text::testing::{assert_stable, parsed, raw, refused};

    #[test]
    fn spellings_of_one_page_meet_in_one_key() {
        for (typed, key) in [
            ("https://Cheap-Bags.shop/item/1", "cheap-bags.shop/item/1"),
            ("http://www.cheap-bags.shop:80/item/1/#top", "cheap-bags.shop/item/1"),
            ("cheap-bags.shop/item/1?utm_source=ig&fbclid=2&ref=home", "cheap-bags.shop/item/1"),
            ("//cheap-bags.shop/x/../item/1", "cheap-bags.shop/item/1"),
            ("https://bags.shop/?b=2&a=1&th=5", "bags.shop?a=1&b=2&th=5"),
            ("https://bags.shop:8443/", "bags.shop:8443"),
            ("https://bags.shop./A", "bags.shop/A"),
            ("bücher.de/ü", "xn--bcher-kva.de/%C3%BC"),
            ("https://1.1.1.1/shop", "1.1.1.1/shop"),
            ("https://[2606:4700::1111]/shop", "[2606:4700::1111]/shop"),
            ("https://go.shop/redirect?to=https://other.shop", "go.shop/redirect?to=https://other.shop"),
            ("go.shop/redirect?to=https://other.shop", "go.shop/redirect?to=https://other.shop"),
            ("https://shop123.taobao.com/", "shop123.taobao.com"),
            ("https://m.facebook.com/fakebags?ref_=9", "facebook.com/fakebags"),
            ("https://www.amazon.com/s?k=bags&qid=1&th=1", "amazon.com/s?k=bags"),
        ] {
            let identifier = parsed(&raw(Kind, typed));
            assert_eq!(identifier.key, key, "{typed:?}");
            assert_stable(&identifier);
        }
    }

    #[test]
    fn a_page_of_a_known_platform_is_labelled() {
        assert_eq!(parsed(&raw(Kind, "shop123.taobao.com")).platform.as_deref(), Some("taobao"));
        assert_eq!(parsed(&raw(Kind, "https://nottaobao.com/x")).platform, None);
    }

    #[test]
    fn a_page_of_many_sellers_is_told_from_one_of_a_seller() {
        for (typed, of_many) in [
            ("https://www.ebay.com/sch/i.html?_nkw=bags", true),
            ("https://s.taobao.com/search?q=nike", true),
            ("https://www.facebook.com/groups/123456789", true),
            ("https://www.facebook.com/marketplace/istanbul", true),
            ("https://www.walmart.com/ip/123456789", true),
            ("https://www.amazon.de/dp/B0ABCDE123", true),
            ("https://www.ebay.com/itm/123456789012", false),
            ("https://www.facebook.com/fakebags", false),
            ("https://cheap-bags.shop/search?q=1", false),
        ] {
            assert_eq!(super::is_of_many_sellers(typed), of_many, "{typed}");
        }
    }

    #[test]
    fn the_value_stays_a_url() {
        let identifier = parsed(&raw(Kind, "Www.Bags.shop/A?utm_id=1"));
        assert_eq!(identifier.value, "https://www.bags.shop/A");
    }

    #[test]
    fn what_names_no_public_page_is_refused() {
        for (typed, code) in [
            ("n/a", "placeholder"),
            ("https://example.com/x", "placeholder"),
            ("ftp://bags.shop/", "unsupported_scheme"),
            ("javascript:alert(1)", "malformed"),
            ("mailto:a@bags.shop", "userinfo"),
            ("https://amazon.com@bags.shop/", "userinfo"),
            ("https://u:p@bags.shop/", "userinfo"),
            ("https://bags/", "malformed"),
            ("see https://bags.shop", "malformed"),
            ("https://", "malformed"),
            ("http://localhost:8080/", "private_host"),
            ("http://router.lan/", "private_host"),
            ("http://127.0.0.1/", "private_host"),
            ("http://0x7f.1/", "private_host"),
            ("http://192.168.1.1/", "private_host"),
            ("http://100.64.0.1/", "private_host"),
            ("http://[::1]/", "private_host"),
            ("http://[::ffff:10.0.0.1]/", "private_host"),
            ("http://[fd00::1]/", "private_host"),
            ("https://www.amazon.com/", "platform_page"),
            ("https://www.aliexpress.com?spm=1", "platform_page"),
            ("taobao.com", "platform_page"),
            ("https://t.me/", "platform_page"),
        ] {
            assert_eq!(refused(&raw(Kind, typed)), ("value", code), "{typed:?}");
        }
    }
}
