//! The whole privacy policy, in one table.
//!
//! Columns are who looks, rows are what a pooled report carries; [`MATRIX`] says how each is shown.
//! [`seller`] builds the only views of profiles that ever leave the server, by asking this table;
//! `docs/PRIVACY.md` prints it, and a test holds the two together.

pub mod band;
pub mod change;
pub mod class;
pub mod contribution;
pub mod preview;
mod rating;
pub mod seller;
pub mod stats;
pub mod tally;

use std::fmt;

use super::identifier::IdentifierType;
use super::vocabulary::vocabulary;

/// Who looks at something that was reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lens {
    /// The reporter's own users.
    Own,
    /// Another brand, an association, or a platform that hosts nothing of the profile.
    Peer,
    /// A platform that hosts one of the profile's storefronts or listings, or that was given the
    /// report through its drop box.
    Platform,
    /// An authority, for a case that was referred to it.
    Authority,
}

vocabulary!(
    /// What a pooled report carries: a row of the lens matrix.
    Field {
        PublicIdentifiers = "public_identifiers",
        PersonalIdentifiers = "personal_identifiers",
        Reporter = "reporter",
        Goods = "goods",
        Value = "value",
        Narrative = "narrative",
        Dates = "dates",
        Counts = "counts",
        Handling = "handling",
    }
);

/// How a field is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Show {
    Full,
    /// Masked, and full where one of the viewer's own live reports holds the same value.
    MaskedUnlessHeld,
    Never,
    /// The member's name, unless the reporter chose to be anonymous.
    NameUnlessAnonymous,
    Name,
    /// Nice classes and goods categories, where more members than the group's `k` reported the profile.
    ClassIfEnough,
    FullAndSummed,
    /// If the report's evidence audience includes platforms.
    IfAudienceHasPlatforms,
    Month,
    Band,
}

/// Raised whenever views made by an earlier program would come out differently, so that stored views
/// are made anew.
pub const LENS_VERSION: i32 = 6;

/// Members besides the viewer that must stand behind a class of goods before a peer sees it, unless the group asks for
/// more. The profile must have one more, so that `K` of them are others for every viewer.
pub const K: usize = 3;

/// Most that a group may ask for: it is never lowered, so that a slip must not hide goods for ever.
pub const K_MAX: usize = 20;

/// The lens matrix: for each field, how `own`, `peer`, `platform` and `authority` see it.
pub const MATRIX: [(Field, [Show; 4]); 9] = [
    (Field::PublicIdentifiers, [Show::Full, Show::Full, Show::Full, Show::Full]),
    (Field::PersonalIdentifiers, [Show::Full, Show::MaskedUnlessHeld, Show::Full, Show::Full]),
    (Field::Reporter, [Show::Full, Show::Never, Show::NameUnlessAnonymous, Show::Name]),
    (Field::Goods, [Show::Full, Show::ClassIfEnough, Show::Full, Show::Full]),
    (Field::Value, [Show::Full, Show::Never, Show::FullAndSummed, Show::Full]),
    (Field::Narrative, [Show::Full, Show::Never, Show::IfAudienceHasPlatforms, Show::Full]),
    (Field::Dates, [Show::Full, Show::Month, Show::Full, Show::Full]),
    (Field::Counts, [Show::Full, Show::Band, Show::Full, Show::Full]),
    (Field::Handling, [Show::Full, Show::Full, Show::Full, Show::Full]),
];

/// How `lens` sees `field`: the one question that every view asks.
pub const fn show(field: Field, lens: Lens) -> Show {
    MATRIX[field as usize].1[lens as usize]
}

impl Field {
    /// What the row covers, for people. Of identifiers the types are named that the lens itself puts there.
    pub fn title(self) -> String {
        let identifiers = |personal: bool| {
            let kinds = IdentifierType::ALL.into_iter().filter(|kind| kind.is_personal() == personal);
            kinds.map(IdentifierType::noun).collect::<Vec<_>>().join(", ")
        };
        let words = match self {
            Self::PublicIdentifiers => return format!("public identifiers: {}", identifiers(false)),
            Self::PersonalIdentifiers => return format!("personal identifiers: {}", identifiers(true)),
            Self::Reporter => "who reported",
            Self::Goods => "infringed right, brand, model, goods description",
            Self::Value => "value, units, price",
            Self::Narrative => "narrative, evidence, test purchase",
            Self::Dates => "dates",
            Self::Counts => "count of reports and members",
            Self::Handling => "TLP 2.0 label and permitted actions",
        };
        words.to_owned()
    }
}

impl fmt::Display for Show {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("full"),
            Self::MaskedUnlessHeld => f.write_str("masked; full where the viewer already holds the value"),
            Self::Never => f.write_str("never"),
            Self::NameUnlessAnonymous => f.write_str("name, unless the reporter chose `anonymous`"),
            Self::Name => f.write_str("name"),
            Self::ClassIfEnough => {
                let more = K + 1;
                write!(
                    f,
                    "Nice class and category, where at least {more} members reported; a group may ask for more"
                )
            }
            Self::FullAndSummed => f.write_str("full, summed"),
            Self::IfAudienceHasPlatforms => f.write_str("if `evidence_audience` includes platforms"),
            Self::Month => f.write_str("month"),
            Self::Band => f.write_str("band: 1-2, 3-5, 6-10, 11+"),
        }
    }
}

/// The matrix as the Markdown table of `docs/PRIVACY.md`.
pub fn matrix_markdown() -> String {
    let mut text = String::from("| field | own | peer | platform | authority |\n|---|---|---|---|---|\n");
    for (field, [own, peer, platform, authority]) in MATRIX {
        text.push_str(&format!("| {} | {own} | {peer} | {platform} | {authority} |\n", field.title()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_stands_at_its_own_row() {
        for (index, (field, _)) in MATRIX.iter().enumerate() {
            assert_eq!(*field as usize, index);
        }
    }

    #[test]
    fn the_privacy_page_prints_this_matrix() {
        let page = include_str!("../../../docs/PRIVACY.md");
        assert!(
            page.contains(&matrix_markdown()),
            "docs/PRIVACY.md must contain this table:\n{}",
            matrix_markdown()
        );
    }

    #[test]
    fn trade_secrets_never_cross_between_brands() {
        assert_eq!(show(Field::Value, Lens::Peer), Show::Never);
        assert_eq!(show(Field::Reporter, Lens::Peer), Show::Never);
        assert_eq!(show(Field::Narrative, Lens::Peer), Show::Never);
    }
}
