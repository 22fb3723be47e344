//! What the operator writes beside a value that it keeps, for whoever asks later.

use crate::domain::fault::Faults;

/// Longest note, in characters.
const CHARS_MAX: usize = 2_000;

/// The note of a form, at `/note`; `ask` says what is missing if nothing is written in it.
pub(super) fn note(faults: &mut Faults, given: Option<String>, ask: &str) -> Option<String> {
    let note = faults.required(given, "/note").map(|note| note.trim().to_owned())?;
    if note.is_empty() {
        faults.add("/note", "required", ask);
    } else if note.chars().count() > CHARS_MAX {
        faults.add("/note", "too_long", format!("At most {CHARS_MAX} characters."));
    }
    Some(note)
}
