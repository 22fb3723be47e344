//! The words of an address, as they are compared: in Latin letters, numbered streets in digits, and without the
//! streets that it lies between.

use super::scripts::romanised;

/// The words of an address that tell where it is, in their order: numbers, and names of streets and places.
pub fn words(value: &str) -> Vec<String> {
    let spelt = spelt(value);
    let telling = spelt.iter().map(String::as_str).filter(|word| says(word));
    telling
        .map(
            |word| {
                if is_number(word) { word.trim_start_matches('0') } else { attached(word).unwrap_or(word) }
            },
        )
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// All its words in their order.
pub fn spelt(value: &str) -> Vec<String> {
    // Part by part: what stands between Chinese parts is lost on the way to Latin letters.
    let parts: Vec<String> = parted(&without_crossing(value)).split_whitespace().map(romanised).collect();
    let mut words: Vec<String> =
        parts.iter().flat_map(|part| part.split_ascii_whitespace()).map(str::to_owned).collect();
    for at in 1..words.len() {
        let next = words[at].as_str();
        let otherwise = if STREETS.contains(&next) {
            in_digits(&words[at - 1])
        } else if FLOORS.contains(&next) {
            floor(&words[at - 1])
        } else {
            None
        };
        if let Some(otherwise) = otherwise.map(str::to_owned) {
            words[at - 1] = otherwise;
        }
    }
    words
}

/// Whether a word counts as one of an address's numbers.
pub fn is_number(word: &str) -> bool {
    word.bytes().any(|b| b.is_ascii_digit())
}

/// Whether a number is a street's, as in `42nd Street`.
pub fn is_ordinal(word: &str) -> bool {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
    matches!(&word[digits.len()..], "st" | "nd" | "rd" | "th")
        && !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a word says more than which part of an address is meant.
pub fn says(word: &str) -> bool {
    !NOISE.contains(&word) && !STREETS.contains(&word)
}

/// The name in a word that has the kind of street at its end, as in German.
pub fn attached(word: &str) -> Option<&str> {
    ["strasse", "straat", "gasse", "str"]
        .iter()
        .find_map(|end| word.strip_suffix(end))
        .filter(|name| name.len() >= 3)
}

/// `5th` for `fifth`, as the name of a street.
fn in_digits(word: &str) -> Option<&'static str> {
    STREET_NUMBERS.iter().find(|(name, _)| *name == word).map(|(_, digits)| *digits)
}

/// What a floor's number stands before.
const FLOORS: &[&str] = &["floor", "fl"];

/// `2` for `2nd`: it is the same as floor 2, and no street's.
fn floor(word: &str) -> Option<&str> {
    is_ordinal(word).then(|| word.trim_end_matches(|c: char| c.is_ascii_lowercase()))
}

/// Leaves out from a word such as `between` to the end of the part, where house and street stand before it.
fn without_crossing(value: &str) -> String {
    let (mut has_number, mut has_street, mut in_crossing) = (false, false, false);
    let mut kept = Vec::new();
    for word in value.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        in_crossing = in_crossing || (has_street && CROSSINGS.contains(&bare.as_str()));
        if !in_crossing {
            kept.push(word);
        }
        in_crossing = in_crossing && !word.ends_with([',', ';', ')']);
        has_number = has_number || is_number(&bare);
        has_street = has_street || (has_number && STREETS.contains(&bare.as_str()));
    }
    kept.join(" ")
}

/// Chinese addresses part no words; the characters that end a part do.
fn parted(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 16);
    for c in value.chars() {
        if STREET_ENDS.contains(c) {
            out.push_str(" lu ");
        } else if PARTS.contains(c) {
            out.push(' ');
        } else {
            out.push(c);
        }
    }
    out
}

/// Words of addresses that are left out or abbreviated at will.
pub const NOISE: &[&str] = &[
    "no",
    "number",
    "room",
    "rm",
    "unit",
    "apt",
    "apartment",
    "suite",
    "ste",
    "flat",
    "floor",
    "fl",
    "building",
    "bldg",
    "block",
    "blk",
    "tower",
    "district",
    "dist",
    "city",
    "province",
    "county",
    "china",
    "cn",
    "p",
    "r",
    "prc",
    "the",
    "of",
    "and",
];

/// Chinese characters that end a part of an address and are left out in Latin spellings, simplified and
/// traditional.
const PARTS: &str = "省市区區县縣镇鎮乡鄉村号號栋棟幢楼樓层層座室单單元";

/// Chinese characters that end the name of a street.
const STREET_ENDS: &str = "路街道巷弄";

/// Kinds of streets, in full and short: of those of Publication 28 of the United States Postal Service (Appendix C1)
/// such as are seldom a name, with some of other countries, and those of China by pinyin.
pub const STREETS: &[&str] = &[
    "road",
    "rd",
    "street",
    "st",
    "sts",
    "avenue",
    "avenues",
    "ave",
    "aves",
    "av",
    "boulevard",
    "blvd",
    "blv",
    "lane",
    "ln",
    "drive",
    "dr",
    "way",
    "court",
    "ct",
    "place",
    "pl",
    "square",
    "sq",
    "terrace",
    "ter",
    "terr",
    "crescent",
    "cres",
    "close",
    "highway",
    "hwy",
    "parkway",
    "pkwy",
    "circle",
    "cir",
    "plaza",
    "plz",
    "trail",
    "trl",
    "turnpike",
    "tpke",
    "expressway",
    "expy",
    "freeway",
    "fwy",
    "alley",
    "aly",
    "lu",
    "jie",
    "dao",
];

/// Names of numbered streets, with how they are written in digits.
const STREET_NUMBERS: &[(&str, &str)] = &[
    ("first", "1st"),
    ("second", "2nd"),
    ("third", "3rd"),
    ("fourth", "4th"),
    ("fifth", "5th"),
    ("sixth", "6th"),
    ("seventh", "7th"),
    ("eighth", "8th"),
    ("ninth", "9th"),
    ("tenth", "10th"),
    ("eleventh", "11th"),
    ("twelfth", "12th"),
    ("thirteenth", "13th"),
    ("fourteenth", "14th"),
    ("fifteenth", "15th"),
    ("sixteenth", "16th"),
    ("seventeenth", "17th"),
    ("eighteenth", "18th"),
    ("nineteenth", "19th"),
    ("twentieth", "20th"),
];

/// What stands before the streets or the landmark that a house is near.
const CROSSINGS: &[&str] = &["at", "between", "betw", "btw", "btwn", "near", "nr", "off", "opp", "opposite"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_street_or_a_floor_has_its_number_written_otherwise() {
        for (address, expected) in [
            ("156 Second Ave, New York", "156 2nd new york"),
            ("Second Cup, 156 Main St", "second cup 156 main"),
            ("2nd Floor, 30 New Street", "2 30 new"),
            ("12 MG Road, near City Mall, Mumbai", "12 mg mumbai"),
            ("1 Near Street, Leeds", "1 near leeds"),
        ] {
            assert_eq!(words(address).join(" "), expected, "{address}");
        }
    }

    #[test]
    fn the_end_of_a_word_is_no_numbered_street() {
        assert!(is_ordinal("42nd") && is_ordinal("1st"));
        assert!(["st", "th", "42", "st1", "12a"].iter().all(|word| !is_ordinal(word)));
    }
}
