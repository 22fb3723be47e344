//! How an id is found in a shop's URL, and what an id of a platform looks like.

use ::url::Url;

use super::platforms::Place;
use crate::domain::identifier::text;
use crate::domain::identifier::url::host_of;

/// Where a URL carries the id. The last string is the name space that the id is in, as a prefix of it.
pub enum Rule {
    /// The label before the platform's host, with one of these between the two.
    Subdomain(&'static [&'static str]),
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
    /// A name that, given alone, is in this name space.
    Prefixed(&'static str),
}

const NAME_CHARS_MAX: usize = 100;

/// Subdomains and path segments that are the platform's own.
const RESERVED: &str = "\
    about about-us accounts ai all-items all-wholesale-products app buyertrade cart category chaoshi \
    company detail direct discover events explore feed gp groups h5 hashtag help home i index item items \
    list live login m market marketplace media member mobile my p page pages people permalink.php photo \
    posts privacy product products profile profile.php promotion reel reels rule s sale-items search \
    seller share sharer sharer.php shop show store stories story.php tag terms top-rated-products trade \
    tv video videos vm vt watch wholesale work world www";

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
        }
    }

    /// The key of an id: platforms do not tell names apart by case.
    pub fn key(&self, id: &str) -> String {
        match self {
            Self::AmazonToken => id.to_owned(),
            Self::Digits | Self::Shop | Self::Name | Self::Prefixed(_) => text::fold(id),
        }
    }

    /// What a reporter should type.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Digits => "The id is a number; it stands in the URL of the shop.",
            Self::AmazonToken => {
                "The id begins with A and has 11 to 15 letters and digits (`seller=` in the shop's URL)."
            }
            Self::Shop | Self::Name | Self::Prefixed(_) => "This is not an id that the platform issues.",
        }
    }
}

impl Rule {
    /// The name space of the ids that this rule finds.
    pub fn prefix(&self) -> &'static str {
        match self {
            Self::After(_, prefix) | Self::Query(_, prefix) => prefix,
            Self::Subdomain(_) | Self::Page(_) | Self::Profile(_) => "",
        }
    }

    /// The id in the URL, with its prefix.
    pub fn find(&self, url: &Url, place: Place) -> Option<String> {
        let form = &place.platform.form;
        // A prefixed id is of another name space than the platform's plain ones, and so of another form.
        let form = if self.prefix().is_empty() { form } else { &Form::Name };
        let id = match self {
            Self::Subdomain(between) => form.read(subdomain(host_of(url), place.host, between)?),
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
