//! What is wrong with an input, and where: the material of a problem document.

use serde::Serialize;
use utoipa::ToSchema;

/// One fault of one input. `pointer` is an RFC 6901 JSON Pointer into the body, or the name of a
/// query parameter, header or column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Fault {
    #[schema(example = "/seller/identifiers/0/value")]
    pub pointer: String,
    /// Stable, for programs.
    #[schema(example = "check_digit")]
    pub code: String,
    /// A sentence, for people.
    pub detail: String,
}

impl Fault {
    pub fn new(pointer: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        Self { pointer: cut(pointer.into()), code: code.to_owned(), detail: cut(detail.into()) }
    }
}

/// Longest place and longest sentence of a fault, in bytes. Both may repeat the input, and of a name as
/// long as that the hundred faults inside of it would each repeat all.
const TEXT_BYTES_MAX: usize = 1_000;

/// A text of a fault, shortened if it is too long to help anybody.
pub(super) fn cut(text: String) -> String {
    if text.len() <= TEXT_BYTES_MAX {
        return text;
    }
    let kept = (0..=TEXT_BYTES_MAX).rev().find_map(|end| text.get(..end)).unwrap_or_default();
    format!("{kept}…")
}

/// Collects every fault of one input, so that its sender can mend them all at once.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

/// More faults of one input than this help nobody; the rest is cut.
pub const FAULTS_MAX: usize = 100;

impl Faults {
    /// Starts from faults that an earlier stage found.
    pub fn starting_with(found: Vec<Fault>) -> Self {
        Self(found)
    }

    /// Adds a fault, unless its place or a place around it is already known to be wrong: a value
    /// that was unreadable is not also "missing".
    pub fn add(&mut self, pointer: impl Into<String>, code: &str, detail: impl Into<String>) {
        let pointer = cut(pointer.into());
        let covered = self.0.iter().any(|known| {
            pointer == known.pointer
                || pointer.strip_prefix(&known.pointer).is_some_and(|rest| rest.starts_with('/'))
        });
        if !covered && !self.is_full() {
            self.0.push(Fault { pointer, code: code.to_owned(), detail: cut(detail.into()) });
        }
    }

    /// The value of a required field; its absence is a fault.
    pub fn required<T>(&mut self, value: Option<T>, pointer: impl Into<String>) -> Option<T> {
        if value.is_none() {
            self.add(pointer, "required", "This field is required.");
        }
        value
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether no further fault would be kept.
    pub fn is_full(&self) -> bool {
        self.0.len() >= FAULTS_MAX
    }

    /// The faults in a stable order, or the value if there are none.
    pub fn or<T>(self, value: Option<T>) -> Result<T, Vec<Fault>> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self.into_vec()),
        }
    }

    pub fn into_vec(mut self) -> Vec<Fault> {
        self.0.sort();
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_does_not_repeat_an_endless_input() {
        for text in ["x".repeat(1 << 20), "真".repeat(1 << 20)] {
            let mut faults = Faults::default();
            faults.add(format!("/{text}"), "unknown_field", format!("Unknown field `{text}`."));
            for fault in faults.into_vec() {
                assert!(fault.pointer.len() < 1_010 && fault.detail.len() < 1_010, "{}", fault.pointer.len());
                assert!(fault.pointer.ends_with('…'));
            }
        }
    }

    #[test]
    fn a_place_inside_a_faulty_place_is_not_named_again() {
        let mut faults = Faults::default();
        faults.add("/a/1", "type", "wrong");
        faults.add("/a/1/b", "required", "missing");
        faults.add("/a/10", "required", "missing");
        let pointers: Vec<_> = faults.into_vec().into_iter().map(|fault| fault.pointer).collect();
        assert_eq!(pointers, ["/a/1", "/a/10"]);
    }
}
