//! Names in a form in which the same name in another script, order or legal form is equal.
//!
//! A name is folded (Unicode NFKC, case, marks), read in Latin letters (Chinese by Hanyu Pinyin without
//! tones, other scripts by transliteration), and taken apart into syllables and words, of which legal
//! forms and what shops put around their names are dropped. What is left is sorted: `张伟明`, `Weiming Zhang`
//! and `ZHANG, Wei Ming` are one. So are some names of different people: a name never links by itself.

use std::collections::HashSet;
use std::sync::LazyLock;

use pinyin::ToPinyin;

use super::super::identifier::text;
use super::words::{DECORATIONS, LEGAL_FORMS, NOTHING, SMALL, TRANSLATIONS};

/// The comparable form; `None` if nothing is left that names anybody.
pub fn comparable(value: &str) -> Option<String> {
    let romanised = romanised(value);
    let mut tokens: Vec<&str> = romanised.split(' ').flat_map(syllables).collect();
    translate(&mut tokens);
    strip(&mut tokens, LEGAL_FORMS);
    strip(&mut tokens, DECORATIONS);
    strip(&mut tokens, LEGAL_FORMS);
    tokens.retain(|token| !SMALL.contains(token));
    tokens.sort_unstable();
    let letters: usize = tokens.iter().map(|token| token.len()).sum();
    let names_somebody = letters >= 2 && !tokens.iter().all(|token| NOTHING.contains(token));
    names_somebody.then(|| tokens.join(" "))
}

/// The words of a name or an address in lower-case Latin letters and digits.
pub fn romanised(value: &str) -> String {
    let words = text::words(&without_disguise(value));
    let mut out = String::with_capacity(words.len());
    let mut last_was_han = false;
    let mut rest = words.as_str();
    while let Some(c) = rest.chars().next() {
        let (length, latin, is_han) = match READINGS.iter().find(|(han, _)| rest.starts_with(han)) {
            Some((han, reading)) => (han.len(), (*reading).to_owned(), true),
            None => (c.len_utf8(), latin(c), text::is_unspaced(c)),
        };
        if is_han != last_was_han && !out.is_empty() && !out.ends_with(' ') && !latin.is_empty() {
            out.push(' ');
        }
        last_was_han = is_han;
        out.push_str(&latin);
        rest = &rest[length..];
    }
    out.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// Readings that differ from the most common ones of their characters, and characters that say only that
/// a place is a city or a province, which Latin spellings leave out.
const READINGS: &[(&str, &str)] = &[
    ("重庆", "chongqing"),
    ("重慶", "chongqing"),
    ("厦", "xia"),
    ("廈", "xia"),
    ("曾", "zeng"),
    ("长", "chang"),
    ("長", "chang"),
    ("行", "hang"),
    ("市", " "),
    ("省", " "),
];

fn latin(c: char) -> String {
    if c.is_ascii() {
        return c.to_string();
    }
    match c.to_pinyin() {
        Some(reading) => reading.plain().replace('ü', "v"),
        None => {
            let latin = deunicode::deunicode_char(c).unwrap_or_default().to_ascii_lowercase();
            latin.chars().filter(|c| c.is_ascii_alphanumeric() || *c == ' ').collect()
        }
    }
}

/// Cyrillic and Greek letters that look like Latin ones, read as those, where a word has letters of
/// both: nobody writes so but to disguise a name.
fn without_disguise(value: &str) -> String {
    let is_latin = |c: char| c.is_ascii_alphabetic();
    let is_other = |c: char| matches!(c, '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{4ff}');
    let disguised =
        value.split_whitespace().any(|word| word.chars().any(is_latin) && word.chars().any(is_other));
    if !disguised {
        return value.to_owned();
    }
    let same = |c: char| LOOKALIKES.iter().find(|(other, _)| *other == c).map_or(c, |(_, latin)| *latin);
    value.to_lowercase().chars().map(same).collect()
}

/// From the confusables of Unicode TR 39, small letters only.
const LOOKALIKES: &[(char, char)] = &[
    ('а', 'a'),
    ('в', 'b'),
    ('с', 'c'),
    ('ԁ', 'd'),
    ('е', 'e'),
    ('һ', 'h'),
    ('і', 'i'),
    ('ј', 'j'),
    ('к', 'k'),
    ('ӏ', 'l'),
    ('м', 'm'),
    ('н', 'h'),
    ('о', 'o'),
    ('р', 'p'),
    ('ѕ', 's'),
    ('т', 't'),
    ('у', 'y'),
    ('х', 'x'),
    ('α', 'a'),
    ('ε', 'e'),
    ('ι', 'i'),
    ('κ', 'k'),
    ('ν', 'v'),
    ('ο', 'o'),
    ('ρ', 'p'),
    ('τ', 't'),
    ('υ', 'u'),
    ('χ', 'x'),
];

/// Every syllable of Hanyu Pinyin of two letters and more.
static SYLLABLES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    ('\u{4e00}'..='\u{9fff}')
        .filter_map(|c| Some(c.to_pinyin()?.plain().replace('ü', "v")))
        .filter(|syllable| syllable.len() >= 2 && syllable.contains(['a', 'e', 'i', 'o', 'u', 'v']))
        .collect()
});

const SYLLABLE_LETTERS_MAX: usize = 6;

/// A word as its pinyin syllables, the longest first; a word that is not made of them, as it is.
fn syllables(word: &str) -> Vec<&str> {
    fn split<'w>(rest: &'w str, found: &mut Vec<&'w str>) -> bool {
        if rest.is_empty() {
            return true;
        }
        for length in (2..=SYLLABLE_LETTERS_MAX.min(rest.len())).rev() {
            if SYLLABLES.contains(&rest[..length]) {
                found.push(&rest[..length]);
                if split(&rest[length..], found) {
                    return true;
                }
                found.pop();
            }
        }
        false
    }
    let mut found = Vec::new();
    // A long run of letters could be cut in very many ways.
    let sensible = word.len() <= 60 && word.bytes().all(|b| b.is_ascii_lowercase());
    if sensible && split(word, &mut found) { found } else { vec![word] }
}

/// Puts the English word for a Chinese one that company names are made of.
fn translate(tokens: &mut Vec<&str>) {
    let mut at = 0;
    while at < tokens.len() {
        let known = TRANSLATIONS.iter().find(|(chinese, _)| starts_with(&tokens[at..], chinese));
        if let Some((chinese, english)) = known {
            let length = chinese.split(' ').count();
            tokens.splice(at..at + length, english.split(' '));
            at += english.split(' ').count();
        } else {
            at += 1;
        }
    }
}

/// Drops what stands at either end, as often as it does, but never everything.
fn strip(tokens: &mut Vec<&str>, phrases: &[&str]) {
    loop {
        let ends = phrases.iter().find_map(|phrase| {
            let length = phrase.split(' ').count();
            if length >= tokens.len() {
                return None;
            }
            let tail = tokens.len() - length;
            if starts_with(&tokens[tail..], phrase) {
                Some(tail..tokens.len())
            } else {
                starts_with(tokens, phrase).then_some(0..length)
            }
        });
        match ends {
            Some(range) => drop(tokens.drain(range)),
            None => return,
        }
    }
}

fn starts_with(tokens: &[&str], phrase: &str) -> bool {
    let mut at = 0;
    phrase.split(' ').all(|word| {
        at += 1;
        tokens.get(at - 1) == Some(&word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_meet(names: &[&str]) {
        let forms: Vec<Option<String>> = names.iter().map(|name| comparable(name)).collect();
        assert!(forms[0].is_some() && forms.iter().all(|form| *form == forms[0]), "{names:?} are {forms:?}");
    }

    #[test]
    fn a_person_is_the_same_in_every_order_and_script() {
        assert_meet(&[
            "张伟明",
            "張偉明",
            "Zhang Weiming",
            "Weiming Zhang",
            "ZHANG, Wei Ming",
            "zhāng wěimíng",
        ]);
        assert_meet(&["曾庆红", "Zeng Qinghong", "曾慶紅"]);
        assert_meet(&["Łukasz Wójcik", "LUKASZ WOJCIK", "Wójcik, Łukasz"]);
        assert_meet(&["Ayşe Yıldız", "Ayse Yildiz"]);
        assert_meet(&["Nguyễn Văn Đức", "Nguyen Van Duc"]);
    }

    #[test]
    fn a_company_is_the_same_in_every_script_and_legal_form() {
        assert_meet(&[
            "深圳市鑫达贸易有限公司",
            "深圳鑫達貿易有限公司",
            "深圳鑫达贸易有限责任公司",
            "Shenzhen Xinda Trading Co., Ltd.",
            "Shenzhen Xin Da Trading Company Limited",
            "SHENZHEN XINDA TRADING CO.,LTD",
            "Shenzhen Xinda Maoyi Youxian Gongsi",
        ]);
        assert_meet(&["重庆恒源进出口有限公司", "Chongqing Hengyuan Import and Export Co., Ltd"]);
        assert_meet(&["Best Bags GmbH & Co. KG", "Best Bags", "BEST BAGS L.L.C.", "Best Bags Sp. z o.o."]);
        assert_meet(&["Öztürk Çelik Tic. Ltd. Şti.", "Ozturk Celik"]);
    }

    #[test]
    fn what_shops_put_around_their_names_is_no_part_of_them() {
        assert_meet(&[
            "★LuckyBags88★",
            "luckybags88 Official Store",
            "LuckyBags88 (Top Rated)",
            "luckybags88 🔥",
        ]);
        assert_meet(&["Luсky Star Bаgs", "Lucky Star Bags"]);
        assert_meet(&["鑫达旗舰店", "鑫达", "鑫达官方旗舰店"]);
    }

    #[test]
    fn different_names_stay_different() {
        let different = [
            ("Shenzhen Xinda Trading", "Shenzhen Xinde Trading"),
            ("深圳鑫达贸易有限公司", "深圳鑫达电子有限公司"),
            ("Lucky Bags 88", "Lucky Bags 89"),
            ("Best Bags Ltd", "Best Shoes Ltd"),
            ("张伟", "张玮琪"),
        ];
        for (one, other) in different {
            assert_ne!(comparable(one), comparable(other), "{one} and {other}");
        }
    }

    #[test]
    fn what_names_nobody_has_no_form() {
        for value in ["Store", "Official Store", "seller", "★", "个人卖家", "Co., Ltd.", "有限公司", "X"]
        {
            assert_eq!(comparable(value), None, "{value:?}");
        }
    }
}
