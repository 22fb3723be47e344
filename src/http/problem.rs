//! Problem details (RFC 9457): the one form of every error.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use super::probing;
use crate::domain::fault::Fault;
use crate::domain::introduction::OPEN_MAX;
use crate::domain::probing::{Exceeded, Quota};
use crate::ops::create_group::CreateGroupError;
use crate::ops::file_reports::ReportError;
use crate::ops::introduce::IntroduceError;
use crate::ops::invite_user::AcceptError;
use crate::ops::judge::{JudgeError, PROPOSALS_MAX};
use crate::ops::keep_canaries::{CANARIES_MAX, CanaryError};
use crate::ops::keep_group::GroupError;
use crate::ops::keep_webhooks::{WEBHOOKS_MAX, WebhookError};
use crate::ops::look_up::LookUpError;
use crate::ops::set_standing::StandingError;
use crate::ops::sign_in::SignInError;
use crate::store::StoreError;

/// A kind of problem: its stable name, status and title. `docs/API.md` explains each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    pub name: &'static str,
    pub status: u16,
    pub title: &'static str,
}

macro_rules! kinds {
    ($($constant:ident = $name:literal, $status:literal, $title:literal;)+) => {
        impl Kind {
            $(pub const $constant: Kind = Kind { name: $name, status: $status, title: $title };)+
            /// Every kind of problem.
            pub const ALL: &'static [Kind] = &[$(Kind::$constant),+];
        }
    };
}

kinds! {
    INVALID = "invalid", 422, "The request is not valid";
    MALFORMED = "malformed", 400, "The body cannot be read";
    BAD_PARAMETER = "bad-parameter", 400, "A parameter is not valid";
    BAD_CURSOR = "bad-cursor", 400, "The cursor is not valid";
    UNAUTHENTICATED = "unauthenticated", 401, "Credentials are missing or not good";
    FORBIDDEN = "forbidden", 403, "This is not allowed";
    NOT_FOUND = "not-found", 404, "There is no such thing";
    NOT_ACCEPTABLE = "not-acceptable", 406, "There is no such form of the answer";
    CONFLICT = "conflict", 409, "The request conflicts with what is stored";
    PRECONDITION_FAILED = "precondition-failed", 412, "The thing has changed";
    TOO_LARGE = "too-large", 413, "The body is too large";
    UNSUPPORTED_TYPE = "unsupported-type", 415, "The content type is not supported";
    PRECONDITION_REQUIRED = "precondition-required", 428, "If-Match is required";
    QUOTA_EXCEEDED = "quota-exceeded", 429, "Too much was asked";
    INTERNAL = "internal", 500, "The server failed";
    BUSY = "busy", 503, "The server is busy";
}

/// The body of an error answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemBody {
    #[serde(rename = "type")]
    #[schema(example = "urn:touchstone:problem:invalid")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    pub detail: String,
    /// Every fault of the request, each with its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
}

/// An error answer.
#[derive(Debug, Clone)]
pub struct Problem {
    kind: Kind,
    detail: String,
    errors: Vec<Fault>,
    retry_after_seconds: Option<u32>,
    /// Whether the caller may send its credential by HTTP Basic too.
    takes_basic: bool,
    /// The limit that was reached. Boxed, since every error that is no such thing carries its place.
    quota: Option<Box<Quota>>,
}

impl Problem {
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after_seconds: None,
            takes_basic: false,
            quota: None,
        }
    }

    /// The request was understood, and these parts of it are wrong.
    pub fn invalid(errors: Vec<Fault>) -> Self {
        let detail = match errors.len() {
            1 => "There is 1 fault.".to_owned(),
            count => format!("There are {count} faults."),
        };
        Self { errors, ..Self::new(Kind::INVALID, detail) }
    }

    /// A parameter of the URL is wrong.
    pub fn bad_parameter(name: &str, code: &str, detail: impl Into<String>) -> Self {
        let errors = vec![Fault::new(name, code, detail)];
        Self { errors, ..Self::new(Kind::BAD_PARAMETER, format!("The parameter `{name}` is not valid.")) }
    }

    /// The same answer for what does not exist and for what the viewer may not know of.
    pub fn not_found() -> Self {
        Self::new(Kind::NOT_FOUND, "Nothing that you may know of is at this address.")
    }

    pub fn unauthenticated() -> Self {
        Self::new(Kind::UNAUTHENTICATED, "Send a good access token or API key as `Authorization: Bearer …`.")
    }

    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(Kind::FORBIDDEN, detail)
    }

    /// The server has more to do than it takes on.
    pub fn busy() -> Self {
        Self {
            retry_after_seconds: Some(1),
            ..Self::new(Kind::BUSY, "Nothing was stored. Try again in a moment.")
        }
    }

    /// Something failed that the caller can do nothing about. The cause goes to the log, not to the
    /// caller.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed");
        Self::new(Kind::INTERNAL, "The failure was logged under the X-Request-Id of this answer.")
    }

    /// Adds a fault with its place.
    #[must_use]
    pub fn with(mut self, fault: Fault) -> Self {
        self.errors.push(fault);
        self
    }

    /// The same, to a caller whose credential is taken by HTTP Basic too.
    #[must_use]
    pub fn offering_basic(mut self) -> Self {
        self.takes_basic = true;
        self
    }

    pub fn is(&self, kind: Kind) -> bool {
        self.kind == kind
    }

    pub fn body(&self) -> ProblemBody {
        ProblemBody {
            kind: format!("urn:touchstone:problem:{}", self.kind.name),
            title: self.kind.title.to_owned(),
            status: self.kind.status,
            detail: self.detail.clone(),
            errors: self.errors.clone(),
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.kind.name, self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        if self.kind == Kind::UNAUTHENTICATED {
            if self.takes_basic {
                let basic = HeaderValue::from_static("Basic realm=\"touchstone\", charset=\"UTF-8\"");
                response.append_header((header::WWW_AUTHENTICATE, basic));
            }
            response.append_header((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        }
        if let Some(seconds) = self.retry_after_seconds {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        let mut response = response.json(self.body());
        if let Some(quota) = &self.quota {
            probing::write(response.headers_mut(), std::slice::from_ref(quota));
        }
        response
    }
}

impl From<Exceeded> for Problem {
    fn from(Exceeded { quota, retry_seconds }: Exceeded) -> Self {
        let Quota { name, allowed, window_seconds, .. } = quota;
        let detail = match name {
            "day" => format!("A member may test {allowed} values a day."),
            _ => format!("A {name} may ask {allowed} times in {window_seconds} seconds."),
        };
        let problem = Self::new(Kind::QUOTA_EXCEEDED, detail);
        Self { retry_after_seconds: Some(retry_seconds), quota: Some(Box::new(quota)), ..problem }
    }
}

impl From<LookUpError> for Problem {
    fn from(error: LookUpError) -> Self {
        match error {
            LookUpError::Exceeded(exceeded) => exceeded.into(),
            LookUpError::Store(error) => error.into(),
        }
    }
}

impl From<IntroduceError> for Problem {
    fn from(error: IntroduceError) -> Self {
        match error {
            IntroduceError::NotFound => Self::not_found(),
            IntroduceError::DropBox => Self::new(
                Kind::CONFLICT,
                "Those who report into a drop box do not read it. Ask in a group that they read.",
            ),
            IntroduceError::AskedAlready => {
                Self::new(Kind::CONFLICT, "A request of yours about this seller is open.")
            }
            IntroduceError::TooManyOpen => Self::new(
                Kind::CONFLICT,
                format!("{OPEN_MAX} requests of yours are open. Withdraw some first."),
            ),
            IntroduceError::Granted => Self::new(Kind::CONFLICT, "What was granted cannot be taken back."),
            IntroduceError::Budget(error) => error.into(),
            IntroduceError::Store(error) => error.into(),
        }
    }
}

impl From<CanaryError> for Problem {
    fn from(error: CanaryError) -> Self {
        match error {
            CanaryError::TooMany => {
                Self::new(Kind::CONFLICT, format!("{CANARIES_MAX} canaries are in force. Retire some first."))
            }
            CanaryError::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::busy(),
            StoreError::Taken => Self::new(Kind::CONFLICT, "A value that must be unique is taken."),
            StoreError::Failed(_) | StoreError::Unfit(_) | StoreError::Erased | StoreError::Damaged(_) => {
                Self::internal(&error)
            }
        }
    }
}

impl From<ReportError> for Problem {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Conflict { id, stored_digest } => {
                let detail = format!("The content stored under it is {id} with SHA-256 {stored_digest}.");
                let errors = vec![Fault::new("/external_id", "conflict", detail)];
                let problem =
                    Self::new(Kind::CONFLICT, "This external id is taken by other content of yours.");
                Self { errors, ..problem }
            }
            ReportError::NotFound => Self::not_found(),
            ReportError::Stale { current } => {
                Self::new(Kind::PRECONDITION_FAILED, format!("The current revision is {current}."))
            }
            ReportError::ExternalIdChanged => Self::invalid(vec![Fault::new(
                "/external_id",
                "immutable",
                "A revision keeps the external id of its report.",
            )]),
            ReportError::VersionTaken => {
                Self::new(Kind::CONFLICT, "This version of the report is here with other content.")
            }
            ReportError::UnknownGroup => Self::invalid(vec![Fault::new(
                "/share_with",
                "unknown_group",
                "There is no such group that you may contribute to.",
            )]),
            ReportError::Stopped => Self::busy(),
            ReportError::Store(error) => error.into(),
        }
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::NotGood => Self::new(Kind::UNAUTHENTICATED, "The credentials are not good."),
            SignInError::Store(error) => error.into(),
        }
    }
}

impl From<AcceptError> for Problem {
    fn from(error: AcceptError) -> Self {
        match error {
            AcceptError::NotGood => {
                let detail = "The invitation is unknown, used, expired, or for another address.";
                Self::invalid(vec![Fault::new("/token", "not_good", detail)])
            }
            AcceptError::EmailTaken => {
                Self::invalid(vec![Fault::new("/email", "taken", "There is a user with this address.")])
            }
            AcceptError::Store(error) => error.into(),
        }
    }
}

impl From<StandingError> for Problem {
    fn from(error: StandingError) -> Self {
        match error {
            StandingError::NotFound => Self::not_found(),
            StandingError::Oneself => Self::new(Kind::CONFLICT, "This would lock you out."),
            StandingError::Store(error) => error.into(),
        }
    }
}

impl From<CreateGroupError> for Problem {
    fn from(error: CreateGroupError) -> Self {
        match error {
            CreateGroupError::UnknownMembers(errors) => Self::invalid(errors),
            CreateGroupError::Store(error) => error.into(),
        }
    }
}

impl From<GroupError> for Problem {
    fn from(error: GroupError) -> Self {
        match error {
            GroupError::NotFound => Self::not_found(),
            GroupError::NotKeeper => Self::forbidden("Only a keeper of the group may do this."),
            GroupError::Conflict(contradiction) => Self::new(Kind::CONFLICT, contradiction.to_string()),
            GroupError::Report(error) => error.into(),
            GroupError::Store(error) => error.into(),
        }
    }
}

impl From<WebhookError> for Problem {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::NotFound => Self::not_found(),
            WebhookError::UnknownGroup => Self::invalid(vec![Fault::new(
                "/group",
                "unknown_group",
                "There is no such group that you read.",
            )]),
            WebhookError::Taken => {
                Self::new(Kind::CONFLICT, "The events of this group are sent to this URL already.")
            }
            WebhookError::TooMany => {
                Self::new(Kind::CONFLICT, format!("A member has at most {WEBHOOKS_MAX} webhooks."))
            }
            WebhookError::NotInFeed(head) => {
                let detail = format!("Between 0 and {head}, the number of the last event.");
                Self::invalid(vec![Fault::new("/since", "out_of_range", detail)])
            }
            WebhookError::NotDead => Self::new(Kind::CONFLICT, "Only a dead letter is sent once more."),
            WebhookError::Store(error) => error.into(),
        }
    }
}

impl From<JudgeError> for Problem {
    fn from(error: JudgeError) -> Self {
        match error {
            JudgeError::NotFound => Self::not_found(),
            JudgeError::NotSeen => Self::forbidden(
                "Only who sees both sides in full may judge them. Send `propose: true` to say it to those who do.",
            ),
            JudgeError::NotYours => Self::forbidden("Only the member that said it may take it back."),
            JudgeError::OneAccount => Self::new(
                Kind::CONFLICT,
                "The two hang together by the storefronts that they name, and one account is one seller.",
            ),
            JudgeError::TooManyProposals => Self::new(
                Kind::CONFLICT,
                format!("{PROPOSALS_MAX} proposals of yours are open in this group. Take some back first."),
            ),
            JudgeError::Store(error) => error.into(),
        }
    }
}
