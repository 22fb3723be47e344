//! The checks of single values, by the rules that all of a report's values keep: what is wrong is noted with its place,
//! and what can be used is handed on.

use chrono::NaiveDate;

use super::currency;
use super::form::MoneyForm;
use crate::domain::fault::Faults;
use crate::domain::identifier::text;
use crate::domain::report::Money;
use crate::domain::time::parse_date;

/// Most entries of a list for which nothing else is said.
pub(super) const LIST_MAX: usize = 500;
/// Longest line of text, in characters.
const LINE_CHARS_MAX: usize = 1_000;

/// What was found wrong so far, and what dates are measured by.
pub(super) struct Check {
    pub(super) faults: Faults,
    pub(super) today: NaiveDate,
}

impl Check {
    pub(super) fn list<F, T>(
        &mut self,
        forms: Vec<F>,
        at: &str,
        each: impl Fn(&mut Self, F, &str) -> Option<T>,
    ) -> Vec<T> {
        self.limit(forms.len(), at, LIST_MAX);
        let forms = forms.into_iter().enumerate().take(LIST_MAX);
        forms.filter_map(|(index, form)| each(self, form, &format!("{at}/{index}"))).collect()
    }

    pub(super) fn limit(&mut self, count: usize, at: &str, most: usize) {
        if count > most {
            self.faults.add(at, "too_many", format!("At most {most} entries; this list has {count}."));
        }
    }

    /// A word of a vocabulary, or its default.
    pub(super) fn word<T>(
        &mut self,
        given: Option<String>,
        at: &str,
        default: T,
        parse: impl Fn(&str) -> Option<T>,
        names: impl Fn() -> String,
    ) -> T {
        let Some(given) = given else { return default };
        parse(&given).unwrap_or_else(|| {
            self.faults.add(at, "not_allowed", format!("Must be one of: {}.", names()));
            default
        })
    }

    /// A required word of a vocabulary.
    pub(super) fn must<T>(
        &mut self,
        given: Option<String>,
        at: &str,
        parse: impl Fn(&str) -> Option<T>,
        names: impl Fn() -> String,
    ) -> Option<T> {
        let given = self.faults.required(given, at)?;
        let word = parse(&given);
        if word.is_none() {
            self.faults.add(at, "not_allowed", format!("Must be one of: {}.", names()));
        }
        word
    }

    /// A set of words of a vocabulary, sorted.
    pub(super) fn words<T: Ord>(
        &mut self,
        given: &[String],
        at: &str,
        parse: impl Fn(&str) -> Option<T>,
        names: impl Fn() -> String,
    ) -> Vec<T> {
        self.limit(given.len(), at, LIST_MAX);
        let mut words = Vec::new();
        for (index, word) in given.iter().enumerate().take(LIST_MAX) {
            match parse(word) {
                Some(word) => words.push(word),
                None => {
                    let detail = format!("Must be one of: {}.", names());
                    self.faults.add(format!("{at}/{index}"), "not_allowed", detail);
                }
            }
        }
        words.sort();
        words.dedup();
        words
    }

    /// One line of text: cleaned, absent if empty.
    pub(super) fn line(&mut self, given: Option<String>, at: &str) -> Option<String> {
        let line = text::clean(&given?);
        if line.chars().count() > LINE_CHARS_MAX {
            self.faults.add(at, "too_long", format!("At most {LINE_CHARS_MAX} characters."));
        }
        (!line.is_empty()).then_some(line)
    }

    /// Free text, kept as it was written.
    pub(super) fn text(&mut self, given: Option<String>, at: &str, chars_max: usize) -> Option<String> {
        let text = given?;
        if text.chars().count() > chars_max {
            self.faults.add(at, "too_long", format!("At most {chars_max} characters."));
        }
        (!text.trim().is_empty()).then_some(text)
    }

    pub(super) fn country(&mut self, given: Option<String>, at: &str) -> Option<String> {
        let country = text::country(&given?);
        if country.is_none() {
            self.faults.add(at, "unknown_country", "Give the country as its ISO 3166-1 alpha-2 code.");
        }
        country
    }

    pub(super) fn currency(&mut self, given: Option<String>, at: &str) -> Option<String> {
        let given = self.faults.required(given, at)?;
        let code = currency::parse(&given);
        if code.is_none() {
            self.faults.add(at, "unknown_currency", "Give the currency as its ISO 4217 code.");
        }
        code
    }

    pub(super) fn money(&mut self, form: MoneyForm, at: &str) -> Option<Money> {
        let amount = self.faults.required(form.amount_minor, format!("{at}/amount_minor"));
        let amount_minor = self.amount(amount, &format!("{at}/amount_minor"));
        let currency = self.currency(form.currency, &format!("{at}/currency"));
        Some(Money { amount_minor: amount_minor?, currency: currency? })
    }

    pub(super) fn amount(&mut self, given: Option<i64>, at: &str) -> Option<i64> {
        self.within(given, at, 0, 1_000_000_000_000_000)
    }

    pub(super) fn within(&mut self, given: Option<i64>, at: &str, least: i64, most: i64) -> Option<i64> {
        let number = given?;
        if number < least {
            self.faults.add(
                at,
                if least == 0 { "negative" } else { "out_of_range" },
                format!("At least {least}."),
            );
            return None;
        }
        if number > most {
            self.faults.add(at, "out_of_range", format!("At most {most}."));
            return None;
        }
        Some(number)
    }

    pub(super) fn nice_class(&mut self, given: Option<i64>, at: &str) -> Option<u8> {
        self.within(given, at, 1, 45).and_then(|class| u8::try_from(class).ok())
    }

    pub(super) fn date(&mut self, given: Option<String>, at: &str, when: When) -> Option<NaiveDate> {
        let Some(date) = parse_date(given?.trim()) else {
            self.faults.add(at, "malformed", "Give the date as YYYY-MM-DD.");
            return None;
        };
        // A day of grace: the reporter's calendar may be ahead of UTC.
        if when == When::Past && date > self.today.succ_opt().unwrap_or(self.today) {
            self.faults.add(at, "in_the_future", "This date lies in the future.");
            return None;
        }
        Some(date)
    }

    pub(super) fn in_order(&mut self, first: Option<NaiveDate>, last: Option<NaiveDate>, at: &str) {
        if first.zip(last).is_some_and(|(first, last)| first > last) {
            self.faults.add(at, "out_of_order", "Last seen lies before first seen.");
        }
    }
}

/// Where a date may lie.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Past,
    AnyTime,
}
