//! Pages of collections as they were written once, for whoever of the same lens class asks for the same again while
//! the collection has not moved on.

use std::sync::Arc;

use super::generations::Generations;
use crate::domain::id::GroupId;
use crate::domain::time::Timestamp;

/// A page but for its cursor, which is for one member alone.
#[derive(Debug, PartialEq, Eq)]
pub struct Sheet {
    pub more: bool,
    /// The last moment that was looked at.
    pub reached: Timestamp,
    /// The moments of the first and the last object; of an empty page, how far it looked.
    pub first: Timestamp,
    pub last: Timestamp,
    /// What comes after `more` and the cursor: the other fields, each with a comma before it, and the brace that closes.
    pub rest: String,
}

/// The rest of a sheet, to be sent without a copy.
pub struct Rest(pub Arc<Sheet>);

impl AsRef<[u8]> for Rest {
    fn as_ref(&self) -> &[u8] {
        self.0.rest.as_bytes()
    }
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Asked {
    pub group: GroupId,
    pub class: String,
    /// The list with everything that selects its content.
    pub list: String,
    pub after: Timestamp,
    pub limit: usize,
}

/// How far a collection had come: the last moment that is taken. Read before the page was.
pub type Head = Option<Timestamp>;

/// Bytes kept at most, about.
const BYTES_MAX: usize = 64 << 20;

/// Bytes that an entry takes besides its text.
const OVERHEAD: usize = 500;

/// Written pages.
pub struct Sheets(Generations<Asked, (Head, Arc<Sheet>)>);

impl Default for Sheets {
    fn default() -> Self {
        Self(Generations::new(BYTES_MAX))
    }
}

impl Sheets {
    /// The page, if it was written when the collection was where it is now.
    pub fn known(&self, asked: &Asked, head: Head) -> Option<Arc<Sheet>> {
        let found = self.0.find([asked.clone()]).pop().flatten();
        found.filter(|(then, _)| *then == head).map(|(_, sheet)| sheet)
    }

    pub fn keep(&self, asked: Asked, head: Head, sheet: Arc<Sheet>) {
        let bytes = sheet.rest.len() + OVERHEAD;
        self.0.keep([(asked, (head, sheet), bytes)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_known_to_its_class_until_the_collection_moves_on() {
        let asked = Asked {
            group: GroupId([1; 16]),
            class: "peer".to_owned(),
            list: "objects".to_owned(),
            after: Timestamp(3),
            limit: 100,
        };
        let [first, last, reached] = [4, 5, 6].map(Timestamp);
        let sheet = Arc::new(Sheet { more: true, reached, first, last, rest: String::new() });
        let (sheets, head) = (Sheets::default(), Some(Timestamp(9)));
        sheets.keep(asked.clone(), head, sheet.clone());
        assert_eq!(sheets.known(&asked, head), Some(sheet));
        assert_eq!(sheets.known(&asked, Some(Timestamp(10))), None);
        for other in [
            Asked { group: GroupId([2; 16]), ..asked.clone() },
            Asked { class: "platform:x".to_owned(), ..asked.clone() },
            Asked { list: "manifest".to_owned(), ..asked.clone() },
            Asked { after: Timestamp(4), ..asked.clone() },
            Asked { limit: 99, ..asked },
        ] {
            assert_eq!(sheets.known(&other, head), None, "{other:?}");
        }
    }
}
