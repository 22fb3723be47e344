//! Sharing groups: who may contribute and read, and which reports make up a pool.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::member::MemberKind;
use super::vocabulary::vocabulary;

/// The slug of the built-in group of every active member.
pub const ALLIANCE: &str = "alliance";

/// What a drop box's slug begins with; the platform's slug follows.
pub const DROP_BOX_PREFIX: &str = "platform:";

vocabulary!(
    /// How a group came to be, which decides its rights.
    GroupKind {
        /// Built in, one per alliance: brands and associations contribute and read, platforms read.
        Alliance = "alliance",
        /// Built in, one per platform: brands contribute, only that platform reads.
        DropBox = "drop_box",
        /// Made by the operator, with rights of each member.
        Custom = "custom",
    }
);

/// What a member may do in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Rights {
    /// May share reports with the group.
    pub contribute: bool,
    /// May read the group's pool through its lens.
    pub read: bool,
}

impl Rights {
    /// Whether the member knows of the group at all.
    pub const fn any(self) -> bool {
        self.contribute || self.read
    }
}

/// The rights of a member in a group. Built-in groups derive them from the member's kind, so that
/// there is nothing to keep in step; a custom group has a list, whose entry is `listed`.
///
/// `is_host` says that the group is the drop box of this very member.
pub fn rights(group: GroupKind, member: MemberKind, is_host: bool, listed: Option<Rights>) -> Rights {
    use MemberKind::{Association, Authority, Brand, Operator, Platform};
    match (group, member) {
        // Running the alliance does not mean reading its secrets; an authority sees referred cases.
        (_, Operator | Authority) => Rights::default(),
        (GroupKind::Alliance, Brand | Association) => Rights { contribute: true, read: true },
        (GroupKind::Alliance, Platform) => Rights { contribute: false, read: true },
        (GroupKind::DropBox, Brand | Association) => Rights { contribute: true, read: false },
        (GroupKind::DropBox, Platform) => {
            Rights { contribute: false, read: is_host || leak!(DropBoxesToAllPlatforms) }
        }
        (GroupKind::Custom, Platform) => {
            let listed = listed.unwrap_or_default();
            Rights { contribute: false, read: listed.read }
        }
        (GroupKind::Custom, Brand | Association) => listed.unwrap_or_default(),
    }
}

/// Whether a report shared with `shared_with` belongs to the pool of a group: a group's pool is the
/// reports shared with it, and those shared with `alliance` if it includes `alliance`.
pub fn pools<'a>(
    group_slug: &str,
    includes_alliance: bool,
    shared_with: impl IntoIterator<Item = &'a str>,
) -> bool {
    let leaks_in = |slug: &str| {
        group_slug == ALLIANCE
            && (leak!(GroupsInAlliance) || (leak!(DropBoxesInAlliance) && slug.starts_with(DROP_BOX_PREFIX)))
    };
    shared_with
        .into_iter()
        .any(|slug| slug == group_slug || (includes_alliance && slug == ALLIANCE) || leaks_in(slug))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_has_no_right_in_any_group() {
        for kind in GroupKind::ALL {
            let all = Some(Rights { contribute: true, read: true });
            assert_eq!(rights(*kind, MemberKind::Operator, true, all), Rights::default());
        }
    }

    #[test]
    fn only_its_platform_reads_a_drop_box() {
        let host = rights(GroupKind::DropBox, MemberKind::Platform, true, None);
        let other = rights(GroupKind::DropBox, MemberKind::Platform, false, None);
        let brand = rights(GroupKind::DropBox, MemberKind::Brand, false, None);
        assert_eq!(host, Rights { contribute: false, read: true });
        assert_eq!(other, Rights::default());
        assert_eq!(brand, Rights { contribute: true, read: false });
    }

    #[test]
    fn a_group_that_includes_the_alliance_pools_its_reports_and_never_the_other_way() {
        assert!(pools("luxury", true, ["alliance"]));
        assert!(!pools("luxury", false, ["alliance"]));
        assert!(!pools("alliance", false, ["luxury"]));
        assert!(pools("luxury", false, ["luxury", "platform:x"]));
    }
}
