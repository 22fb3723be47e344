//! Who is asking. Every request resolves to one [`Viewer`]; the store takes it as an argument and
//! nothing else decides what may be seen or done.

use super::id::{KeyId, MemberId, SessionId, UserId};
use super::member::{MemberKind, Role, Scope};

/// The credential behind a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    User {
        id: UserId,
        role: Role,
        session: SessionId,
    },
    Key {
        id: KeyId,
        scopes: Vec<Scope>,
    },
    /// None: the server itself, or whoever runs its program, reads what a member would.
    Unattended,
}

/// A caller that has proved who it is and is in good standing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    pub member: MemberId,
    pub member_slug: String,
    pub member_name: String,
    pub kind: MemberKind,
    pub credential: Credential,
}

impl Viewer {
    /// Whether the credential and the member's kind allow what `scope` names.
    pub fn may(&self, scope: Scope) -> bool {
        scope.fits(self.kind)
            && match &self.credential {
                Credential::User { role, .. } => *role >= scope.least_role(),
                Credential::Key { scopes, .. } => scopes.contains(&scope),
                Credential::Unattended => false,
            }
    }

    /// Who acted, for the record of a change: a user or a key id.
    pub fn actor(&self) -> String {
        match &self.credential {
            Credential::User { id, .. } => id.to_string(),
            Credential::Key { id, .. } => id.to_string(),
            Credential::Unattended => "server".to_owned(),
        }
    }
}
