//! What came out of the program's database.

use std::collections::HashMap;
use std::path::Path;

use touchstone::domain::id::SellerId;
use touchstone::domain::viewer::{Credential, Viewer};
use touchstone::store::reports::ReportFilter;
use touchstone::store::vault::MasterKeys;
use touchstone::store::{Db, Place, StoreError, groups, members, pool, reports};

/// The profile of each report of the alliance, by external id.
pub fn partition(data: &Path) -> HashMap<String, SellerId> {
    let url = data.join("touchstone.db").to_string_lossy().into_owned();
    let masters = MasterKeys::File { path: data.join("master.key"), make: false };
    let db = Db::open(&Place { url: url.into(), connections: 2 }, masters).expect("the database opens");
    let read = db.read(|conn| {
        let alliance = groups::all(conn)?.into_iter().find(|group| group.slug == "alliance");
        let alliance = alliance.ok_or_else(|| StoreError::Failed("no alliance".to_owned()))?;
        let profiles = pool::placed(conn, alliance.id)?;
        let mut by_external_id = HashMap::new();
        for member in members::list(conn, None, i64::MAX)? {
            let viewer = Viewer {
                member: member.id,
                member_slug: member.slug,
                member_name: member.name,
                kind: member.kind,
                credential: Credential::Key {
                    id: touchstone::domain::id::KeyId([0; 16]),
                    scopes: Vec::new(),
                },
            };
            for stored in reports::list(conn, &viewer, &ReportFilter::default(), None, i64::MAX)? {
                if let Some(profile) = profiles.get(&stored.id) {
                    by_external_id.insert(stored.external_id, *profile);
                }
            }
        }
        Ok::<_, StoreError>(by_external_id)
    });
    read.expect("the database reads")
}
