//! Says to which corporate family a member belongs.
//!
//! How many members reported a profile may come out differently, so every live report of the member is looked at
//! again in each pool that holds it. What a class of viewers sees of a profile moves only where it did.

use crate::domain::fault::Faults;
use crate::domain::id::{MakeIds, MemberId};
use crate::domain::member::is_slug;
use crate::domain::time::Timestamp;
use crate::store::members::{self, Member};
use crate::store::reports::{self, QueueRow};
use crate::store::{Conn, Result, groups};

/// Reports queued at once.
const PAGE: i64 = 2_000;

/// Checks the slug of a family.
pub fn parse_owner_group(faults: &mut Faults, owner_group: Option<String>) -> Option<String> {
    let slug = faults.required(owner_group, "/owner_group")?;
    if !is_slug(&slug) {
        faults.add("/owner_group", "malformed", "Use 2 to 63 of a-z, 0-9 and -, not at the ends.");
        return None;
    }
    Some(slug)
}

/// Sets or ends the family of a member; `None` if there is no such member. The same again changes nothing.
pub fn set_owner_group(
    conn: &mut Conn,
    ids: &dyn MakeIds,
    now: Timestamp,
    id: MemberId,
    owner_group: Option<&str>,
) -> Result<Option<Member>> {
    // A report that is filed meanwhile would be counted under the old family and never again.
    groups::lock_for_making(conn)?;
    let Some(member) = members::find(conn, id)? else { return Ok(None) };
    let changed = Member { owner_group: owner_group.map(str::to_owned), ..member.clone() };
    if changed != member {
        members::set_owner_group(conn, id, owner_group)?;
        look_again(conn, ids, now, id)?;
    }
    Ok(Some(changed))
}

fn look_again(conn: &mut Conn, ids: &dyn MakeIds, now: Timestamp, member: MemberId) -> Result<()> {
    let groups = groups::all(conn)?;
    let mut after = None;
    loop {
        let page = reports::live_of_member(conn, member, after, PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id);
        let mut rows = Vec::new();
        for stored in &page {
            let report = stored.report()?;
            for group in &groups {
                if group.pools(&report.share_with) {
                    let at = now.micros().to_be_bytes();
                    let context = [b"queue".as_slice(), group.id.as_bytes(), stored.id.as_bytes(), &at];
                    rows.push(QueueRow {
                        group_id: group.id,
                        id: ids.make(&context).to_vec(),
                        member_id: member,
                        report_id: stored.id,
                    });
                }
            }
        }
        reports::enqueue(conn, &rows)?;
    }
}
