//! Names in a form in which the same name in another script, order or legal form is equal.
//!
//! A name is folded (Unicode NFKC, case, marks), read in Latin letters (Chinese by Hanyu Pinyin without
//! tones, other scripts by transliteration), and taken apart into syllables and words, of which legal
//! forms and what shops put around their names are dropped. What is left is sorted: `张伟明`, `Weiming Zhang`
//! and `ZHANG, Wei Ming` are one. So are some names of different people: a plain name never links by itself.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::super::identifier::text;
use super::legal_forms::LEGAL_FORMS;
use super::made_up::{MadeUp, made_up};
use super::scripts::{has_plain_letters, is_latin, romanised, without_disguise};
use super::syllables::{is_syllable, syllables};
use super::words::{DECORATIONS, NOTHING, SAID_OTHERWISE, SMALL};

/// A name as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Equal for spellings of one name: its syllables and words, sorted.
    pub comparable: String,
    pub name: Name,
    /// How sure it is that one of its words was made up of letters that make none, as it was written: other scripts
    /// leave out vowels.
    pub made_up: MadeUp,
}

impl Reading {
    /// Whether it has digits in it that few would choose alike.
    pub fn is_numbered(&self) -> bool {
        let numbers = self.comparable.split(|c: char| !c.is_ascii_digit());
        let telling: usize = numbers.filter(|number| !is_common_number(number)).map(str::len).sum();
        telling >= TELLING_DIGITS
    }
}

/// Digits from which a name is one that few would choose alike.
const TELLING_DIGITS: usize = 3;

/// Whether many put a number into their name: a year, one that brings luck or comes to mind first, or that of a model
/// which is often copied.
fn is_common_number(number: &str) -> bool {
    const COMMON: &[&str] = &[
        "007", "101", "168", "188", "247", "321", "350", "360", "365", "501", "520", "574", "911", "990",
        "1314", "1688",
    ];
    let is_year = number.len() == 4 && (number.starts_with("19") || number.starts_with("20"));
    let steps = |step: u8| number.as_bytes().windows(2).all(|pair| pair[1] == pair[0] + step);
    let is_round = number.trim_end_matches('0').len() <= 1;
    let is_plain = number.len() >= TELLING_DIGITS && (is_round || steps(0) || steps(1));
    is_year || is_plain || COMMON.contains(&number)
}

/// A name as the words that it is written in, without legal form and what shops put around it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Name {
    pub words: Vec<String>,
    /// Whether it was written with a legal form.
    #[serde(default)]
    pub incorporated: bool,
}

/// Reads a name; `None` if nothing is left that names anybody.
pub fn read(value: &str) -> Option<Reading> {
    let romanised = romanised(value);
    let (tokens, incorporated) = telling(&romanised);
    let mut words: Vec<String> = Vec::new();
    let mut last = None;
    for Token { text, word } in &tokens {
        match words.last_mut() {
            Some(open) if word.is_some() && last == Some(word) => open.push_str(text),
            _ => words.push((*text).to_owned()),
        }
        last = Some(word);
    }
    let mut texts: Vec<&str> = tokens.iter().map(|token| token.text).collect();
    texts.sort_unstable();
    let name = Name { words, incorporated };
    let words = texts.iter().filter(|word| !is_syllable(word));
    let made_up = words.map(|word| made_up(word)).max().unwrap_or(MadeUp::No);
    let made_up = match made_up {
        MadeUp::Surely if is_latin(&text::words(&without_disguise(value))) => MadeUp::Surely,
        // Who makes a word up leaves out marks; that they are there tells of a language.
        MadeUp::Perhaps if has_plain_letters(&without_disguise(value)) => MadeUp::Perhaps,
        _ => MadeUp::No,
    };
    names_somebody(&texts).then(|| Reading { comparable: texts.join(" "), name, made_up })
}

/// A syllable or word, and which word of the name it was part of; none if it stands for several.
#[derive(Clone, Copy)]
struct Token<'w> {
    text: &'w str,
    word: Option<usize>,
}

/// What of a romanised name tells whose it is, and whether a legal form was dropped.
fn telling(romanised: &str) -> (Vec<Token<'_>>, bool) {
    let mut tokens: Vec<Token<'_>> = romanised
        .split(' ')
        .enumerate()
        .flat_map(|(word, text)| {
            syllables(text).into_iter().map(move |text| Token { text, word: Some(word) })
        })
        .collect();
    translate(&mut tokens);
    let incorporated = strip(&mut tokens, &LEGAL);
    strip(&mut tokens, &DECORATING);
    let incorporated = strip(&mut tokens, &LEGAL) || incorporated;
    tokens.retain(|token| !SMALL.contains(&token.text));
    (tokens, incorporated)
}

fn names_somebody(tokens: &[&str]) -> bool {
    let letters: usize = tokens.iter().map(|token| token.len()).sum();
    letters >= 2 && !tokens.iter().all(|token| NOTHING.contains(token))
}

/// Phrases by the words that they begin and end with, since nearly no name has any of most of them.
struct Phrases {
    all: Vec<Vec<&'static str>>,
    by_first: HashMap<&'static str, Vec<usize>>,
    by_last: HashMap<&'static str, Vec<usize>>,
}

impl Phrases {
    fn new<'p>(phrases: impl Iterator<Item = &'p &'static str>) -> Self {
        let all: Vec<Vec<&str>> = phrases.map(|phrase| phrase.split(' ').collect()).collect();
        let (mut by_first, mut by_last) = (HashMap::new(), HashMap::new());
        for (index, words) in all.iter().enumerate() {
            let note = |map: &mut HashMap<_, Vec<usize>>, word: Option<&&'static str>| {
                map.entry(*word.unwrap_or(&"")).or_default().push(index);
            };
            note(&mut by_first, words.first());
            note(&mut by_last, words.last());
        }
        Self { all, by_first, by_last }
    }

    /// The first of the phrases that stands at the beginning.
    fn at_start(&self, tokens: &[Token<'_>]) -> Option<usize> {
        let found = self.by_first.get(tokens.first()?.text)?;
        found.iter().copied().find(|index| {
            let phrase = &self.all[*index];
            phrase.len() <= tokens.len() && phrase.iter().zip(tokens).all(|(word, token)| *word == token.text)
        })
    }

    /// The first of the phrases that stands at the end.
    fn at_end(&self, tokens: &[Token<'_>]) -> Option<usize> {
        let found = self.by_last.get(tokens.last()?.text)?;
        found.iter().copied().find(|index| {
            let phrase = &self.all[*index];
            let tail = tokens.len().checked_sub(phrase.len()).and_then(|tail| tokens.get(tail..));
            tail.is_some_and(|tail| phrase.iter().zip(tail).all(|(word, token)| *word == token.text))
        })
    }
}

static LEGAL: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(LEGAL_FORMS.iter()));
static DECORATING: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(DECORATIONS.iter()));
static OTHERWISE: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::new(SAID_OTHERWISE.iter().map(|(said, _)| said)));

/// Puts one way of saying a thing for all, such as the English word for a Chinese one that company names are made of.
fn translate(tokens: &mut Vec<Token<'_>>) {
    let mut at = 0;
    while at < tokens.len() {
        let Some(index) = OTHERWISE.at_start(&tokens[at..]) else {
            at += 1;
            continue;
        };
        let (_, meant) = SAID_OTHERWISE[index];
        let length = OTHERWISE.all[index].len();
        tokens.splice(at..at + length, meant.split(' ').map(|text| Token { text, word: None }));
        at += meant.split(' ').count();
    }
}

/// Drops what stands at either end, as often as it does, but never everything. Says whether it did.
fn strip(tokens: &mut Vec<Token<'_>>, phrases: &Phrases) -> bool {
    let mut found = false;
    loop {
        let whole = tokens.len();
        // What would leave nothing is looked for among the rest.
        let (head, tail) = (tokens.get(..whole.saturating_sub(1)), tokens.get(1..));
        let start = head.and_then(|head| phrases.at_start(head));
        let end = tail.and_then(|tail| phrases.at_end(tail));
        match (start, end) {
            (Some(start), end) if end.is_none_or(|end| start < end) => {
                tokens.drain(..phrases.all[start].len());
            }
            (_, Some(end)) => tokens.truncate(whole - phrases.all[end].len()),
            _ => return found,
        }
        found = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comparable(value: &str) -> Option<String> {
        read(value).map(|reading| reading.comparable)
    }

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
    fn a_year_or_a_lucky_number_makes_no_name_telling() {
        for (name, numbered) in [
            ("Lucky Bags 4711", true),
            ("luckybags88 store 7", true),
            ("Fashion Store 2024", false),
            ("Shop 168", false),
            ("888 Trading", false),
            ("Bags 123", false),
            ("Outlet 100", false),
            ("Kicks 700", false),
            ("Yeezy 350", false),
            ("Store 365", false),
            ("Shop 1212", true),
            ("Bags 12", false),
        ] {
            assert_eq!(read(name).is_some_and(|reading| reading.is_numbered()), numbered, "{name}");
        }
    }

    #[test]
    fn a_name_is_coined_by_a_word_that_was_made_up_in_the_script_that_it_is_written_in() {
        for (name, expected) in [
            ("SZTMQGV Gift", MadeUp::Surely),
            ("★Rhwqzsg Shop★", MadeUp::Surely),
            ("ＳＺＴＭＱＧＶ", MadeUp::Surely),
            ("SZTМQGV Gift", MadeUp::Surely),
            ("★UXОV Hub★", MadeUp::Perhaps),
            ("Uxöv Hub", MadeUp::No),
            ("Zhuang Xiong Shuang", MadeUp::No),
            ("Lucky Bags", MadeUp::No),
            ("شركة المستلزمات للتجارة", MadeUp::No),
        ] {
            assert_eq!(read(name).map(|reading| reading.made_up), Some(expected), "{name}");
        }
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
        assert_meet(&[
            "Ningbo Haishi Imp. & Exp. Co., Ltd.",
            "Ningbo Haishi Import and Export",
            "宁波海氏进出口有限公司",
        ]);
        assert_meet(&["Hope Acad. Ctr", "Hope Academy Center", "Hope Academy Centre"]);
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
