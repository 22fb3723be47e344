//! Webhooks: where a member's events may be sent to, how such an endpoint fares, and when what failed is tried again.

pub mod address;
pub mod pace;
pub mod target;

use super::vocabulary::vocabulary;

vocabulary!(
    /// Whether events are sent.
    WebhookState {
        Active = "active",
        Disabled = "disabled",
    }
);

vocabulary!(
    /// Why no events are sent any more.
    WebhookEnd {
        /// A person or key of its member said so.
        Member = "member",
        /// It answered 410.
        Gone = "gone",
        /// Nothing was delivered for too long.
        Failing = "failing",
        /// The member may not read the group any more.
        NoAccess = "no_access",
    }
);

vocabulary!(
    /// What became of an event at an endpoint.
    DeliveryState {
        /// It answered 2xx.
        Delivered = "delivered",
        /// It is tried again.
        Failing = "failing",
        /// It was put aside, as a dead letter.
        Dead = "dead",
        /// A dead letter that is to be sent once more.
        Recalled = "recalled",
    }
);

vocabulary!(
    /// Why an attempt failed.
    Failure {
        /// It answered, and not with 2xx.
        Status = "status",
        /// It did not answer in time.
        Timeout = "timeout",
        /// No connection came about: no address, refused, TLS.
        Unreachable = "unreachable",
        /// Its URL or address is one that is not called.
        NotAllowed = "not_allowed",
    }
);

/// How one attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// The HTTP status, if it answered.
    pub status: Option<u16>,
    /// `None` if it was delivered.
    pub failure: Option<Failure>,
}

impl Attempt {
    /// What an answer with this status means.
    pub fn answered(status: u16) -> Self {
        let is_good = (200..300).contains(&status);
        Self { status: Some(status), failure: (!is_good).then_some(Failure::Status) }
    }

    pub const fn failed(failure: Failure) -> Self {
        Self { status: None, failure: Some(failure) }
    }

    /// Whether the endpoint says that it is gone for good.
    pub fn is_gone(&self) -> bool {
        self.status == Some(410)
    }
}
