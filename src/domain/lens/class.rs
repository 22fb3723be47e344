//! Lens classes: the viewers for whom a profile looks alike, and for whom its changes are counted.
//!
//! Every number that a viewer sees (feed number, revision, `modified`) is kept per group and class,
//! so that it moves only when what the class sees has moved. Two platforms are two classes: what one
//! hosts, the other sees as a peer.

use std::fmt;

use super::super::group::DROP_BOX_PREFIX;
use super::super::member::MemberKind;

/// A lens class of a sharing group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    Peer,
    /// The platform with this slug.
    Platform(String),
}

impl Class {
    /// The class of a member's views.
    pub fn of(kind: MemberKind, slug: &str) -> Self {
        match kind {
            MemberKind::Platform => Self::Platform(slug.to_owned()),
            MemberKind::Brand | MemberKind::Association | MemberKind::Authority | MemberKind::Operator => {
                Self::Peer
            }
        }
    }

    /// Reads what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Self {
        match text.strip_prefix(DROP_BOX_PREFIX) {
            Some(slug) => Self::Platform(slug.to_owned()),
            None => Self::Peer,
        }
    }

    /// The slug of this class's own drop box, if it has one.
    pub fn drop_box(&self) -> Option<String> {
        match self {
            Self::Peer => None,
            Self::Platform(slug) => Some(format!("{DROP_BOX_PREFIX}{slug}")),
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Peer => f.write_str("peer"),
            Self::Platform(slug) => write!(f, "{DROP_BOX_PREFIX}{slug}"),
        }
    }
}
