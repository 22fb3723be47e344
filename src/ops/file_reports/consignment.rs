//! Objects that were sent together (STIX), of which some make reports.

use super::{Filed, Order, ReportError};
use crate::domain::exchange::Told;
use crate::domain::id::StatusId;
use crate::domain::report::Accepted;
use crate::domain::time::Timestamp;
use crate::store::StoreError;
use crate::store::statuses::Status;

/// What was sent together.
#[derive(Debug, Clone, PartialEq)]
pub struct Consignment {
    /// Under which its sender finds what became of it.
    pub id: StatusId,
    pub reports: Vec<Version>,
    /// Every object, in the order in which they were sent.
    pub objects: Vec<Object>,
}

/// A version of a report, as its member has it as an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    pub external_id: String,
    pub version: Timestamp,
    /// `None` if this version takes the report back.
    pub accepted: Option<Box<Accepted>>,
}

/// One object that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    pub id: String,
    pub version: Timestamp,
    pub fate: Fate,
}

/// What becomes of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is not taken; why.
    Refused(String),
    /// It is part of these reports, by their place in the consignment, and is taken if one of them is.
    PartOf(Vec<usize>),
}

impl Consignment {
    /// What is to be told of each object, when it is known what became of each report.
    pub fn told(&self, outcomes: &[Result<Filed, ReportError>]) -> Vec<Told> {
        let failure = |fate: &Fate| match fate {
            Fate::Refused(why) => Some(why.clone()),
            Fate::PartOf(reports) => {
                let mut parts = reports.iter().filter_map(|index| outcomes.get(*index));
                let failed = parts.clone().find_map(|outcome| outcome.as_ref().err().map(reason));
                if parts.any(Result::is_ok) { None } else { failed }
            }
        };
        let objects = self.objects.iter();
        objects
            .map(|one| Told { id: one.id.clone(), version: one.version, failure: failure(&one.fate) })
            .collect()
    }

    /// The same, to be kept.
    pub fn status(
        &self,
        order: &Order,
        outcomes: &[Result<Filed, ReportError>],
    ) -> Result<Status, StoreError> {
        let told = serde_json::to_string(&self.told(outcomes))?;
        Ok(Status { member_id: order.member, id: self.id, at: order.at, told: told.into() })
    }
}

fn reason(error: &ReportError) -> String {
    let text = match error {
        ReportError::NotFound => "There is no report of yours with this id that could be withdrawn.",
        ReportError::VersionTaken => {
            "This version is here with other content: a change needs a later `modified`."
        }
        ReportError::UnknownGroup => "There is no such group that you may contribute to.",
        _ => "It could not be stored; send it again.",
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{MemberId, ReportId};
    use crate::store::reports::{ReportState, Stored};

    fn filed() -> Filed {
        let stored = Stored {
            member_id: MemberId([1; 16]),
            id: ReportId([2; 16]),
            external_id: String::new(),
            digest: String::new(),
            revision: 1,
            state: ReportState::Live,
            body: String::new().into(),
            created_at: Timestamp(1),
            modified_at: Timestamp(1),
            object_version: None,
        };
        Filed { stored, changed: true, canaries: 0 }
    }

    #[test]
    fn an_object_is_taken_if_one_of_the_reports_is_that_it_is_part_of() {
        let fates = [
            Fate::PartOf(vec![0]),
            Fate::PartOf(vec![1]),
            Fate::PartOf(vec![1, 0]),
            Fate::Refused("no".to_owned()),
        ];
        let object = |fate| Object { id: "url--1".to_owned(), version: Timestamp(1), fate };
        let objects = fates.into_iter().map(object).collect();
        let sent = Consignment { id: StatusId([3; 16]), reports: Vec::new(), objects };
        let told = sent.told(&[Ok(filed()), Err(ReportError::NotFound)]);
        let failures: Vec<bool> = told.iter().map(|one| one.failure.is_some()).collect();
        assert_eq!(failures, [false, true, false, true]);
    }
}
