//! Counts and dates made coarse, and what is exact: the same field in an answer, either way.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::time::{month_of, start_of_month};

/// A number, or the band it falls into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Count {
    Exact(u64),
    /// `1-2`, `3-5`, `6-10` or `11+`.
    Band(String),
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(count) => count.fmt(f),
            Self::Band(band) => band.fmt(f),
        }
    }
}

impl Count {
    pub fn exact(count: usize) -> Self {
        Self::Exact(count as u64)
    }

    pub fn band(count: usize) -> Self {
        let band = match count {
            0..=2 => "1-2",
            3..=5 => "3-5",
            6..=10 => "6-10",
            _ => "11+",
        };
        Self::Band(band.to_owned())
    }

    /// The number, or the least one of the band.
    pub fn at_least(&self) -> u64 {
        match self {
            Self::Exact(count) => *count,
            Self::Band(band) => {
                let digits = band.find(|c: char| !c.is_ascii_digit()).unwrap_or(band.len());
                band[..digits].parse().unwrap_or_default()
            }
        }
    }
}

/// A date as `2026-03-31`, or its month as `2026-03`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct When(String);

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl When {
    pub fn exact(date: NaiveDate) -> Self {
        Self(date.to_string())
    }

    pub fn month(date: NaiveDate) -> Self {
        Self(month_of(date))
    }

    /// Months from this one's to that of a later one.
    pub fn months_until(&self, later: &Self) -> usize {
        let number = |when: &Self| {
            let mut parts = when.0.splitn(3, '-').map(|part| part.parse::<usize>().unwrap_or_default());
            parts.next().unwrap_or_default() * 12 + parts.next().unwrap_or_default()
        };
        number(later).saturating_sub(number(self))
    }
}

impl utoipa::PartialSchema for When {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$"))
            .description(Some("A date, or its month where the viewer may not know the day."))
            .into()
    }
}

impl utoipa::ToSchema for When {}

/// The date that a view may be ordered by: no finer than what it shows.
pub fn order_date(date: NaiveDate, by_month: bool) -> NaiveDate {
    if by_month { start_of_month(date) } else { date }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_counted_alike_between_days_and_between_months() {
        let [first, last] = ["2025-11-30", "2026-02-01"].map(|day| day.parse().expect("a date"));
        assert_eq!(When::exact(first).months_until(&When::exact(last)), 3);
        assert_eq!(When::month(first).months_until(&When::month(last)), 3);
        assert_eq!(When::exact(last).months_until(&When::exact(first)), 0);
    }

    #[test]
    fn bands_have_the_published_edges() {
        let bands: Vec<_> = [1, 2, 3, 5, 6, 10, 11, 500]
            .into_iter()
            .map(|n| match Count::band(n) {
                Count::Band(band) => band,
                Count::Exact(_) => "exact".to_owned(),
            })
            .collect();
        let least: Vec<u64> = [1, 2, 5, 10, 500].into_iter().map(|n| Count::band(n).at_least()).collect();
        assert_eq!((least, Count::exact(7).at_least()), (vec![1, 1, 3, 6, 11], 7));
        assert_eq!(bands, ["1-2", "1-2", "3-5", "3-5", "6-10", "6-10", "11+", "11+"]);
    }
}
