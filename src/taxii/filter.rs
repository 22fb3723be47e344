//! What a request asks of a collection: where to begin, how much, and which objects.

use serde::Deserialize;
use utoipa::IntoParams;

use super::failure::Failure;
use crate::app::fragments::Fragment;
use crate::domain::time::Timestamp;
use crate::http::problem::Problem;

/// Objects of one answer at most.
pub const LIMIT_MAX: usize = 1_000;

/// Objects of one answer where nothing is said.
const LIMIT_USUAL: usize = 100;

/// The parameters of TAXII. Those that are not known are ignored, as the standard asks.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// Only what was added after this moment: RFC 3339, in UTC.
    pub added_after: Option<String>,
    /// From 1; 100 by default. More than 1,000 are never given.
    pub limit: Option<String>,
    /// As `next` of the last answer to the same request.
    pub next: Option<String>,
    /// Ids of objects, with commas between them.
    #[serde(rename = "match[id]")]
    pub id: Option<String>,
    /// Types of objects, with commas between them.
    #[serde(rename = "match[type]")]
    pub kind: Option<String>,
    /// `last`, `first`, `all`, or versions, with commas between them. There is one version of each object: the last.
    #[serde(rename = "match[version]")]
    pub version: Option<String>,
    /// Versions of STIX, with commas between them. All objects are of `2.1`.
    #[serde(rename = "match[spec_version]")]
    pub spec_version: Option<String>,
}

/// Which objects are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub ids: Option<Vec<String>>,
    pub kinds: Option<Vec<String>>,
    /// Only these versions, if there are any.
    versions: Option<Vec<Timestamp>>,
    other_spec: bool,
}

/// A request that was understood, but for its cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub added_after: Option<Timestamp>,
    pub limit: usize,
    pub filter: Filter,
}

impl Parameters {
    pub fn read(&self) -> Result<Wanted, Failure> {
        let added_after = self.added_after.as_deref().map(|text| moment("added_after", text)).transpose()?;
        let specs = listed("match[spec_version]", self.spec_version.as_deref())?;
        let filter = Filter {
            ids: listed("match[id]", self.id.as_deref())?,
            kinds: listed("match[type]", self.kind.as_deref())?,
            versions: versions(self.version.as_deref())?,
            other_spec: specs.is_some_and(|specs| !specs.iter().any(|spec| spec == "2.1")),
        };
        Ok(Wanted { added_after, limit: limit(self.limit.as_deref())?, filter })
    }
}

impl Filter {
    /// The object with this id.
    pub fn of(id: String) -> Self {
        Self { ids: Some(vec![id]), ..Self::default() }
    }

    /// Whether everything is wanted.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// Whether nothing can pass.
    pub fn is_shut(&self) -> bool {
        self.other_spec
    }

    /// Whether something of one of these kinds can pass.
    pub fn may_pass(&self, kinds: &[&str]) -> bool {
        self.kinds.as_ref().is_none_or(|wanted| wanted.iter().any(|one| kinds.contains(&one.as_str())))
    }

    pub fn passes(&self, object: &Fragment) -> bool {
        let kind = object.id.split_once("--").map_or("", |(kind, _)| kind);
        !self.other_spec
            && self.ids.as_ref().is_none_or(|ids| ids.contains(&object.id))
            && self.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|one| one == kind))
            && self.versions.as_ref().is_none_or(|versions| versions.contains(&object.version))
    }
}

fn malformed(name: &str, detail: &str) -> Failure {
    Problem::bad_parameter(name, "malformed", detail).into()
}

fn listed(name: &str, text: Option<&str>) -> Result<Option<Vec<String>>, Failure> {
    let Some(text) = text else { return Ok(None) };
    let items: Vec<String> = text.split(',').map(|item| item.trim().to_owned()).collect();
    if items.iter().any(String::is_empty) {
        return Err(malformed(name, "Values with commas between them; none is empty."));
    }
    Ok(Some(items))
}

fn moment(name: &str, text: &str) -> Result<Timestamp, Failure> {
    let time = Timestamp::parse(text).filter(|_| text.ends_with('Z'));
    time.ok_or_else(|| malformed(name, "An RFC 3339 time in UTC, such as 2026-03-31T00:00:00.000000Z."))
}

fn versions(text: Option<&str>) -> Result<Option<Vec<Timestamp>>, Failure> {
    let name = "match[version]";
    let Some(items) = listed(name, text)? else { return Ok(None) };
    if items.len() > 1 && items.iter().any(|item| item == "all") {
        return Err(malformed(name, "`all` stands alone."));
    }
    let (words, times): (Vec<_>, Vec<_>) =
        items.iter().partition(|item| ["first", "last", "all"].contains(&item.as_str()));
    let times = times.into_iter().map(|time| moment(name, time)).collect::<Result<Vec<_>, _>>()?;
    // The one version that there is, is the first as well as the last.
    Ok(words.is_empty().then_some(times))
}

fn limit(text: Option<&str>) -> Result<usize, Failure> {
    let Some(text) = text else { return Ok(LIMIT_USUAL) };
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // So large a number that it cannot be read is still only more than there is.
    let number = is_number.then(|| text.parse::<usize>().unwrap_or(usize::MAX)).filter(|number| *number > 0);
    number.map(|number| number.min(LIMIT_MAX)).ok_or_else(|| malformed("limit", "A whole number from 1."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(id: &str, version: i64) -> Fragment {
        Fragment { id: id.to_owned(), version: Timestamp(version), text: String::new() }
    }

    #[test]
    fn values_of_one_filter_are_alternatives_and_filters_narrow_each_other() {
        let filter = Filter {
            ids: Some(vec!["url--1".to_owned(), "url--2".to_owned(), "identity--3".to_owned()]),
            kinds: Some(vec!["url".to_owned(), "indicator".to_owned()]),
            ..Filter::default()
        };
        assert!(filter.passes(&object("url--1", 1)) && filter.passes(&object("url--2", 1)));
        assert!(!filter.passes(&object("identity--3", 1)) && !filter.passes(&object("url--4", 1)));
        assert!(!filter.is_open() && Filter::default().is_open());
    }

    #[test]
    fn words_for_versions_name_the_one_that_there_is_and_times_name_themselves() {
        let read = |text: &str| versions(Some(text)).map_err(|_| ());
        for words in ["all", "first", "last", "first,last", "last,1970-01-01T00:00:00.000001Z"] {
            assert_eq!(read(words), Ok(None), "{words}");
        }
        assert_eq!(read("1970-01-01T00:00:00.000001Z"), Ok(Some(vec![Timestamp(1)])));
        for wrong in ["", "all,last", "newest", "last,", "2026-01-01", "2026-01-01T00:00:00+01:00"] {
            assert_eq!(read(wrong), Err(()), "{wrong}");
        }
    }

    #[test]
    fn a_limit_is_a_number_from_one_and_never_more_than_the_most() {
        let read = |text: &str| limit(Some(text)).map_err(|_| ());
        assert_eq!(limit(None).map_err(|_| ()), Ok(LIMIT_USUAL));
        assert_eq!((read("1"), read("1001"), read(&"9".repeat(40))), (Ok(1), Ok(LIMIT_MAX), Ok(LIMIT_MAX)));
        for wrong in ["", "0", "-1", "1.5", "x", "+1", " 1"] {
            assert_eq!(read(wrong), Err(()), "{wrong}");
        }
    }
}
