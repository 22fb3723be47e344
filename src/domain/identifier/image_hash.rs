//! Hash of an image that a seller shows.
//!
//! Rules: `sha256`, FIPS 180-4, of the file: 64 hexadecimal digits. `pdq`, Facebook's perceptual hash
//! (facebook/ThreatExchange): 256 bits, so 64 digits too, and has to be stated. `phash`, the perceptual
//! hash by cosine transform of 64 bits (phash.org): 16 digits. A scheme that is not given is found from the
//! length.
//!
//! Only equal hashes join; that perceptual hashes can be near each other is the resolver's work. A hash is
//! weak: honest sellers use the brand's pictures too. The hash of nothing is a placeholder: all bits equal,
//! the empty file, a picture of one colour.

use super::{Fault, Identifier, RawIdentifier, Strength, text};

pub const STRENGTH: Strength = Strength::Weak;

const EMPTY_FILE: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// One colour leaves the constant term of the cosine transform only.
const PLAIN_PICTURE: &str = "8000000000000000";

/// The schemes and how many digits their hashes have; of two, the first is taken where none is stated.
const SCHEMES: &[(&str, usize)] = &[("sha256", 64), ("pdq", 64), ("phash", 16)];

pub fn parse(raw: &RawIdentifier<'_>) -> Result<Identifier, Fault> {
    let given = text::fold(&text::given(raw.value)?);
    let stated = raw.scheme.map(compact).filter(|scheme| !scheme.is_empty());
    let (label, hex) = match given.split_once(':') {
        Some((label, hex)) => (Some(compact(label)), hex.trim()),
        None => (None, given.as_str()),
    };
    if let (Some(stated), Some(label)) = (&stated, &label)
        && stated != label
    {
        let message = format!("The scheme given is {stated}, the value says {label}.");
        return Err(Fault::new("scheme", "mismatch", message));
    }
    let (scheme, digits) = match stated.or(label) {
        Some(name) => SCHEMES.iter().find(|(scheme, _)| *scheme == name).ok_or_else(|| {
            Fault::new("scheme", "unknown", "The scheme is `sha256`, `pdq` or `phash`, or left out.")
        })?,
        None => SCHEMES
            .iter()
            .find(|(_, digits)| *digits == hex.len())
            .ok_or_else(|| Fault::malformed("The hash of an image has 64 or 16 hexadecimal digits."))?,
    };
    if hex.len() != *digits || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Fault::malformed(format!("A hash by {scheme} has {digits} hexadecimal digits.")));
    }
    let is_one_bit = ['0', 'f'].iter().any(|bit| hex.chars().all(|c| c == *bit));
    if is_one_bit || hex == EMPTY_FILE || hex == PLAIN_PICTURE {
        return Err(Fault::placeholder());
    }
    Ok(Identifier {
        kind: raw.kind,
        value: hex.to_owned(),
        key: format!("{scheme}/{hex}"),
        platform: None,
        country: None,
        scheme: Some((*scheme).to_owned()),
    })
}

/// `SHA-256` is `sha256`.
fn compact(name: &str) -> String {
    text::words(name).replace(' ', "")
}

#[cfg(test)]
mod tests {
    use super::super::IdentifierType::ImageHash;
    use super::super::text::testing::{assert_stable, parsed, raw, refused};
    use super::*;

    const SHA: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    const PDQ: &str = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";

    fn by<'a>(scheme: &'a str, value: &'a str) -> RawIdentifier<'a> {
        RawIdentifier { scheme: Some(scheme).filter(|name| !name.is_empty()), ..raw(ImageHash, value) }
    }

    #[test]
    fn spellings_of_one_hash_meet_in_one_key() {
        let (upper, labelled) = (SHA.to_uppercase(), format!("SHA-256: {SHA}"));
        for (scheme, typed, key) in [
            ("", SHA, format!("sha256/{SHA}")),
            ("", upper.as_str(), format!("sha256/{SHA}")),
            ("SHA-256", SHA, format!("sha256/{SHA}")),
            ("", labelled.as_str(), format!("sha256/{SHA}")),
            ("sha256", labelled.as_str(), format!("sha256/{SHA}")),
            ("pdq", PDQ, format!("pdq/{PDQ}")),
            ("", "d1c4b2a39e8f7061", "phash/d1c4b2a39e8f7061".to_owned()),
            ("pHash", "Ｄ1C4B2A39E8F7061", "phash/d1c4b2a39e8f7061".to_owned()),
        ] {
            let identifier = parsed(&by(scheme, typed));
            assert_eq!(identifier.key, key, "{scheme:?} {typed:?}");
            assert_eq!(identifier.scheme.as_deref(), key.split('/').next());
            assert_stable(&identifier);
        }
    }

    #[test]
    fn what_is_no_hash_or_says_nothing_is_refused() {
        let (zeros, ones) = ("0".repeat(64), "f".repeat(64));
        for (scheme, typed, fault) in [
            ("", "", ("value", "required")),
            ("", "n/a", ("value", "placeholder")),
            ("", zeros.as_str(), ("value", "placeholder")),
            ("pdq", ones.as_str(), ("value", "placeholder")),
            ("", EMPTY_FILE, ("value", "placeholder")),
            ("phash", "8000000000000000", ("value", "placeholder")),
            ("md5", SHA, ("scheme", "unknown")),
            ("", "md5:900150983cd24fb0d6963f7d28e17f72", ("scheme", "unknown")),
            ("pdq", "sha256:ba78", ("scheme", "mismatch")),
            ("", "900150983cd24fb0d6963f7d28e17f72", ("value", "malformed")),
            ("phash", SHA, ("value", "malformed")),
            ("sha256", "d1c4b2a39e8f7061", ("value", "malformed")),
            ("", "d1c4b2a39e8f706g", ("value", "malformed")),
        ] {
            assert_eq!(refused(&by(scheme, typed)), fault, "{scheme:?} {typed:?}");
        }
    }
}
