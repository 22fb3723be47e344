//! Cleaning of text that people type, shared by the identifier types.
//!
//! Rules: Unicode NFKC (UAX #15) joins full-width and ASCII forms; code points that nothing shows
//! (the control characters and `Default_Ignorable_Code_Point` of UAX #44) are dropped, since a seller
//! can put them in to look different; white space is one space. Countries are ISO 3166-1 alpha-2, the
//! 249 codes officially assigned (`UK` is not one of them).

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Fault, Identifier, RawIdentifier};

/// No identifier is longer; a limit keeps every later step cheap.
const VALUE_BYTES_MAX: usize = 4096;

const NAME_CHARS_MAX: usize = 200;

/// What people type when they have no value, folded and without punctuation.
const PLACEHOLDERS: &str = "na none nil null unknown undefined notavailable notapplicable notknown \
    notprovided nothing pending tba tbd test testing 无 無 没有 沒有 未知 暂无 暫無 不详 不詳 不明 待定";

const COUNTRIES: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT \
    BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH \
    ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT \
    HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS \
    LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI \
    NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG \
    SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG \
    UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// One spelling for what looks the same; case is kept.
pub fn clean(value: &str) -> String {
    let shown = value.chars().filter(|c| !is_invisible(*c));
    let composed = if value.is_ascii() { shown.collect() } else { shown.nfkc().collect::<String>() };
    let mut spaced = String::with_capacity(composed.len());
    for word in composed.split_whitespace() {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push_str(word);
    }
    spaced
}

/// `clean` and lower case: equal for values that differ in case only.
pub fn fold(value: &str) -> String {
    let lower = clean(value).to_lowercase();
    if lower.is_ascii() { lower } else { lower.nfkc().collect() }
}

/// The folded words of a name or an address. Apostrophes vanish (`O'Brien` is `OBrien`), other
/// punctuation and symbols part words, and Chinese and Japanese, which part no words, lose their spaces.
pub fn words(value: &str) -> String {
    let mut out = String::new();
    let mut apart = false;
    for c in fold(value).chars() {
        if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{2bc}' | '`') {
            continue;
        }
        if !c.is_alphanumeric() && !is_combining_mark(c) {
            apart = true;
            continue;
        }
        let last = out.chars().next_back();
        if apart && last.is_some_and(|last| !(is_unspaced(last) && is_unspaced(c))) {
            out.push(' ');
        }
        apart = false;
        out.push(c);
    }
    out
}

/// Whether the value is one that people type when they have none.
pub fn is_placeholder(value: &str) -> bool {
    let compact: String = fold(value).chars().filter(|c| c.is_alphanumeric()).collect();
    compact.is_empty() || PLACEHOLDERS.split(' ').any(|known| known == compact) || is_filler(&compact)
}

/// The cleaned value of an identifier, or the fault that there is none.
pub fn given(value: &str) -> Result<String, Fault> {
    if value.len() > VALUE_BYTES_MAX {
        let message = format!("The value is longer than {VALUE_BYTES_MAX} bytes.");
        return Err(Fault::new("value", "too_long", message));
    }
    let cleaned = clean(value);
    if cleaned.is_empty() {
        return Err(Fault::new("value", "required", "The identifier has no value."));
    }
    if is_placeholder(&cleaned) {
        return Err(Fault::placeholder());
    }
    Ok(cleaned)
}

/// The name of a person or a business: cleaned for the value, its words for the key.
pub fn parse_name(raw: &RawIdentifier<'_>) -> Result<Identifier, Fault> {
    let value = given(raw.value)?;
    if value.chars().count() > NAME_CHARS_MAX || !value.chars().any(char::is_alphabetic) {
        let message = format!("A name has a letter in it and at most {NAME_CHARS_MAX} characters.");
        return Err(Fault::malformed(message));
    }
    let key = words(&value);
    Ok(Identifier { kind: raw.kind, value, key, platform: None, country: None, scheme: None })
}

/// The country in upper case if it is an assigned ISO 3166-1 alpha-2 code.
pub fn country(code: &str) -> Option<String> {
    let upper = clean(code).to_uppercase();
    COUNTRIES.split_ascii_whitespace().any(|known| known == upper).then_some(upper)
}

/// The field `country` of an identifier: absent and blank are no country, anything else must be one.
pub fn country_field(field: Option<&str>) -> Result<Option<String>, Fault> {
    let Some(code) = field.map(str::trim).filter(|code| !code.is_empty()) else {
        return Ok(None);
    };
    country(code).map(Some).ok_or_else(|| {
        let message = "The country must be an ISO 3166-1 alpha-2 code, such as CN, DE or GB (not UK).";
        Fault::new("country", "unknown", message)
    })
}

/// Han and kana.
pub fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}'
            | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// `xxx`, `000000`, `1234567890`, `987654`: keys held down or run along the keyboard.
fn is_filler(compact: &str) -> bool {
    let bytes = compact.as_bytes();
    let stepped =
        |step: u8| bytes.windows(2).all(|pair| matches!(pair, [a, b] if (a - b'0' + step) % 10 == b - b'0'));
    if bytes.iter().all(u8::is_ascii_digit) {
        let zeros = bytes.iter().all(|b| *b == b'0');
        return zeros || (bytes.len() >= 4 && stepped(0)) || (bytes.len() >= 6 && (stepped(1) || stepped(9)));
    }
    bytes.len() >= 2 && bytes.iter().all(|b| *b == b'x')
}

/// What the tests of the identifier types share.
#[cfg(test)]
pub mod testing {
    use crate::domain::identifier::{Fault, Identifier, IdentifierType, RawIdentifier, parse};

    /// An identifier with a value only; further fields by struct update.
    pub fn raw(kind: IdentifierType, value: &str) -> RawIdentifier<'_> {
        RawIdentifier { kind, value, platform: None, country: None, bank_code: None, scheme: None }
    }

    pub fn parsed(raw: &RawIdentifier<'_>) -> Identifier {
        parse(raw).unwrap_or_else(|fault| panic!("{raw:?} was refused: {fault:?}"))
    }

    /// Field and code of the fault.
    pub fn refused(raw: &RawIdentifier<'_>) -> (&'static str, &'static str) {
        match parse(raw) {
            Ok(identifier) => panic!("{raw:?} was taken as {identifier:?}"),
            Err(Fault { field, code, .. }) => (field, code),
        }
    }

    /// Parsing what was normalised changes nothing.
    pub fn assert_stable(identifier: &Identifier) {
        let again = parsed(&RawIdentifier {
            kind: identifier.kind,
            value: &identifier.value,
            platform: identifier.platform.as_deref(),
            country: identifier.country.as_deref(),
            bank_code: None,
            scheme: identifier.scheme.as_deref(),
        });
        assert_eq!(&again, identifier);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_that_look_the_same_are_cleaned_to_one() {
        for typed in ["Ａｂ １２", " Ab\u{a0}12 ", "A\u{200b}b\t 12", "\u{feff}Ab 12\u{0}", "Ab\u{ad} 12"]
        {
            assert_eq!(clean(typed), "Ab 12", "{typed:?}");
        }
        assert_eq!(clean("e\u{200d}\u{301}"), "é");
        assert_eq!(fold("ＳＨÉＮ"), "shén");
    }

    proptest::proptest! {
        /// A letter of another script behind it must not change how ASCII is read: that is the shorter way.
        #[test]
        fn ascii_is_cleaned_like_any_other_text(typed in "[ -~\\t\\n\\x00-\\x1f]{0,40}") {
            for read in [clean, fold] {
                let alone = format!("{} 张", read(&typed));
                proptest::prop_assert_eq!(alone.trim_start(), read(&format!("{typed} 张")));
            }
        }
    }

    #[test]
    fn cleaning_and_folding_twice_change_nothing() {
        for typed in [
            "¨a",
            "İstanbul",
            "ΑΣ ΣΑ",
            "ﬁ ① ㎏",
            "e\u{200d}\u{301}",
            "张 伟",
            "\u{3164}x",
            "Straße",
            "\u{85}a",
        ] {
            assert_eq!(clean(&clean(typed)), clean(typed), "{typed:?}");
            assert_eq!(fold(&fold(typed)), fold(typed), "{typed:?}");
        }
    }

    #[test]
    fn words_forget_punctuation_and_keep_letters_of_every_script() {
        for (typed, expected) in [
            ("O’Brien & Sons, Ltd.", "obrien sons ltd"),
            ("★Best--Shop★", "best shop"),
            ("深圳 市（南山）区", "深圳市南山区"),
            ("Łódź 12/3", "łódź 12 3"),
            ("प्रिया", "प्रिया"),
            ("🔥", ""),
        ] {
            assert_eq!(words(typed), expected, "{typed:?}");
        }
    }

    #[test]
    fn placeholders_are_known_in_every_spelling() {
        for value in [
            "n/a",
            "N.A.",
            "-",
            "--",
            "",
            " ",
            "None",
            "UNKNOWN",
            "null",
            "test",
            "xxx",
            "XX",
            "无",
            "未知",
            "暂无",
            "0",
            "000000",
            "1111",
            "0000 0000 0000 0000",
            "1234567890",
            "０００００",
            "123-456",
            "987654321",
        ] {
            assert!(is_placeholder(value), "{value:?}");
        }
        for value in ["Nan", "7", "42", "1123", "12345", "13812341234", "X", "testa", "100000", "无印"] {
            assert!(!is_placeholder(value), "{value:?}");
        }
    }

    #[test]
    fn countries_are_the_assigned_ones_in_any_case() {
        assert_eq!(COUNTRIES.split_ascii_whitespace().count(), 249);
        assert_eq!(country("cn").as_deref(), Some("CN"));
        assert_eq!(country(" Ｇb ").as_deref(), Some("GB"));
        for wrong in ["", "UK", "XX", "CHN", "C", "AD AE"] {
            assert_eq!(country(wrong), None, "{wrong:?}");
        }
        assert_eq!(country_field(Some("  ")), Ok(None));
        let fault = country_field(Some("UK")).expect_err("UK is not assigned");
        assert_eq!((fault.field, fault.code), ("country", "unknown"));
    }

    #[test]
    fn a_value_must_be_given_and_may_not_be_endless() {
        let fault = |value: &str| given(value).expect_err("refused").code;
        assert_eq!(fault(" \u{200b} "), "required");
        assert_eq!(fault("n/a"), "placeholder");
        assert_eq!(fault(&"a".repeat(4097)), "too_long");
    }
}
