//! Names and addresses of every script read in Latin letters, and the scripts that they are written in.

use pinyin::ToPinyin;

use super::super::identifier::text;

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

/// Whether all letters of a name are Latin ones without marks.
pub fn has_plain_letters(name: &str) -> bool {
    name.chars().filter(|c| c.is_alphabetic()).all(|c| c.is_ascii())
}

/// Whether all letters of a name are Latin ones.
pub fn is_latin(name: &str) -> bool {
    let is_latin =
        |c: char| matches!(c, 'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}');
    name.chars().filter(|c| c.is_alphabetic()).all(is_latin)
}

/// Cyrillic and Greek letters that look like Latin ones, read as those, where a word has letters of
/// both: nobody writes so but to disguise a name.
pub fn without_disguise(value: &str) -> String {
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
