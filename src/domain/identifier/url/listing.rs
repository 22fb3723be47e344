//! Listings of the known platforms: one item has many URLs, its key is `listing/platform/item`.
//!
//! Rules: the URL shapes that the platforms publish, as of 2026, held by the tests below. An item id is
//! one id over all of a platform's sites, except that an Amazon item (ASIN) is a catalogue entry that
//! several sellers may offer.

use ::url::Url;

use super::host_of;
use crate::domain::identifier::storefront::platforms::{Place, place_of_host};
use crate::domain::identifier::{Identifier, IdentifierType};

pub struct Listing {
    place: Place,
    item: String,
}

/// Whether the URL is a listing of a known platform.
pub fn is_listing(url: &Url) -> bool {
    find(url).is_some()
}

pub fn find(url: &Url) -> Option<Listing> {
    let place = place_of_host(host_of(url))?;
    let segments: Vec<&str> = url.path_segments()?.filter(|segment| !segment.is_empty()).collect();
    let item = match place.platform.slug {
        "taobao" | "tmall" => item_of_taobao(url, &segments),
        "1688" => number_after(&segments, &["offer"]),
        "aliexpress" => number_after(&segments, &["item", "i"]),
        "amazon" => asin(&segments),
        "ebay" => number_after(&segments, &["itm"]),
        "etsy" => number_after(&segments, &["listing"]),
        "walmart" => number_after(&segments, &["ip"]),
        "jd" if host_of(url).starts_with("item.") => segments.last().and_then(|last| number(last)),
        _ => None,
    }?;
    Some(Listing { place, item })
}

impl Listing {
    pub fn into_identifier(self, kind: IdentifierType) -> Identifier {
        let Self { place, item } = self;
        let host = place.host;
        let value = match place.platform.slug {
            "taobao" => format!("https://item.taobao.com/item.htm?id={item}"),
            "tmall" => format!("https://detail.{host}/item.htm?id={item}"),
            "1688" => format!("https://detail.1688.com/offer/{item}.html"),
            "aliexpress" => format!("https://www.aliexpress.com/item/{item}.html"),
            "amazon" => format!("https://www.{host}/dp/{item}"),
            "ebay" => format!("https://www.{host}/itm/{item}"),
            "etsy" => format!("https://www.etsy.com/listing/{item}"),
            "walmart" => format!("https://www.{host}/ip/{item}"),
            _ => format!("https://item.{host}/{item}.html"),
        };
        Identifier {
            kind,
            value,
            key: format!("listing/{}/{item}", place.platform.slug),
            platform: Some(place.platform.slug.to_owned()),
            country: place.country.map(str::to_owned),
            scheme: None,
        }
    }
}

/// `item.htm?id=1`, on the phone `detail.htm?id=1`, abroad `/item/1.htm`.
fn item_of_taobao(url: &Url, segments: &[&str]) -> Option<String> {
    let page = segments.last()?;
    if page.starts_with("item") || page.starts_with("detail") {
        let id = url.query_pairs().find(|(name, _)| name == "id").and_then(|(_, id)| number(&id));
        if id.is_some() {
            return id;
        }
    }
    number_after(segments, &["item"])
}

/// The first number behind one of the named segments; a title may stand between them.
fn number_after(segments: &[&str], names: &[&str]) -> Option<String> {
    segments.iter().skip_while(|segment| !names.contains(segment)).skip(1).find_map(|segment| number(segment))
}

fn number(segment: &str) -> Option<String> {
    let digits = segment.trim_end_matches(".html").trim_end_matches(".htm");
    let is_number = (5..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| digits.to_owned())
}

/// Ten letters and digits behind `dp`, `gp/product` or their mobile forms.
fn asin(segments: &[&str]) -> Option<String> {
    let marked = segments.windows(2).find_map(|pair| match pair {
        ["dp" | "product" | "d" | "offer-listing", id] => Some(*id),
        _ => None,
    })?;
    let is_asin = marked.len() == 10 && marked.bytes().all(|b| b.is_ascii_alphanumeric());
    is_asin.then(|| marked.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use crate::domain::identifier::IdentifierType::Url as Kind;
    use crate::domain::identifier::text::testing::{assert_stable, parsed, raw};

    #[test]
    fn urls_of_one_item_meet_in_one_key() {
        for (typed, key) in [
            (
                "https://item.taobao.com/item.htm?spm=a1.2&id=612345678901&ns=1#detail",
                "listing/taobao/612345678901",
            ),
            ("https://h5.m.taobao.com/awp/core/detail.htm?id=612345678901", "listing/taobao/612345678901"),
            ("https://world.taobao.com/item/612345678901.htm", "listing/taobao/612345678901"),
            ("detail.tmall.com/item.htm?id=612345678902&skuId=5", "listing/tmall/612345678902"),
            ("https://detail.m.tmall.com/item.htm?id=612345678902", "listing/tmall/612345678902"),
            ("https://detail.tmall.hk/hk/item.htm?id=612345678902", "listing/tmall/612345678902"),
            ("https://detail.1688.com/offer/700123456789.html?spm=x", "listing/1688/700123456789"),
            ("https://m.1688.com/offer/700123456789.html", "listing/1688/700123456789"),
            (
                "https://de.aliexpress.com/item/1005001234567890.html?algo_pvid=1",
                "listing/aliexpress/1005001234567890",
            ),
            (
                "https://www.aliexpress.us/item/Nice-Bag/1005001234567890.html",
                "listing/aliexpress/1005001234567890",
            ),
            ("https://m.aliexpress.com/i/1005001234567890.html", "listing/aliexpress/1005001234567890"),
            (
                "https://www.amazon.com/Nice-Bag/dp/B0ABCDE123/ref=sr_1_1?qid=1&th=1",
                "listing/amazon/B0ABCDE123",
            ),
            ("https://www.amazon.de/gp/product/b0abcde123?psc=1", "listing/amazon/B0ABCDE123"),
            ("https://www.amazon.com/gp/aw/d/B0ABCDE123", "listing/amazon/B0ABCDE123"),
            (
                "https://www.ebay.com/itm/Nice-Bag/123456789012?hash=1&_trkparms=2",
                "listing/ebay/123456789012",
            ),
            ("https://www.ebay.co.uk/itm/123456789012", "listing/ebay/123456789012"),
            ("https://www.etsy.com/uk/listing/1234567890/nice-bag", "listing/etsy/1234567890"),
            ("https://www.walmart.com/ip/Nice-Bag/123456789", "listing/walmart/123456789"),
            ("https://item.jd.com/100012345678.html", "listing/jd/100012345678"),
            ("https://item.m.jd.com/product/100012345678.html", "listing/jd/100012345678"),
        ] {
            let identifier = parsed(&raw(Kind, typed));
            assert_eq!(identifier.key, key, "{typed:?}");
            assert_stable(&identifier);
        }
    }

    #[test]
    fn the_value_is_the_desktop_page_of_the_item() {
        for (typed, value, platform, country) in [
            (
                "h5.m.taobao.com/d/detail.htm?id=612345678901",
                "https://item.taobao.com/item.htm?id=612345678901",
                "taobao",
                None,
            ),
            (
                "https://www.amazon.de/dp/B0ABCDE123?psc=1",
                "https://www.amazon.de/dp/B0ABCDE123",
                "amazon",
                Some("DE"),
            ),
        ] {
            let identifier = parsed(&raw(Kind, typed));
            assert_eq!(identifier.value, value);
            assert_eq!(identifier.platform.as_deref(), Some(platform));
            assert_eq!(identifier.country.as_deref(), country);
        }
    }

    #[test]
    fn what_only_looks_like_a_listing_keeps_its_own_key() {
        for (typed, key) in [
            ("https://www.amazon.com/dp/short", "amazon.com/dp/short"),
            ("https://nottaobao.com/item.htm?id=612345678901", "nottaobao.com/item.htm?id=612345678901"),
            ("https://www.ebay.com/itm/", "ebay.com/itm"),
            ("https://s.taobao.com/search?q=bag", "s.taobao.com/search?q=bag"),
        ] {
            assert_eq!(parsed(&raw(Kind, typed)).key, key);
        }
    }
}
