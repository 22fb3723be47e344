//! Handling terms: the TLP 2.0 label and the permitted actions that travel with a report.
//!
//! Sources: FIRST Traffic Light Protocol 2.0 (August 2022); FIRST Information Exchange Policy 2.0
//! for the actions. The label governs *onward* sharing; who sees a report first is the audience.

use super::group::{ALLIANCE, DROP_BOX_PREFIX};
use super::vocabulary::vocabulary;

vocabulary!(
    /// TLP 2.0, from the widest to the strictest; the derived order is "stricter".
    Tlp {
        Clear = "CLEAR",
        Green = "GREEN",
        Amber = "AMBER",
        AmberStrict = "AMBER+STRICT",
        Red = "RED",
    }
);

vocabulary!(
    /// What a reader may do with what it reads (IEP 2.0 `permitted_actions`), from least to most.
    PermittedAction {
        None = "none",
        ContactForInstruction = "contact-for-instruction",
        InternallyVisible = "internally-visible-actions",
        ExternallyVisibleIndirect = "externally-visible-indirect-actions",
        ExternallyVisibleDirect = "externally-visible-direct-actions",
    }
);

/// The label of a report that names none: it follows from the widest group it is shared with.
pub fn default_label<'a>(shared_with: impl IntoIterator<Item = &'a str>) -> Tlp {
    shared_with
        .into_iter()
        .map(|slug| match slug {
            ALLIANCE => Tlp::Green,
            _ if slug.starts_with(DROP_BOX_PREFIX) => Tlp::AmberStrict,
            _ => Tlp::Amber,
        })
        .min()
        .unwrap_or(Tlp::Red)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_label_follows_from_the_widest_group() {
        assert_eq!(default_label([]), Tlp::Red);
        assert_eq!(default_label(["platform:x"]), Tlp::AmberStrict);
        assert_eq!(default_label(["platform:x", "luxury"]), Tlp::Amber);
        assert_eq!(default_label(["platform:x", "alliance"]), Tlp::Green);
    }
}
