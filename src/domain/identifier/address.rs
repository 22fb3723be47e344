//! Postal address.
//!
//! Rules: ours. An address is 5 to 500 characters with a letter among them, the country apart from it
//! (ISO 3166-1). The key forgets case, punctuation and, between Chinese characters, spaces; it does not know
//! `Road` from `Rd`. An address is weak: forwarders and office towers have thousands of tenants.

use super::{Fault, Identifier, RawIdentifier, Strength, text};

pub const STRENGTH: Strength = Strength::Weak;

pub fn parse(raw: &RawIdentifier<'_>) -> Result<Identifier, Fault> {
    let value = text::given(raw.value)?;
    let country = text::country_field(raw.country)?;
    if !(5..=500).contains(&value.chars().count()) || !value.chars().any(char::is_alphabetic) {
        return Err(Fault::malformed("An address has 5 to 500 characters, letters among them."));
    }
    let words = text::words(&value);
    let key = country.as_ref().map(|country| format!("{country}/{words}")).unwrap_or(words);
    Ok(Identifier { kind: raw.kind, value, key, platform: None, country, scheme: None })
}

/// `GB, ***`: the country at most.
pub fn mask(identifier: &Identifier) -> String {
    identifier.country.as_ref().map_or("***".to_owned(), |country| format!("{country}, ***"))
}

#[cfg(test)]
mod tests {
    use super::super::IdentifierType::Address;
    use super::super::text::testing::{assert_stable, parsed, raw, refused};
    use super::*;

    fn within<'a>(country: &'a str, value: &'a str) -> RawIdentifier<'a> {
        RawIdentifier { country: Some(country).filter(|country| !country.is_empty()), ..raw(Address, value) }
    }

    #[test]
    fn spellings_of_one_address_meet_in_one_key() {
        for (country, typed, key) in [
            ("gb", "12 High Street, London", "GB/12 high street london"),
            ("GB", " 12, HIGH STREET\nLondon. ", "GB/12 high street london"),
            ("", "12 High Street London", "12 high street london"),
            ("CN", "深圳市南山区科技路１２号", "CN/深圳市南山区科技路12号"),
            ("CN", "深圳市 南山区 科技路12号", "CN/深圳市南山区科技路12号"),
        ] {
            let identifier = parsed(&within(country, typed));
            assert_eq!(identifier.key, key, "{typed:?}");
            assert_stable(&identifier);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = "a1 ".repeat(200);
        for (country, typed, fault) in [
            ("", "", ("value", "required")),
            ("", "N/A", ("value", "placeholder")),
            ("", "GB", ("value", "malformed")),
            ("", "12-34/56 79", ("value", "malformed")),
            ("", long.as_str(), ("value", "malformed")),
            ("UK", "12 High Street", ("country", "unknown")),
        ] {
            assert_eq!(refused(&within(country, typed)), fault, "{typed:?}");
        }
    }

    #[test]
    fn the_mask_shows_the_country_at_most() {
        assert_eq!(mask(&parsed(&within("GB", "12 High Street"))), "GB, ***");
        assert_eq!(mask(&parsed(&within("", "12 High Street"))), "***");
    }
}
