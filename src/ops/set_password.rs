//! Gives a user a new password, for whoever runs the server.

use crate::domain::time::Timestamp;
use crate::store::{Conn, Result, sessions, users};

/// Sets the hash of a new password and ends the sessions that the old one opened: it is changed because
/// somebody else may know it. False if there is no such user.
pub fn set_password(conn: &mut Conn, now: Timestamp, email: &str, password_hash: &str) -> Result<bool> {
    let Some((user, _)) = users::find_by_email(conn, email)? else { return Ok(false) };
    users::set_password(conn, user.id, password_hash)?;
    sessions::end_all(conn, user.id, now)?;
    Ok(true)
}
