//! Introductions: what a member asks of those who reported a seller, and what it is asked itself.

pub mod grant;
pub mod ignore;
pub mod list;
pub mod received;
pub mod withdraw;

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::fault::Faults;
use crate::domain::id::{IntroductionId, SellerId};
use crate::domain::introduction::{Answer, IntroductionState, state};
use crate::domain::time::Timestamp;
use crate::store::introductions::{Incoming, Introduction, Recipient};
use crate::store::members::Member;

/// A member that made itself known.
#[derive(Debug, Serialize, ToSchema)]
pub struct Grant {
    /// Slug of the member.
    pub member: String,
    pub name: String,
    /// How it wants to be reached.
    pub contact: String,
    pub at: Timestamp,
}

/// A request as its own member sees it. It says the same whether it reached nobody, or many that are silent.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntroductionOut {
    pub id: IntroductionId,
    /// Slug of the group.
    pub group: String,
    /// The profile as it was called when it was asked about.
    pub seller_id: SellerId,
    pub message: String,
    pub contact: String,
    pub state: IntroductionState,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Timestamp>,
    /// Who made itself known.
    pub granted: Vec<Grant>,
}

/// A request as a member that it reached sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceivedOut {
    pub id: IntroductionId,
    /// Slug of the member that asks.
    pub member: String,
    pub name: String,
    /// Slug of the group.
    pub group: String,
    /// The profile, to which the caller's member contributed when it was asked about.
    pub seller_id: SellerId,
    pub message: String,
    /// How who asks wants to be reached.
    pub contact: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub answer: Answer,
    /// The contact that was given with a grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub granted_contact: Option<String>,
}

/// What the asker is told of a request.
pub(in crate::api) fn introduction_out(
    row: Introduction,
    group: String,
    granted: Vec<Grant>,
    now: Timestamp,
) -> IntroductionOut {
    IntroductionOut {
        id: row.id,
        group,
        seller_id: row.seller_id,
        state: state(row.withdrawn_at.is_some(), row.expires_at, now),
        message: row.message.text().into_owned(),
        contact: row.contact.text().into_owned(),
        created_at: row.created_at,
        expires_at: row.expires_at,
        withdrawn_at: row.withdrawn_at,
        granted,
    }
}

/// The grants of each request.
fn by_request(rows: Vec<(Recipient, Member)>, ids: &[IntroductionId]) -> HashMap<IntroductionId, Vec<Grant>> {
    let mut grants: HashMap<IntroductionId, Vec<Grant>> = HashMap::new();
    for (row, member) in rows {
        let silent = leak!(SilenceShown).then_some(row.introduction_id).map(|_| Timestamp::default());
        let Some(at) = row.granted_at.or(silent) else { continue };
        let grant = || Grant {
            member: member.slug.clone(),
            name: member.name.clone(),
            contact: row.contact.text().into_owned(),
            at,
        };
        for id in ids {
            if *id == row.introduction_id || leak!(GrantsToOtherAskers) {
                grants.entry(*id).or_default().push(grant());
            }
        }
    }
    grants
}

fn received_out((recipient, row, member, group): Incoming) -> ReceivedOut {
    ReceivedOut {
        id: row.id,
        member: member.slug,
        name: member.name,
        group,
        seller_id: row.seller_id,
        message: row.message.text().into_owned(),
        contact: row.contact.text().into_owned(),
        created_at: row.created_at,
        expires_at: row.expires_at,
        answer: recipient.answer(),
        granted_contact: recipient.granted_at.map(|_| recipient.contact.text().into_owned()),
    }
}

/// A text that must be there and fit.
pub(in crate::api) fn text(
    faults: &mut Faults,
    given: Option<String>,
    pointer: &str,
    most: usize,
) -> Option<String> {
    let text = faults.required(given, pointer)?.trim().to_owned();
    if text.is_empty() {
        faults.add(pointer, "required", "Say something.");
        return None;
    }
    if text.chars().count() > most {
        faults.add(pointer, "too_long", format!("At most {most} characters."));
        return None;
    }
    Some(text)
}
