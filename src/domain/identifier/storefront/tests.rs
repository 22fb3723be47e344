use super::super::IdentifierType::Storefront;
use super::super::text::testing::{assert_stable, parsed, raw, refused};
use super::*;

fn on<'a>(platform: &'a str, value: &'a str) -> RawIdentifier<'a> {
    RawIdentifier { platform: Some(platform), ..raw(Storefront, value) }
}

#[test]
fn a_shop_url_gives_platform_site_and_id() {
    for (typed, key) in [
        ("https://shop880246.taobao.com/?spm=a1", "taobao/com/880246"),
        ("shop880246.m.taobao.com", "taobao/com/880246"),
        ("https://shop.taobao.com/?shop_id=880246", "taobao/com/880246"),
        ("https://store.taobao.com/shop/view_shop.htm?shop_id=880246", "taobao/com/880246"),
        ("https://store.taobao.com/shop/view_shop.htm?user_number_id=777888999", "taobao/com/user:777888999"),
        ("https://fakebags.taobao.com/category.htm", "taobao/com/fakebags"),
        ("https://nikefake.tmall.com/", "tmall/com/nikefake"),
        ("https://nikefake.m.tmall.com/shop/shop_auction_search.htm", "tmall/com/nikefake"),
        ("https://nikefake.tmall.hk/", "tmall/hk/nikefake"),
        ("https://shop1a2b3c4d5e.1688.com/page/offerlist.htm", "1688/com/shop1a2b3c4d5e"),
        ("https://m.1688.com/winport/b2b-2201234567.html", "1688/com/member:b2b-2201234567"),
        ("https://fakebags.en.alibaba.com/company_profile.html", "alibaba/com/fakebags"),
        ("https://www.aliexpress.com/store/1101234567?spm=1", "aliexpress/com/1101234567"),
        ("https://m.aliexpress.com/store/1101234567", "aliexpress/com/1101234567"),
        ("https://de.aliexpress.com/store/sale-items/1101234567.html", "aliexpress/com/1101234567"),
        ("https://www.aliexpress.us/store/1101234567", "aliexpress/com/1101234567"),
        ("https://m.aliexpress.com/store/storeHome.htm?sellerAdminSeq=2345", "aliexpress/com/seller:2345"),
        ("https://www.amazon.com/sp?ie=UTF8&seller=A1B2C3D4E5F6G7", "amazon/com/A1B2C3D4E5F6G7"),
        ("https://www.amazon.de/s?me=a1b2c3d4e5f6g7&marketplaceID=X", "amazon/de/A1B2C3D4E5F6G7"),
        ("https://www.amazon.co.uk/s?merchant=A1B2C3D4E5F6G7", "amazon/co.uk/A1B2C3D4E5F6G7"),
        ("amazon.com.mx/shops/A1B2C3D4E5F6G7", "amazon/com.mx/A1B2C3D4E5F6G7"),
        ("https://www.ebay.com/usr/Fake_Bags?_trksid=1", "ebay/com/usr:fake_bags"),
        ("https://www.ebay.co.uk/str/fakebags", "ebay/com/str:fakebags"),
        ("https://www.ebay.de/sch/i.html?_ssn=Fake_Bags", "ebay/com/usr:fake_bags"),
        ("https://www.etsy.com/uk/shop/FakeBags", "etsy/com/fakebags"),
        ("https://fakebags.etsy.com", "etsy/com/fakebags"),
        ("https://shopee.sg/shop/880246", "shopee/sg/880246"),
        ("https://shopee.vn/fakebags_official?page=2", "shopee/vn/fakebags_official"),
        ("https://www.ozon.ru/seller/fake-bags-880246/", "ozon/ru/fake-bags-880246"),
        ("https://www.facebook.com/pg/fakebags/posts", "facebook/com/fakebags"),
        ("https://www.instagram.com/_u/fake.bags", "instagram/com/fake.bags"),
        ("https://www.dhgate.com/store/top-selling/21234567.html", "dhgate/com/21234567"),
        ("https://nikefake.tmall.com/p/rd1.htm", "tmall/com/nikefake"),
        ("https://nikefake.taobao.com/search.htm?q=1", "taobao/com/nikefake"),
        ("https://www.lazada.com.my/shop/fake-bags/", "lazada/com.my/fake-bags"),
        ("https://www.dhgate.com/store/21234567", "dhgate/com/21234567"),
        ("https://www.walmart.com/seller/101234567", "walmart/com/101234567"),
        ("https://mall.jd.com/index-1000123456.html", "jd/com/1000123456"),
        ("https://www.temu.com/fake-bags-m-634418212345.html", "temu/com/634418212345"),
        ("https://mobile.yangkeduo.com/mall_page.html?mall_id=880246", "pinduoduo/com/880246"),
        ("https://instagram.com/Fake.Bags/", "instagram/com/fake.bags"),
        ("https://www.tiktok.com/@fakebags/video/1", "tiktok/com/fakebags"),
        ("https://www.facebook.com/profile.php?id=100001234567", "facebook/com/100001234567"),
        ("https://fakebags.x.yupoo.com/albums", "yupoo/com/fakebags"),
    ] {
        let identifier = parsed(&raw(Storefront, typed));
        assert_eq!(identifier.key, key, "{typed:?}");
        assert_stable(&identifier);
    }
}

#[test]
fn an_id_with_its_platform_meets_the_url_of_the_shop() {
    for (platform, typed, key) in [
        ("Taobao", " shop880246 ", "taobao/com/880246"),
        ("淘宝", "１２３４５７", "taobao/com/123457"),
        ("taobao.com", "user:777888999", "taobao/com/user:777888999"),
        ("Amazon", "a1b2c3d4e5f6g7", "amazon/com/A1B2C3D4E5F6G7"),
        ("amazon.com", "A1B2C3D4E5F6G7", "amazon/com/A1B2C3D4E5F6G7"),
        ("AMAZON US", "A1B2C3D4E5F6G7", "amazon/com/A1B2C3D4E5F6G7"),
        ("www.amazon.de", "A1B2C3D4E5F6G7", "amazon/de/A1B2C3D4E5F6G7"),
        ("eBay UK", "Fake_Bags", "ebay/com/usr:fake_bags"),
        ("Amazon UK", "A1B2C3D4E5F6G7", "amazon/co.uk/A1B2C3D4E5F6G7"),
        ("amazon.de", "https://www.amazon.com/sp?seller=A1B2C3D4E5F6G7", "amazon/com/A1B2C3D4E5F6G7"),
        ("Ali Express", "1101234567", "aliexpress/com/1101234567"),
        ("aliexpress.com", "https://www.aliexpress.com/store/1101234567", "aliexpress/com/1101234567"),
        ("eBay", "Fake_Bags", "ebay/com/usr:fake_bags"),
        ("ebay", "STR:FakeBags", "ebay/com/str:fakebags"),
        ("Instagram", "@Fake.Bags", "instagram/com/fake.bags"),
        ("shopee", "880246", "shopee/*/880246"),
        ("Foo Market", "Fake Bags No1", "foo-market/*/fake bags no1"),
        ("得物", "88001", "dewu/*/88001"),
    ] {
        let identifier = parsed(&on(platform, typed));
        assert_eq!(identifier.key, key, "{platform:?} {typed:?}");
        assert_stable(&identifier);
    }
}

#[test]
fn the_country_says_the_site_where_the_name_does_not() {
    for (platform, country, key) in [
        ("amazon", "de", "amazon/de/A1B2C3D4E5F6G7"),
        ("amazon", "GB", "amazon/co.uk/A1B2C3D4E5F6G7"),
        ("amazon", "PT", "amazon/com/A1B2C3D4E5F6G7"),
        ("amazon.fr", "DE", "amazon/fr/A1B2C3D4E5F6G7"),
        ("lazada", "MY", "lazada/com.my/a1b2c3d4e5f6g7"),
        ("foo", "MY", "foo/*/a1b2c3d4e5f6g7"),
    ] {
        let typed = RawIdentifier { country: Some(country), ..on(platform, "A1B2C3D4E5F6G7") };
        assert_eq!(parsed(&typed).key, key, "{platform:?} {country:?}");
    }
}

#[test]
fn the_value_keeps_its_case_and_names_its_site() {
    let shop = parsed(&raw(Storefront, "https://www.amazon.de/sp?seller=a1b2c3d4e5f6g7"));
    assert_eq!(shop.value, "A1B2C3D4E5F6G7");
    assert_eq!(shop.platform.as_deref(), Some("amazon"));
    assert_eq!(shop.country.as_deref(), Some("DE"));
    assert_eq!(parsed(&on("etsy", "FakeBags")).value, "FakeBags");
}

#[test]
fn what_is_no_shop_is_refused() {
    for (typed, fault) in [
        ("", ("value", "required")),
        ("n/a", ("value", "placeholder")),
        ("https://shop000000.taobao.com/", ("value", "placeholder")),
        ("880246", ("platform", "required")),
        ("https://fake-bags.shop/seller/1", ("platform", "required")),
        ("https://item.taobao.com/item.htm?id=612345678901", ("value", "not_a_storefront")),
        ("https://item.taobao.com/item.htm?id=612345678901&user_id=777888999", ("value", "not_a_storefront")),
        ("https://detail.tmall.com/item.htm?id=612345678901", ("value", "not_a_storefront")),
        ("https://detail.1688.com/offer/700123456789.html", ("value", "not_a_storefront")),
        ("https://www.aliexpress.com/item/1005001234567890.html", ("value", "not_a_storefront")),
        ("https://www.amazon.com/dp/B0ABCDE123?m=A1B2C3D4E5F6G7", ("value", "not_a_storefront")),
        ("https://www.amazon.com/sp?seller=B1B2C3D4E5F6G7", ("value", "not_a_storefront")),
        ("https://www.ebay.com/itm/123456789012", ("value", "not_a_storefront")),
        ("https://www.taobao.com/", ("value", "not_a_storefront")),
        ("https://rate.taobao.com/user-rate-UvFkLOm.htm", ("value", "not_a_storefront")),
        ("https://uland.taobao.com/coupon/edetail?e=1", ("value", "not_a_storefront")),
        ("https://ju.taobao.com/", ("value", "not_a_storefront")),
        ("https://a.m.taobao.com/i612345678901.htm", ("value", "not_a_storefront")),
        ("https://qr.1688.com/s/AbC", ("value", "not_a_storefront")),
        ("https://brand.tmall.com/", ("value", "not_a_storefront")),
        ("https://www.facebook.com/photo.php?fbid=1", ("value", "not_a_storefront")),
        ("https://www.facebook.com/commerce/listing/1", ("value", "not_a_storefront")),
        ("https://www.lazada.vn/shop/i/landing_page", ("value", "not_a_storefront")),
        ("https://www.rakuten.co.jp/gold/fakebags/", ("value", "not_a_storefront")),
        ("https://www.tokopedia.com/discovery/bags", ("value", "not_a_storefront")),
        ("https://shopee.vn/Nice-Bag-i.880246123.12345", ("value", "not_a_storefront")),
        ("https://spanish.alibaba.com/", ("value", "not_a_storefront")),
        ("https://www.instagram.com/p/Cabc123/", ("value", "not_a_storefront")),
        ("https://vm.tiktok.com/ZMabc/", ("value", "not_a_storefront")),
        ("https://shop1.taobao.com@evil.shop/", ("value", "userinfo")),
    ] {
        assert_eq!(refused(&raw(Storefront, typed)), fault, "{typed:?}");
    }
}

#[test]
fn an_id_that_its_platform_does_not_issue_is_refused() {
    for (platform, typed, fault) in [
        ("amazon", "Nice Bags Store", ("value", "malformed")),
        ("amazon", "A1B2C3", ("value", "malformed")),
        ("aliexpress", "nice-bags", ("value", "malformed")),
        ("foo", "a/b", ("value", "malformed")),
        ("foo", "https://foo.com/shop/1", ("value", "unsupported_url")),
        ("amazon", "https://www.ebay.com/usr/fakebags", ("platform", "mismatch")),
        ("某某平台", "880246", ("platform", "malformed")),
        (" ", "123457", ("platform", "required")),
        ("n/a", "Fashion Store", ("platform", "placeholder")),
        ("Unknown", "123457", ("platform", "placeholder")),
        ("website", "123457", ("platform", "placeholder")),
        ("Shopee", "Official Store", ("value", "malformed")),
    ] {
        assert_eq!(refused(&on(platform, typed)), fault, "{platform:?} {typed:?}");
    }
    let typed = RawIdentifier { country: Some("UK"), ..on("amazon", "A1B2C3D4E5F6G7") };
    assert_eq!(refused(&typed), ("country", "unknown"));
}

#[test]
fn slugs_and_hosts_of_platforms_are_known() {
    for (name, slug) in [
        ("Amazon", "amazon"),
        ("amazon.co.uk", "amazon"),
        ("AMAZON US", "amazon"),
        ("Ali Express", "aliexpress"),
        ("https://www.ebay.com/", "ebay"),
        ("天猫", "tmall"),
        ("TikTok Shop", "tiktok"),
        ("Foo Market", "foo-market"),
        ("amazonas", "amazonas"),
    ] {
        assert_eq!(platform_slug(name).as_deref(), Some(slug), "{name:?}");
        assert_eq!(platform_slug(slug).as_deref(), Some(slug), "{slug:?}");
    }
    assert_eq!(platform_of_host("item.taobao.com"), Some("taobao"));
    assert_eq!(platform_of_host("nottaobao.com"), None);
    assert!(is_platform_host("amazon.co.uk"));
    assert!(!is_platform_host("www.amazon.co.uk"));
}
