//! Who there is in every alliance under test, and who looks at it.

use touchstone::domain::member::MemberKind;

/// Everybody, with the kind of member.
pub const MEMBERS: [(&str, MemberKind); 11] = [
    ("operator", MemberKind::Operator),
    ("acme", MemberKind::Brand),
    ("bolt", MemberKind::Brand),
    ("cora", MemberKind::Brand),
    ("dora", MemberKind::Brand),
    ("emil", MemberKind::Brand),
    ("fern", MemberKind::Brand),
    ("taobao", MemberKind::Platform),
    ("ebay", MemberKind::Platform),
    ("guild", MemberKind::Association),
    ("customs", MemberKind::Authority),
];

/// The brands that file reports.
pub const REPORTERS: [&str; 4] = ["acme", "bolt", "cora", "fern"];

/// A group that the operator makes: its slug, whether it includes `alliance`, and who contributes and reads.
pub struct Custom {
    pub slug: &'static str,
    pub includes_alliance: bool,
    pub members: &'static [(&'static str, bool, bool)],
}

/// The group that no viewer is in: it is there in some alliances and not in others.
pub const DUO: &str = "duo";

/// The custom groups. `luxury` and `duo` stand alone; `ring` and the drop boxes include `alliance`.
pub const CUSTOM: [Custom; 3] = [
    Custom {
        slug: "luxury",
        includes_alliance: false,
        members: &[("acme", true, true), ("bolt", true, false), ("emil", false, true)],
    },
    Custom {
        slug: "ring",
        includes_alliance: true,
        members: &[("bolt", true, true), ("cora", true, false), ("ebay", false, true)],
    },
    Custom { slug: DUO, includes_alliance: false, members: &[("bolt", true, true), ("fern", true, true)] },
];

/// Every group.
pub const GROUPS: [&str; 6] = ["alliance", "luxury", "ring", DUO, "platform:taobao", "platform:ebay"];

/// Whether a group's pool holds what is shared with `alliance`.
pub fn includes_alliance(group: &str) -> bool {
    !["luxury", DUO].contains(&group)
}

/// The groups that a reporter may contribute to.
pub fn may_share(member: &str) -> Vec<&'static str> {
    let listed = CUSTOM
        .iter()
        .filter(|group| group.members.iter().any(|(slug, contribute, _)| *slug == member && *contribute));
    ["alliance", "platform:taobao", "platform:ebay"]
        .into_iter()
        .chain(listed.map(|group| group.slug))
        .collect()
}

/// Somebody who looks.
#[derive(Debug)]
pub struct Viewer {
    pub name: &'static str,
    /// None is a stranger.
    pub member: Option<&'static str>,
    /// The pools that it reads.
    pub pools: &'static [&'static str],
    /// The custom groups that it knows of.
    pub knows: &'static [&'static str],
}

/// Every kind of viewer. Every brand and platform reads `alliance`, so there is no member of a custom group
/// alone; `emil` reads one and reports nothing.
pub const VIEWERS: [Viewer; 10] = [
    // First, since it reads what the others look up.
    Viewer { name: "the operator", member: Some("operator"), pools: &[], knows: &["luxury", "ring", DUO] },
    Viewer {
        name: "a brand that reports",
        member: Some("acme"),
        pools: &["alliance", "luxury"],
        knows: &["luxury"],
    },
    Viewer {
        name: "a brand that gives to a group which it cannot read",
        member: Some("cora"),
        pools: &["alliance"],
        knows: &["ring"],
    },
    Viewer { name: "a brand without reports", member: Some("dora"), pools: &["alliance"], knows: &[] },
    Viewer {
        name: "a reader of a custom group",
        member: Some("emil"),
        pools: &["alliance", "luxury"],
        knows: &["luxury"],
    },
    Viewer {
        name: "a platform",
        member: Some("taobao"),
        pools: &["alliance", "platform:taobao"],
        knows: &[],
    },
    Viewer {
        name: "a platform in a custom group",
        member: Some("ebay"),
        pools: &["alliance", "platform:ebay", "ring"],
        knows: &["ring"],
    },
    Viewer { name: "an association", member: Some("guild"), pools: &["alliance"], knows: &[] },
    Viewer { name: "an authority", member: Some("customs"), pools: &[], knows: &[] },
    Viewer { name: "a stranger", member: None, pools: &[], knows: &[] },
];

/// The viewer of this member; `a stranger` for nobody's.
pub fn viewer(member: &str) -> &'static Viewer {
    let found = VIEWERS.iter().find(|viewer| viewer.member.unwrap_or("a stranger") == member);
    found.unwrap_or_else(|| panic!("nobody looks as {member}"))
}

impl Viewer {
    /// Its drop box, if it is a platform.
    pub fn drop_box(&self) -> Option<&'static str> {
        self.pools.iter().copied().find(|pool| pool.starts_with("platform:"))
    }

    pub fn is_platform(&self) -> bool {
        self.drop_box().is_some()
    }

    pub fn is_operator(&self) -> bool {
        self.member == Some("operator")
    }
}
