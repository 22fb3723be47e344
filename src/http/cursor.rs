//! Opaque cursors: where a list goes on, sealed for one viewer and one list.
//!
//! A cursor carries its position and an HMAC over position, viewer and list. One that was changed, or
//! that belongs to somebody else or to another list, is refused; the position in it is never trusted
//! beyond that, since every page is filtered for the viewer again.

use aws_lc_rs::hmac;
use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::problem::{Kind, Problem};
use crate::domain::viewer::Viewer;

/// Bytes of the HMAC that are kept.
const TAG_BYTES: usize = 16;

/// Seals and opens the cursors of one list for one viewer.
pub struct Cursors<'k> {
    key: &'k [u8; 32],
    context: String,
}

impl<'k> Cursors<'k> {
    /// `list` names the list with everything that selects its content.
    pub fn new(key: &'k [u8; 32], viewer: &Viewer, list: &str) -> Self {
        Self { key, context: format!("{}\n{list}", viewer.member) }
    }

    pub fn seal<P: Serialize>(&self, position: &P) -> String {
        let body = serde_json::to_vec(position).unwrap_or_default();
        let mut sealed = self.tag(&body);
        sealed.extend_from_slice(&body);
        BASE64URL_NOPAD.encode(&sealed)
    }

    pub fn open<P: DeserializeOwned>(&self, cursor: &str) -> Result<P, Problem> {
        let bad = || Problem::new(Kind::BAD_CURSOR, "Use a cursor as this list gave it to you, or none.");
        let sealed = BASE64URL_NOPAD.decode(cursor.as_bytes()).map_err(|_| bad())?;
        let (tag, body) = sealed.split_at_checked(TAG_BYTES).ok_or_else(bad)?;
        aws_lc_rs::constant_time::verify_slices_are_equal(&self.tag(body), tag).map_err(|_| bad())?;
        serde_json::from_slice(body).map_err(|_| bad())
    }

    fn tag(&self, body: &[u8]) -> Vec<u8> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.key);
        let mut context = hmac::Context::with_key(&key);
        context.update(self.context.as_bytes());
        context.update(&[0]);
        context.update(body);
        let mut tag = context.sign().as_ref().to_vec();
        tag.truncate(TAG_BYTES);
        tag
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{KeyId, MemberId};
    use crate::domain::member::MemberKind;
    use crate::domain::viewer::Credential;

    fn viewer(n: u8) -> Viewer {
        Viewer {
            member: MemberId([n; 16]),
            member_slug: String::new(),
            member_name: String::new(),
            kind: MemberKind::Brand,
            credential: Credential::Key { id: KeyId([0; 16]), scopes: Vec::new() },
        }
    }

    #[test]
    fn a_cursor_is_good_for_its_viewer_and_list_only() {
        let key = [9; 32];
        let cursor = Cursors::new(&key, &viewer(1), "feed/alliance").seal(&42_i64);
        assert_eq!(Cursors::new(&key, &viewer(1), "feed/alliance").open::<i64>(&cursor).ok(), Some(42));
        assert!(Cursors::new(&key, &viewer(2), "feed/alliance").open::<i64>(&cursor).is_err());
        assert!(Cursors::new(&key, &viewer(1), "feed/other").open::<i64>(&cursor).is_err());
        assert!(Cursors::new(&key, &viewer(1), "feed/alliance").open::<i64>("x").is_err());
        let mut changed = cursor.into_bytes();
        if let Some(last) = changed.last_mut() {
            *last = if *last == b'A' { b'B' } else { b'A' };
        }
        let changed = String::from_utf8(changed).expect("ascii");
        assert!(Cursors::new(&key, &viewer(1), "feed/alliance").open::<i64>(&changed).is_err());
    }
}
