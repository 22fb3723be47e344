//! The platforms that the server knows: names, hosts, sites, and where a shop's URL carries its id.
//!
//! Sources: the shop URLs that the platforms themselves link to, as of 2026, held by the tests of
//! `storefront`. To add a platform, add a row.

use super::rules::{Form, Rule, Rule::*};
use crate::domain::identifier::text;

pub struct Platform {
    pub slug: &'static str,
    /// Other names, folded and stripped to letters and digits.
    aliases: &'static [&'static str],
    pub sites: Sites,
    pub form: Form,
    pub rules: &'static [Rule],
}

/// Which hosts a platform has, and whether one id can mean two shops on two of them.
pub enum Sites {
    /// Ids are unique over all hosts; the first is the one that names the site.
    One(&'static [&'static str]),
    /// Each host, with its country, issues ids of its own; the first is where an id is taken to be
    /// from when nothing says otherwise.
    Each(&'static [(&'static str, &'static str)]),
    /// The same without a default: an id from nowhere stays at the site `*`.
    EachStated(&'static [(&'static str, &'static str)]),
}

/// A host of a platform.
#[derive(Clone, Copy)]
pub struct Place {
    pub platform: &'static Platform,
    pub host: &'static str,
    pub country: Option<&'static str>,
}

/// What a platform name says.
pub struct Named {
    pub slug: String,
    pub platform: Option<&'static Platform>,
    /// Set when the name says the site too (`amazon.de`, `Amazon UK`).
    pub place: Option<Place>,
}

const AMAZON: Sites = Sites::Each(&[
    ("amazon.com", "US"),
    ("amazon.ae", "AE"),
    ("amazon.ca", "CA"),
    ("amazon.cn", "CN"),
    ("amazon.co.jp", "JP"),
    ("amazon.co.uk", "GB"),
    ("amazon.co.za", "ZA"),
    ("amazon.com.au", "AU"),
    ("amazon.com.be", "BE"),
    ("amazon.com.br", "BR"),
    ("amazon.com.mx", "MX"),
    ("amazon.com.tr", "TR"),
    ("amazon.de", "DE"),
    ("amazon.eg", "EG"),
    ("amazon.es", "ES"),
    ("amazon.fr", "FR"),
    ("amazon.ie", "IE"),
    ("amazon.in", "IN"),
    ("amazon.it", "IT"),
    ("amazon.nl", "NL"),
    ("amazon.pl", "PL"),
    ("amazon.sa", "SA"),
    ("amazon.se", "SE"),
    ("amazon.sg", "SG"),
]);

const EBAY: Sites = Sites::One(&[
    "ebay.com",
    "ebay.at",
    "ebay.be",
    "ebay.ca",
    "ebay.ch",
    "ebay.co.uk",
    "ebay.com.au",
    "ebay.com.hk",
    "ebay.com.my",
    "ebay.com.sg",
    "ebay.de",
    "ebay.es",
    "ebay.fr",
    "ebay.ie",
    "ebay.it",
    "ebay.nl",
    "ebay.ph",
    "ebay.pl",
]);

const LAZADA: Sites = Sites::EachStated(&[
    ("lazada.co.id", "ID"),
    ("lazada.co.th", "TH"),
    ("lazada.com.my", "MY"),
    ("lazada.com.ph", "PH"),
    ("lazada.sg", "SG"),
    ("lazada.vn", "VN"),
]);

const MERCADO: Sites = Sites::EachStated(&[
    ("mercadolibre.cl", "CL"),
    ("mercadolibre.com.ar", "AR"),
    ("mercadolibre.com.co", "CO"),
    ("mercadolibre.com.mx", "MX"),
    ("mercadolibre.com.pe", "PE"),
    ("mercadolibre.com.uy", "UY"),
    ("mercadolivre.com.br", "BR"),
]);

const SHOPEE: Sites = Sites::EachStated(&[
    ("shopee.cl", "CL"),
    ("shopee.co.id", "ID"),
    ("shopee.co.th", "TH"),
    ("shopee.com.br", "BR"),
    ("shopee.com.co", "CO"),
    ("shopee.com.mx", "MX"),
    ("shopee.com.my", "MY"),
    ("shopee.ph", "PH"),
    ("shopee.sg", "SG"),
    ("shopee.tw", "TW"),
    ("shopee.vn", "VN"),
]);

const TMALL: Sites = Sites::Each(&[("tmall.com", "CN"), ("tmall.hk", "HK")]);
const WALMART: Sites = Sites::Each(&[("walmart.com", "US"), ("walmart.ca", "CA"), ("walmart.com.mx", "MX")]);

/// A user's number and a shop's number are different numbers on one platform: hence the prefixes.
const TAOBAO_RULES: &[Rule] = &[
    Query("shop_id", ""),
    Query("shopid", ""),
    Query("user_number_id", "user:"),
    Query("user_id", "user:"),
    Query("userid", "user:"),
    Query("sellerid", "user:"),
    Shop(&["", "m", "world"]),
];
const RULES_1688: &[Rule] = &[Query("memberid", "member:"), After("winport", "member:"), Shop(&["", "m"])];
const ALIEXPRESS_RULES: &[Rule] = &[After("store", ""), Query("selleradminseq", "seller:")];
const AMAZON_RULES: &[Rule] =
    &[Query("seller", ""), Query("merchant", ""), Query("me", ""), Query("m", ""), After("shops", "")];
const EBAY_RULES: &[Rule] =
    &[After("usr", "usr:"), After("str", "str:"), Query("_ssn", "usr:"), Query("_saslop", "usr:")];

const PLATFORMS: &[Platform] = &[
    row("1688", &["alibaba1688", "阿里巴巴1688"], Sites::One(&["1688.com"]), Form::Name, RULES_1688),
    row(
        "alibaba",
        &["阿里巴巴国际站"],
        Sites::One(&["alibaba.com"]),
        Form::Name,
        &[Subdomain(&["en", "fm", "m.en"])],
    ),
    row(
        "aliexpress",
        &["速卖通", "全球速卖通"],
        Sites::One(&["aliexpress.com", "aliexpress.us", "aliexpress.ru"]),
        Form::Digits,
        ALIEXPRESS_RULES,
    ),
    row("allegro", &[], Sites::One(&["allegro.pl"]), Form::Name, &[After("uzytkownik", "")]),
    row("amazon", &["亚马逊"], AMAZON, Form::AmazonToken, AMAZON_RULES),
    row("dhgate", &["敦煌网"], Sites::One(&["dhgate.com"]), Form::Name, &[After("store", "")]),
    row(
        "douyin",
        &["抖音", "抖店", "抖音商城"],
        Sites::One(&["douyin.com", "jinritemai.com"]),
        Form::Name,
        &[],
    ),
    row("ebay", &[], EBAY, Form::Prefixed("usr:"), EBAY_RULES),
    row("etsy", &[], Sites::One(&["etsy.com"]), Form::Name, &[After("shop", ""), Subdomain(&[""])]),
    row(
        "facebook",
        &["fb"],
        Sites::One(&["facebook.com", "fb.com"]),
        Form::Name,
        &[Query("id", ""), After("pg", ""), Profile("")],
    ),
    row(
        "instagram",
        &["ig", "insta"],
        Sites::One(&["instagram.com"]),
        Form::Name,
        &[After("_u", ""), Profile("")],
    ),
    row(
        "jd",
        &["jingdong", "京东"],
        Sites::One(&["jd.com", "jd.hk"]),
        Form::Digits,
        &[Query("shopid", ""), Page("index-")],
    ),
    row("kuaishou", &["快手"], Sites::One(&["kuaishou.com"]), Form::Name, &[After("profile", "")]),
    row("lazada", &[], LAZADA, Form::Name, &[After("shop", "")]),
    row("mercadolibre", &["mercadolivre", "meli"], MERCADO, Form::Name, &[After("perfil", "")]),
    row("ozon", &[], Sites::One(&["ozon.ru"]), Form::Name, &[After("seller", "")]),
    row(
        "pinduoduo",
        &["pdd", "拼多多"],
        Sites::One(&["pinduoduo.com", "yangkeduo.com"]),
        Form::Digits,
        &[Query("mall_id", "")],
    ),
    row("rakuten", &["楽天", "楽天市場", "乐天"], Sites::One(&["rakuten.co.jp"]), Form::Name, &[Profile("")]),
    row("shopee", &["虾皮"], SHOPEE, Form::Handle, &[After("shop", ""), Profile("")]),
    row("taobao", &["淘宝", "淘宝网"], Sites::One(&["taobao.com"]), Form::Shop, TAOBAO_RULES),
    row("temu", &[], Sites::One(&["temu.com"]), Form::Digits, &[Query("mall_id", ""), Page("-m-")]),
    row("tiktok", &["tiktokshop"], Sites::One(&["tiktok.com"]), Form::Name, &[Profile("@")]),
    row("tmall", &["天猫", "天猫国际"], TMALL, Form::Shop, TAOBAO_RULES),
    row("tokopedia", &[], Sites::One(&["tokopedia.com"]), Form::Name, &[Profile("")]),
    row("vip", &["vipshop", "唯品会"], Sites::One(&["vip.com"]), Form::Name, &[]),
    row("walmart", &["沃尔玛"], WALMART, Form::Digits, &[After("seller", "")]),
    row("weidian", &["微店"], Sites::One(&["weidian.com"]), Form::Name, &[Query("userid", "")]),
    row("wildberries", &["wb"], Sites::One(&["wildberries.ru"]), Form::Digits, &[After("seller", "")]),
    row("wish", &[], Sites::One(&["wish.com"]), Form::Name, &[After("merchant", "")]),
    row("xianyu", &["闲鱼", "goofish"], Sites::One(&["goofish.com"]), Form::Name, &[Query("userid", "")]),
    row(
        "xiaohongshu",
        &["小红书", "rednote", "red"],
        Sites::One(&["xiaohongshu.com", "xhslink.com"]),
        Form::Name,
        &[After("profile", "")],
    ),
    row("yupoo", &["又拍"], Sites::One(&["yupoo.com"]), Form::Name, &[Subdomain(&["x"])]),
];

/// Platforms that only their Chinese name would tell, and whose shops have no public URL.
const SLUGS: &[(&str, &str)] =
    &[("得物", "dewu"), ("微信小店", "wechat-shop"), ("视频号小店", "wechat-shop"), ("小鹅通", "xiaoe")];

const fn row(
    slug: &'static str,
    aliases: &'static [&'static str],
    sites: Sites,
    form: Form,
    rules: &'static [Rule],
) -> Platform {
    Platform { slug, aliases, sites, form, rules }
}

impl Platform {
    fn places(&'static self) -> impl Iterator<Item = Place> {
        let (hosts, sites): (&[&str], &[(&str, &str)]) = match self.sites {
            Sites::One(hosts) => (hosts, &[]),
            Sites::Each(sites) | Sites::EachStated(sites) => (&[], sites),
        };
        let plain = hosts.iter().map(|host| (*host, None::<&'static str>));
        let national = sites.iter().map(|(host, country)| (*host, Some(*country)));
        plain.chain(national).map(move |(host, country)| Place { platform: self, host, country })
    }

    /// The site of a country.
    pub fn place_in(&'static self, country: &str) -> Option<Place> {
        self.places().find(|place| place.country == Some(country))
    }

    /// Where an id is from when nothing says where.
    pub fn default_place(&'static self) -> Option<Place> {
        match self.sites {
            Sites::EachStated(_) => None,
            Sites::One(_) | Sites::Each(_) => self.places().next(),
        }
    }
}

impl Place {
    /// The site's part of the key: `com`, `co.uk`.
    pub fn site(&self) -> &'static str {
        let host = match self.platform.sites {
            Sites::One(hosts) => hosts.first().copied().unwrap_or(self.host),
            Sites::Each(_) | Sites::EachStated(_) => self.host,
        };
        host.split_once('.').map_or(host, |(_, site)| site)
    }
}

/// The platform's host that a host is, or is below.
pub fn place_of_host(host: &str) -> Option<Place> {
    let is_below =
        |site: &str| host.strip_suffix(site).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    PLATFORMS.iter().flat_map(Platform::places).find(|place| is_below(place.host))
}

/// What a reporter's name for a platform means; nothing if no slug can be made of it.
pub fn named(name: &str) -> Option<Named> {
    let folded = text::fold(name);
    let host = folded.rsplit("://").next().unwrap_or_default().split('/').next().unwrap_or_default();
    if let Some(place) = place_of_host(host) {
        return Some(known(
            place.platform,
            Some(place).filter(|_| !matches!(place.platform.sites, Sites::One(_))),
        ));
    }
    let words = text::words(&folded);
    if let Some(platform) = platform_called(&words) {
        return Some(known(platform, None));
    }
    if let Some((first, last)) = words.rsplit_once(' ')
        && let Some(platform) = platform_called(first)
        && let Some(country) = country_called(last)
    {
        return Some(known(platform, platform.place_in(&country)));
    }
    let slug = SLUGS.iter().find(|(name, _)| *name == words).map(|(_, slug)| (*slug).to_owned());
    let slug = slug.or_else(|| slug_of(&words))?;
    Some(Named { slug, platform: None, place: None })
}

fn known(platform: &'static Platform, place: Option<Place>) -> Named {
    Named { slug: platform.slug.to_owned(), platform: Some(platform), place }
}

fn platform_called(words: &str) -> Option<&'static Platform> {
    let compact = words.replace(' ', "");
    PLATFORMS.iter().find(|platform| platform.slug == compact || platform.aliases.contains(&compact.as_str()))
}

fn country_called(word: &str) -> Option<String> {
    let code = match word {
        "uk" => "GB",
        "usa" => "US",
        "uae" => "AE",
        _ => word,
    };
    text::country(code)
}

/// `Foo Market` is `foo-market`.
fn slug_of(words: &str) -> Option<String> {
    let is_slug =
        (1..=40).contains(&words.len()) && words.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ');
    is_slug.then(|| words.replace(' ', "-"))
}
