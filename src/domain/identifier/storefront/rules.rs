//! How an id is found in a shop's URL, and what an id of a platform looks like.

use ::url::Url;

use super::platforms::Place;
use crate::domain::identifier::text;
use crate::domain::identifier::url::host_of;

/// Where a URL carries the id. The last string is the name space that the id is in, as a prefix of it.
pub enum Rule {
    /// The label before the platform's host, with one of these between the two.
    Subdomain(&'static [&'static str]),
    /// The same on a platform that has many hosts of its own: on the pages that a shop has.
    Shop(&'static [&'static str]),
    /// The first fitting path segment behind this one.
    After(&'static str, &'static str),
    /// This query parameter, whatever the case of its name.
    Query(&'static str, &'static str),
    /// A page name: what stands between this and `.html`.
    Page(&'static str),
    /// The first path segment, which begins with this.
    Profile(&'static str),
}

/// What ids look like.
pub enum Form {
    Digits,
    /// `A` and 10 to 14 letters and digits.
    AmazonToken,
    /// A shop's number, also written `shop` and the number, or its chosen name.
    Shop,
    Name,
    /// A name of Latin letters, digits, points and underscores.
    Handle,
    /// A name that, given alone, is in this name space.
    Prefixed(&'static str),
}

const NAME_CHARS_MAX: usize = 100;

/// Subdomains and path segments that are the platform's own.
const RESERVED: &str = "\
    88 _n _u about about-us accounts acs ads ai air aisearch ali all-items all-wholesale-products amos app \
    azoyagroup bangpai brand business buy buyer buyertrade buying cart category chao chaoshi chat click club \
    commerce company daren deal detail dialog dian direct discover discovery docs download ershou events explore \
    factory fav favorite feed flash_sale food fuwu gaming global go gold gp groups guang h5 hashtag help hk home \
    huodong i im index item items jiyoujia ju kaola l.php landing_page lib list live login lp m mai market \
    marketplace media mei member messages miao mini mobile msg my mytao nahuo notes notice nvzhuang offer open \
    order p page pages paimai pass passport people permalink.php pg photo photo.php pifa play plugins policies \
    posts press privacy product products profile profile.php promotion purchase qr rate re1 reel reels reg rule \
    rules s sale-items search security sell seller sf share sharer sharer.php shop show sjh so star store stores \
    stories story story.php styles suggest sycm tag taoquan terms to tool top top-rated-products top-selling tps \
    trade trip tuan tui tv tw uland user v verify video videos vm vt watch we wholesale work world wuliu www yao \
    zc zhuan";

/// How the path of a shop's own page begins, behind its subdomain.
const SHOP_PAGES: &[&str] = &[
    "",
    "about",
    "asyn",
    "campaign",
    "category",
    "contact",
    "index",
    "offerlist",
    "p",
    "page",
    "search",
    "shop",
    "view",
];

impl Form {
    /// The id in its one spelling.
    pub fn read(&self, typed: &str) -> Option<String> {
        match self {
            Self::Digits => {
                let is_number = (1..=20).contains(&typed.len()) && typed.bytes().all(|b| b.is_ascii_digit());
                is_number.then(|| typed.to_owned())
            }
            Self::AmazonToken => {
                let token = typed.to_ascii_uppercase();
                let is_token = (11..=15).contains(&token.len())
                    && token.starts_with('A')
                    && token.bytes().all(|b| b.is_ascii_alphanumeric());
                is_token.then_some(token)
            }
            Self::Shop => {
                let name = name(typed)?;
                let number = name.to_ascii_lowercase().strip_prefix("shop").map(str::to_owned);
                Some(number.filter(|number| Self::Digits.read(number).is_some()).unwrap_or(name))
            }
            Self::Name | Self::Prefixed(_) => name(typed),
            Self::Handle => {
                let is_handle =
                    |name: &String| name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._".contains(&b));
                name(typed).filter(is_handle)
            }
        }
    }

    /// The key of an id: platforms do not tell names apart by case.
    pub fn key(&self, id: &str) -> String {
        match self {
            Self::AmazonToken => id.to_owned(),
            Self::Digits | Self::Shop | Self::Name | Self::Handle | Self::Prefixed(_) => text::fold(id),
        }
    }

    /// What a reporter should type.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Digits => "The id is a number; it stands in the URL of the shop.",
            Self::AmazonToken => {
                "The id begins with A and has 11 to 15 letters and digits (`seller=` in the shop's URL)."
            }
            Self::Shop | Self::Name | Self::Handle | Self::Prefixed(_) => {
                "This is not an id that the platform issues."
            }
        }
    }
}

impl Rule {
    /// The name space of the ids that this rule finds.
    pub fn prefix(&self) -> &'static str {
        match self {
            Self::After(_, prefix) | Self::Query(_, prefix) => prefix,
            Self::Subdomain(_) | Self::Shop(_) | Self::Page(_) | Self::Profile(_) => "",
        }
    }

    /// The id in the URL, with its prefix.
    pub fn find(&self, url: &Url, place: Place) -> Option<String> {
        let form = &place.platform.form;
        // A prefixed id is of another name space than the platform's plain ones, and so of another form.
        let form = if self.prefix().is_empty() { form } else { &Form::Name };
        let id = match self {
            Self::Subdomain(between) => form.read(subdomain(host_of(url), place.host, between)?),
            Self::Shop(between) => {
                let first = segments(url).next().unwrap_or_default().to_ascii_lowercase();
                let word = first.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
                SHOP_PAGES.contains(&word).then_some(())?;
                form.read(subdomain(host_of(url), place.host, between)?)
            }
            Self::After(name, _) => segments(url)
                .skip_while(|segment| segment != name)
                .skip(1)
                .map(|segment| segment.trim_end_matches(".html").trim_end_matches(".htm"))
                .find_map(|segment| form.read(segment).filter(|_| !is_reserved(segment))),
            Self::Query(name, _) => {
                let pair = url.query_pairs().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
                form.read(&text::clean(&pair.1))
            }
            Self::Page(before) => segments(url).find_map(|segment| {
                let (_, id) = segment.strip_suffix(".html")?.rsplit_once(*before)?;
                form.read(id)
            }),
            Self::Profile(mark) => {
                let is_home = ["", "www.", "m."].contains(&host_of(url).strip_suffix(place.host)?);
                let name = segments(url).next().filter(|_| is_home)?.strip_prefix(*mark)?;
                form.read(name).filter(|_| !is_reserved(name))
            }
        }?;
        Some(format!("{}{id}", self.prefix()))
    }
}

fn segments(url: &Url) -> impl Iterator<Item = &str> {
    url.path().split('/').filter(|segment| !segment.is_empty())
}

fn subdomain<'a>(host: &'a str, site: &str, between: &[&str]) -> Option<&'a str> {
    let labels = host.strip_suffix(site)?.strip_suffix('.')?;
    let (label, rest) = labels.split_once('.').unwrap_or((labels, ""));
    (between.contains(&rest) && !is_reserved(label)).then_some(label)
}

fn is_reserved(word: &str) -> bool {
    RESERVED.split_ascii_whitespace().any(|reserved| reserved.eq_ignore_ascii_case(word))
}

/// A name or an opaque id; the sign before a handle is not part of it.
fn name(typed: &str) -> Option<String> {
    let name = text::clean(typed);
    let name = name.trim_start_matches('@');
    let is_name = !name.is_empty()
        && name.chars().count() <= NAME_CHARS_MAX
        && name.chars().any(char::is_alphanumeric)
        && !name.contains(['/', '\\', '?', '#']);
    is_name.then(|| name.to_owned())
}
