//! Storefront: a shop on a platform, named by the id that the platform issued.
//!
//! Rules: key is `platform/site/id`. The id comes as it is, with the name of its platform, or in the URL
//! of the shop; `platforms` holds the shapes and their sources. Where one id can mean two shops on two
//! sites of a platform, the site is part of the key: from the URL, from the name (`amazon.de`), from the
//! country, else the platform's main site (Amazon's is amazon.com), else `*`, which equals no site.
//! On a platform that the server does not know every id is at the site `*`.
//!
//! A page of an item is no storefront: who offers it can change.

pub mod platforms;
mod rules;

use self::platforms::{Named, Place, Platform, Sites, named, place_of_host};
use self::rules::Form;
use super::url::{host_of, is_listing, web_url};
use super::{Fault, Identifier, IdentifierType, RawIdentifier, Strength, text};

pub const STRENGTH: Strength = Strength::Anchor;

const ANY_SITE: &str = "*";

pub fn parse(raw: &RawIdentifier<'_>) -> Result<Identifier, Fault> {
    let given = text::given(raw.value)?;
    let country = text::country_field(raw.country)?;
    let label = match raw.platform.map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) if text::is_placeholder(name) || is_no_platform(name) => {
            let message =
                "This names no platform; say which platform issued the id, or give the URL of the shop.";
            return Err(Fault::new("platform", "placeholder", message));
        }
        Some(name) => Some(named(name).ok_or_else(|| {
            Fault::new("platform", "malformed", "Write the platform's name in Latin letters and digits.")
        })?),
        None => None,
    };
    if is_url(&given) {
        return from_url(&given, label.as_ref());
    }
    let label = label.ok_or_else(|| {
        Fault::new("platform", "required", "Say which platform issued the id, or give the URL of the shop.")
    })?;
    from_id(&given, label, country.as_deref())
}

/// The slug of a platform by any of its names or hosts.
pub fn platform_slug(name: &str) -> Option<String> {
    named(name).map(|named| named.slug)
}

/// The slug of the platform that a host is part of.
pub fn platform_of_host(host: &str) -> Option<&'static str> {
    place_of_host(host).map(|place| place.platform.slug)
}

/// Whether a host is a platform's own and not a subdomain of it.
pub fn is_platform_host(host: &str) -> bool {
    place_of_host(host).is_some_and(|place| place.host == host)
}

/// Whether a word stands where a platform's name should for want of one.
fn is_no_platform(name: &str) -> bool {
    const WORDS: &[&str] =
        &["internet", "marketplace", "misc", "online", "other", "others", "platform", "web", "website"];
    WORDS.contains(&text::words(name).as_str())
}

fn is_url(value: &str) -> bool {
    let host = value.split(['/', '?', '#', ':']).next().unwrap_or_default();
    value.contains("://")
        || value.starts_with("//")
        || value.starts_with("www.")
        || place_of_host(&host.to_lowercase()).is_some()
}

fn from_url(value: &str, label: Option<&Named>) -> Result<Identifier, Fault> {
    let url = web_url(value)?;
    let Some(place) = place_of_host(host_of(&url)) else {
        return Err(match label {
            None => Fault::new(
                "platform",
                "required",
                "No known platform has this host; give platform and shop id.",
            ),
            Some(_) => Fault::new(
                "value",
                "unsupported_url",
                "The server cannot read shop URLs of this platform; give the id, and the URL as a `url` identifier.",
            ),
        });
    };
    let slug = place.platform.slug;
    if let Some(label) = label.filter(|label| label.slug != slug) {
        let message = format!("The URL is of {slug}, the platform given is {}.", label.slug);
        return Err(Fault::new("platform", "mismatch", message));
    }
    let found = place.platform.rules.iter().find_map(|rule| rule.find(&url, place));
    match found.filter(|_| !is_listing(&url)) {
        Some(id) => on_known(place.platform, Some(place), id),
        None => {
            let message =
                format!("This is not the URL of a shop on {slug}; give the shop's own page or its id.");
            Err(Fault::new("value", "not_a_storefront", message))
        }
    }
}

/// The id without its site, where the platform has several and the id is long enough not to be issued on two of
/// them to different sellers. A reporter who saw one account on two sites, or on none that it names, means one.
pub fn id_on_any_site(platform: &str, value: &str) -> Option<String> {
    let known = platforms::named(platform)?.platform?;
    let has_sites = !matches!(known.sites, Sites::One(_));
    let telling = value.chars().filter(char::is_ascii_alphanumeric).count() >= TELLING_ID_CHARS;
    (has_sites && telling).then(|| format!("{}/{}", known.slug, known.form.key(value)))
}

/// Letters and digits from which an id is taken to be issued once: Amazon's merchant ids have 12 to 14, Shopee's
/// shop numbers up to 10.
const TELLING_ID_CHARS: usize = 7;

fn from_id(value: &str, label: Named, country: Option<&str>) -> Result<Identifier, Fault> {
    let Some(platform) = label.platform else {
        let id = Form::Name.read(value).ok_or_else(|| Fault::malformed(Form::Name.hint()))?;
        return Ok(identifier(label.slug, ANY_SITE, None, Form::Name.key(&id), id));
    };
    let id = plain_id(platform, value).ok_or_else(|| Fault::malformed(platform.form.hint()))?;
    let place = label
        .place
        .or_else(|| country.and_then(|country| platform.place_in(country)))
        .or_else(|| platform.default_place());
    on_known(platform, place, id)
}

/// An id as typed, in the name space that it says, or else in the platform's usual one.
fn plain_id(platform: &Platform, value: &str) -> Option<String> {
    let prefixes = platform.rules.iter().map(rules::Rule::prefix).filter(|prefix| !prefix.is_empty());
    for prefix in prefixes {
        let said = value.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        if let Some(rest) = value.get(prefix.len()..).filter(|_| said) {
            return Form::Name.read(rest).map(|id| format!("{prefix}{id}"));
        }
    }
    let id = platform.form.read(value)?;
    match platform.form {
        Form::Prefixed(prefix) => Some(format!("{prefix}{id}")),
        _ => Some(id),
    }
}

fn on_known(platform: &Platform, place: Option<Place>, id: String) -> Result<Identifier, Fault> {
    if text::is_placeholder(&id) {
        return Err(Fault::placeholder());
    }
    let site = place.as_ref().map_or(ANY_SITE, Place::site);
    let country = place.and_then(|place| place.country);
    Ok(identifier(platform.slug.to_owned(), site, country, platform.form.key(&id), id))
}

fn identifier(slug: String, site: &str, country: Option<&str>, key: String, id: String) -> Identifier {
    Identifier {
        kind: IdentifierType::Storefront,
        value: id,
        key: format!("{slug}/{site}/{key}"),
        platform: Some(slug),
        country: country.map(str::to_owned),
        scheme: None,
    }
}

#[cfg(test)]
mod tests;
