//! Names that are written as an account's is: one word, put together from somebody's name and what is sold.
//!
//! Who calls a shop `zhangguimall` or `suhui_bags` types what an account is called. A platform gives each such name once,
//! and few would put the same two together in the same way, so it says more than the name that it is read as: there
//! `suhui_bags`, `suhui-bags` and `Suhui Bags` are one. Without a person's name it says less: many put a brand and what
//! is sold into one word. Put together in words, the two make a name that is uncommon.

use super::super::identifier::text;
use super::given_names::SURNAMES;
use super::names::Name;
use super::people::is_given;
use super::scripts::without_disguise;
use super::syllables::{is_syllable, syllables};
use super::words::{DECORATIONS, PINYIN_BY_ACCIDENT, PLACES, TRADE_WORDS};

/// Fewest letters and digits of a name that few would choose alike.
const LENGTH_MIN: usize = 8;

/// Fewest letters and digits of it beside the person's name.
const BESIDE_MIN: usize = 2;

/// A name as an account's, in small letters and without what shops put behind it; `None` if it is not written as one.
pub fn handle(value: &str) -> Option<String> {
    let plain = without_disguise(value);
    let words = plain.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let mut words = words.filter(|word| !word.is_empty()).map(text::fold);
    let (word, behind) = (words.next()?, words.collect::<Vec<_>>());
    let is_alone = behind.is_empty() || DECORATIONS.contains(&behind.join(" ").as_str());
    Some(word).filter(|word| is_alone && is_put_together(word))
}

/// Whether a word has a person's name in it, and more.
fn is_put_together(word: &str) -> bool {
    let is_joint = |c: char| matches!(c, '_' | '-');
    let is_own = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let length = word.chars().filter(|c| is_own(*c)).count();
    if length < LENGTH_MIN || !word.chars().all(|c| is_own(c) || is_joint(c)) {
        return false;
    }
    let parts = || word.split(|c| is_joint(c) || c.is_ascii_digit()).filter(|part| !part.is_empty());
    let is_name_alone = parts().all(is_pinyin) && !word.contains(|c: char| c.is_ascii_digit());
    !is_name_alone && parts().filter_map(person).any(|person| length >= person.len() + BESIDE_MIN)
}

/// The person's name in pinyin that a part of a word is, or is before what is sold.
fn person(part: &str) -> Option<&str> {
    let before = TRADE_WORDS.iter().filter_map(|trade| part.strip_suffix(trade));
    [part].into_iter().chain(before).find(|name| is_person(name))
}

/// Whether a name has a person's in it and what is sold, in words. That of a company says less: many are called so.
pub fn names_person_and_more(name: &Name) -> bool {
    let Name { words, incorporated } = name;
    !incorporated && words.iter().any(|word| is_person(word)) && words.iter().any(|word| !is_pinyin(word))
}

fn is_pinyin(part: &str) -> bool {
    is_syllable(part) || syllables(part).len() > 1
}

fn is_person(name: &str) -> bool {
    let is_another = || {
        is_given(name) || [PLACES, TRADE_WORDS, PINYIN_BY_ACCIDENT].iter().any(|words| words.contains(&name))
    };
    let syllables = syllables(name);
    (2..=3).contains(&syllables.len()) && SURNAMES.contains(&syllables[0]) && !is_another()
}

#[cfg(test)]
mod tests {
    use super::super::names;
    use super::*;

    #[test]
    fn a_persons_name_and_what_is_sold_in_one_word_are_an_accounts() {
        for (name, expected) in [
            ("suhui_bags", "suhui_bags"),
            ("SUHUI_BAGS", "suhui_bags"),
            ("★suhui-bags★", "suhui-bags"),
            ("suhui_bags (Top Rated)", "suhui_bags"),
            ("Suhui_Bags Official Store", "suhui_bags"),
            ("zhangguimall", "zhangguimall"),
            ("zhаngguimаll", "zhangguimall"),
            ("zhangweiming47", "zhangweiming47"),
            ("bags-by-zhangwei", "bags-by-zhangwei"),
        ] {
            assert_eq!(handle(name).as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn a_name_in_words_or_of_one_that_many_would_choose_is_none() {
        for name in [
            "Suhui Bags",
            "Xinda",
            "Zhangweiming",
            "zhang_weiming",
            "suhui_b",
            "lucky_star_bags",
            "gucci_outlet",
            "Rolls-Royce",
            "huawei_store",
            "puma-shoes",
            "linda_bags",
            "wuhan_bags",
            "pandabags",
            "womenshoes",
            "lucky_house",
            "sunshine-bags",
            "fashionbags",
            "suhui_bags und mehr",
            "suhui.bags",
            "苏慧_bags",
            "12-345-678",
            "★★★",
        ] {
            assert_eq!(handle(name), None, "{name}");
        }
    }

    #[test]
    fn a_persons_name_and_what_is_sold_in_words_are_more_than_a_persons_and_less_than_a_companys() {
        let read = |name: &str| names::read(name).expect("a name").name;
        for name in ["Suhui Bags", "★ZHANGGUI MALL★", "Zhengpeng World Official Store", "bags by zhangwei"]
        {
            assert!(names_person_and_more(&read(name)), "{name}");
        }
        for name in [
            "Zhang Suhui",
            "Zhangweiming",
            "Suhui Bags Co., Ltd.",
            "Lucky Bags",
            "Linda Bags",
            "Wuhan Bags",
            "Dream House",
        ] {
            assert!(!names_person_and_more(&read(name)), "{name}");
        }
    }
}
