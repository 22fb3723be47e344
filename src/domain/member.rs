//! Members, their users and their API keys: the vocabulary and the rules that need no store.

use super::id::MemberId;
use super::vocabulary::vocabulary;

vocabulary!(
    /// What an organisation does in the alliance.
    MemberKind {
        Brand = "brand",
        Platform = "platform",
        Authority = "authority",
        Association = "association",
        Operator = "operator",
    }
);

vocabulary!(
    /// Whether a member, a user or a key may act. A suspended one may not, from the next request.
    Standing {
        Active = "active",
        Suspended = "suspended",
    }
);

vocabulary!(
    /// What a person may do for its member; each role includes the ones before it.
    Role {
        Reader = "reader",
        Analyst = "analyst",
        Owner = "owner",
    }
);

vocabulary!(
    /// What an API key may be used for.
    Scope {
        ReportsRead = "reports:read",
        ReportsWrite = "reports:write",
        SellersRead = "sellers:read",
        FeedRead = "feed:read",
        JudgementsWrite = "judgements:write",
        /// Asking for introductions, and granting them.
        IntroductionsWrite = "introductions:write",
        KeysManage = "keys:manage",
        UsersManage = "users:manage",
        /// Founding, joining, keeping and leaving sharing groups.
        GroupsManage = "groups:manage",
        /// Having events sent: whoever may do this decides where what the member reads goes to.
        WebhooksManage = "webhooks:manage",
        /// What one's own member looked up.
        AuditRead = "audit:read",
        /// Operators only.
        AdminManage = "admin:manage",
    }
);

/// As whom a member counts: the corporate family that it belongs to, its *owner group*, or itself. Wherever members
/// are counted those of one family count once, so that a house of brands is no crowd by itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    Family(String),
    Alone(MemberId),
}

impl Owner {
    pub fn of(member: MemberId, owner_group: Option<&str>) -> Self {
        owner_group.map_or(Self::Alone(member), |family| Self::Family(family.to_owned()))
    }
}

impl Scope {
    /// The least role of a person who may do the same by hand.
    pub const fn least_role(self) -> Role {
        match self {
            Self::ReportsRead | Self::SellersRead | Self::FeedRead => Role::Reader,
            Self::ReportsWrite | Self::JudgementsWrite | Self::IntroductionsWrite => Role::Analyst,
            Self::KeysManage
            | Self::UsersManage
            | Self::GroupsManage
            | Self::WebhooksManage
            | Self::AuditRead
            | Self::AdminManage => Role::Owner,
        }
    }

    /// Whether a member of this kind has any use for the scope.
    pub const fn fits(self, kind: MemberKind) -> bool {
        match self {
            Self::AdminManage => matches!(kind, MemberKind::Operator),
            Self::ReportsWrite | Self::ReportsRead => {
                matches!(kind, MemberKind::Brand | MemberKind::Association)
            }
            Self::SellersRead
            | Self::FeedRead
            | Self::JudgementsWrite
            | Self::IntroductionsWrite
            | Self::GroupsManage
            | Self::WebhooksManage
            | Self::AuditRead => {
                matches!(kind, MemberKind::Brand | MemberKind::Association | MemberKind::Platform)
            }
            Self::KeysManage | Self::UsersManage => true,
        }
    }
}

/// Longest name of a member, user, key or group, in characters.
pub const NAME_CHARS_MAX: usize = 200;

/// Shortest password, in characters (OWASP ASVS 5.0, 6.2.1 asks for 8 and recommends 15).
pub const PASSWORD_CHARS_MIN: usize = 12;

/// Longest password, in characters: long enough for any passphrase, short enough to hash.
pub const PASSWORD_CHARS_MAX: usize = 256;

/// Whether `text` can name a member or group in URLs: 2–63 of `a-z0-9-`, starting and ending with
/// a letter or digit.
pub fn is_slug(text: &str) -> bool {
    let bytes = text.as_bytes();
    (2..=63).contains(&bytes.len())
        && bytes.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// An e-mail address as a sign-in name: trimmed and lower-case; `None` if it cannot be one.
pub fn sign_in_email(text: &str) -> Option<String> {
    let email = text.trim().to_lowercase();
    let (local, domain) = email.rsplit_once('@')?;
    let plain = !email.chars().any(|c| c.is_whitespace() || c.is_control());
    (plain && !local.is_empty() && domain.contains('.') && email.len() <= 254).then_some(email)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_plain() {
        for good in ["acme", "watch-brand-2", "a1"] {
            assert!(is_slug(good), "{good}");
        }
        for bad in ["", "a", "-a", "a-", "A1", "a_b", "ä1", &"x".repeat(64)] {
            assert!(!is_slug(bad), "{bad}");
        }
    }

    #[test]
    fn only_an_operator_has_a_use_for_the_admin_scope() {
        for kind in MemberKind::ALL {
            assert_eq!(Scope::AdminManage.fits(*kind), *kind == MemberKind::Operator);
        }
    }
}
