//! Words that nobody has but who made them up: letters that do not follow each other in words.
//!
//! Many who sell under names that they change register a trademark of letters at random, since those are free
//! (`SZTMQGV`, `ZICVVC`), and each has its own. Such a word tells a seller as a number does. It is known by its
//! letters alone and not by how few carry it, for in a small pool few carry any word.

/// Bits that each letter costs after the letter before it, in words of names and addresses: a row for the beginning of
/// a word and for each letter, in it a hexadecimal digit for each letter and for the end.
///
/// Counted in some 30,000 different words of four letters and more: names and addresses of the register of overseas
/// entities of Companies House, which has them from all over the world, given names and words of trades in
/// [`given_names`](super::given_names) and [`words`](super::words), and 1,300 words of labelled pairs of names. A half
/// was added to each count.
const BITS: [&str; 27] = [
    "44455554665445648434765977f",
    "765587665863438693446678573",
    "26972aa849a4a93ad3793aab5d6",
    "3a6a4aa24b45992984855c997a5",
    "3776275739a67748c558576c6a2",
    "576557676873537793457666582",
    "3a9a34aa28849829c4745aab7a4",
    "378837644a847648c3555a7c7a3",
    "278838893b866738b675487e6e3",
    "464546598864525684447698874",
    "2987389838678738b867388b894",
    "378837953a757649d556576d5a2",
    "367427783a736847c855568c593",
    "257838983b975835e8585a8e7a3",
    "4654374748677549a844777a772",
    "6655766779645245b3454558783",
    "388a389539948935d356598d7a4",
    "47aa68885aaaaa6a7677077aaa4",
    "366537573a666537a554577d583",
    "475738844c6668459843586d7a2",
    "387938943ca68838d355597c673",
    "5555475758644385b3349786874",
    "29891aaa2cb7884bc67979cc7b5",
    "277827853c768439b76779ac6b4",
    "465845763aa56955996476756a1",
    "366546777a755456b5467769891",
    "28873885387678489798497b643",
];

/// Fewest letters of a word that is surely made up: of four many are an abbreviation that all know.
const SURE_LETTERS_MIN: usize = 5;

/// Fewest letters of a word that is looked at.
const LETTERS_MIN: usize = 4;

/// What a letter costs where all that can follow are alike: log2(27), in hundredths of a bit.
const EVEN_CENTIBITS: usize = 475;

/// How many bits more than that a word that is surely made up must cost: of words drawn at random 7 of 10 do, and of words
/// in the names of real companies 8 of 10,000, mostly abbreviations.
const SURE_BITS_MIN: usize = 6;

/// How many bits more a word must cost that may be made up: of words of four letters drawn at random 6 of 10 do, of longer
/// ones 8 of 10; of words in the names of real companies 600 and 60 of 10,000.
const BITS_MIN: usize = 3;

/// Brands that are copied often and a common surname, whose letters would pass.
const KNOWN: &[&str] = &["bvlgari", "dkny", "gcds", "lvmh", "msgm", "ozturk", "uniqlo", "xbox"];

/// Whether a word was made up by who bears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MadeUp {
    No,
    /// It may be an abbreviation, or a word of a language that few speak.
    Perhaps,
    /// Few would choose the same.
    Surely,
}

/// How sure it is that a word was made up. It has small Latin letters alone, or was not.
pub fn made_up(word: &str) -> MadeUp {
    let is_word = word.len() >= LETTERS_MIN && word.bytes().all(|letter| letter.is_ascii_lowercase());
    if !is_word || KNOWN.contains(&word) || word.bytes().all(|letter| b"ivxlcdm".contains(&letter)) {
        return MadeUp::No;
    }
    // Polish writes with two letters what most write with one.
    let letters: Vec<usize> = word
        .replace("sz", "s")
        .replace("cz", "c")
        .replace("rz", "r")
        .bytes()
        .map(|letter| usize::from(letter - b'a'))
        .collect();
    let before = [0].into_iter().chain(letters.iter().map(|letter| letter + 1));
    let after = letters.iter().copied().chain([26]);
    let bits: usize = before.zip(after).map(|(before, after)| bits(before, after)).sum();
    let costs = |more: usize| 100 * bits >= EVEN_CENTIBITS * (letters.len() + 1) + 100 * more;
    if word.len() >= SURE_LETTERS_MIN && costs(SURE_BITS_MIN) {
        MadeUp::Surely
    } else if costs(BITS_MIN) {
        MadeUp::Perhaps
    } else {
        MadeUp::No
    }
}

fn bits(before: usize, after: usize) -> usize {
    let digit = char::from(BITS[before].as_bytes()[after]);
    digit.to_digit(16).map_or(0, |bits| bits as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_make_no_word_were_made_up() {
        for word in
            ["sztmqgv", "zicvvc", "gqvzay", "rhwqzsg", "bzkjmd", "hmxzqp", "sxzzrq", "vqluxe", "qbgfd"]
        {
            assert_eq!(made_up(word), MadeUp::Surely, "{word}");
        }
    }

    #[test]
    fn words_of_all_countries_and_well_known_brands_were_not() {
        let words = "sneakers wholesale smartphones knightsbridge rhythm quartz zigzag whatsapp tiktok aliexpress \
             schwarzkopf llewellyn reykjavik wojciechowski krzysztof szczepanski brzeczyszczykiewicz nguyen \
             thiruvananthapuram yilmaz qureshi mkrtchyan dzhugashvili khrushchev strandvejen hrvatska xochitl \
             zwelithini tshabalala zhejiang bvlgari givenchy balenciaga swarovski skechers huawei";
        for word in words.split(' ') {
            assert_eq!(made_up(word), MadeUp::No, "{word}");
        }
        for word in ["dkny", "lvmh", "xxxviii", "b07xyzqq", "", "Sztmqgv", "qzv"] {
            assert_eq!(made_up(word), MadeUp::No, "{word}");
        }
    }

    #[test]
    fn an_abbreviation_may_have_been() {
        for word in ["hsbc", "icbc", "uxov", "wwyb", "abdulqadir"] {
            assert_eq!(made_up(word), MadeUp::Perhaps, "{word}");
        }
    }

    #[test]
    fn every_letter_has_a_number_for_each_that_may_follow() {
        for row in BITS {
            assert!(row.len() == 27 && row.chars().all(|digit| digit.is_ascii_hexdigit()), "{row}");
        }
    }
}
