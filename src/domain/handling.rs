//! Handling terms: the TLP 2.0 label and the permitted actions that travel with a report.
//!
//! Sources: FIRST Traffic Light Protocol 2.0 (August 2022); FIRST Information Exchange Policy 2.0
//! for the actions. The label governs *onward* sharing; who sees a report first is the audience.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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

/// The handling terms of something that was made from reports: they go wherever it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Handling {
    /// The strictest label of all.
    pub tlp: Tlp,
    /// What all permit that say something; empty where none does.
    pub permitted_actions: BTreeSet<PermittedAction>,
}

impl Handling {
    /// The terms of what is made from all of these; the strictest there are, from nothing.
    pub fn of_all(terms: impl IntoIterator<Item = Self>) -> Self {
        terms
            .into_iter()
            .reduce(Self::and)
            .unwrap_or(Self { tlp: Tlp::Red, permitted_actions: BTreeSet::from([PermittedAction::None]) })
    }

    /// The terms of what is made from both. Where each permits something and they have nothing in common, nothing
    /// is permitted: an empty list would read as if nobody had said anything.
    pub fn and(self, other: Self) -> Self {
        let (a, b) = (self.permitted_actions, other.permitted_actions);
        let permitted_actions = match (a.is_empty(), b.is_empty()) {
            (true, _) => b,
            (_, true) => a,
            _ => {
                let mut common: BTreeSet<PermittedAction> = a.intersection(&b).copied().collect();
                if common.is_empty() {
                    common.insert(PermittedAction::None);
                }
                common
            }
        };
        Self { tlp: self.tlp.max(other.tlp), permitted_actions }
    }
}

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

    fn terms(tlp: Tlp, actions: &[PermittedAction]) -> Handling {
        Handling { tlp, permitted_actions: actions.iter().copied().collect() }
    }

    #[test]
    fn of_several_terms_the_strictest_hold() {
        use PermittedAction::{ExternallyVisibleDirect, InternallyVisible, None};
        let both = terms(Tlp::Green, &[InternallyVisible, ExternallyVisibleDirect]);
        let one = terms(Tlp::Amber, &[InternallyVisible]);
        let other = terms(Tlp::Green, &[ExternallyVisibleDirect]);
        let silent = terms(Tlp::Green, &[]);
        assert_eq!(both.clone().and(one.clone()), terms(Tlp::Amber, &[InternallyVisible]));
        assert_eq!(silent.clone().and(both.clone()), both);
        assert_eq!(Handling::of_all([silent.clone(), silent.clone()]), silent);
        // Two that permit different things permit nothing together, which is not the same as silence.
        assert_eq!(one.clone().and(other.clone()), terms(Tlp::Amber, &[None]));
        assert_eq!(Handling::of_all([one, other, both]), terms(Tlp::Amber, &[None]));
        assert_eq!(Handling::of_all([]), terms(Tlp::Red, &[None]));
    }

    #[test]
    fn the_default_label_follows_from_the_widest_group() {
        assert_eq!(default_label([]), Tlp::Red);
        assert_eq!(default_label(["platform:x"]), Tlp::AmberStrict);
        assert_eq!(default_label(["platform:x", "luxury"]), Tlp::Amber);
        assert_eq!(default_label(["platform:x", "alliance"]), Tlp::Green);
    }
}
