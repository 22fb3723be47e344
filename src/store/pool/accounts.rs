//! The accounts of a pool: what the reports of each say together, and where it stands.

use std::sync::Arc;

use diesel::prelude::*;

use crate::domain::id::{GroupId, SellerId};
use crate::domain::resolution::account::Account;
use crate::domain::resolution::partition::EntryId;
use crate::domain::resolution::pool::{Label, StoredAccount};
use crate::store::in_numbers::{self, in_numbers};
use crate::store::schema::{pool_accounts, pool_entries};
use crate::store::vault::{Guarded, Owner, guarded_row, opened, sealed};
use crate::store::{Conn, Result, StoreError, each, rows_per_statement};

/// One row of `pool_accounts`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = pool_accounts, treat_none_as_default_value = false)]
pub struct AccountRow {
    pub group_id: GroupId,
    pub account: Label,
    pub core: Label,
    pub profile_id: SellerId,
    pub founder: Option<EntryId>,
    /// An [`Account`], in the postcard format.
    pub said: Guarded,
}

impl AccountRow {
    pub fn new(group_id: GroupId, stored: &StoredAccount) -> Result<Self> {
        let said = postcard::to_allocvec(&*stored.account);
        Ok(Self {
            group_id,
            account: stored.label,
            core: stored.core,
            profile_id: stored.profile,
            founder: stored.founder,
            said: said.map_err(|error| StoreError::Failed(error.to_string()))?.into(),
        })
    }

    fn stored(&self) -> Result<StoredAccount> {
        let account: Account = postcard::from_bytes(self.said.bytes())
            .map_err(|error| StoreError::Damaged(error.to_string()))?;
        Ok(StoredAccount {
            label: self.account,
            account: Arc::new(account),
            core: self.core,
            profile: self.profile_id,
            founder: self.founder,
        })
    }
}

guarded_row!(
    AccountRow,
    "pool_accounts",
    |row| Owner::Group(row.group_id),
    [group_id, account],
    ["said" = said]
);

in_numbers!(AccountRow, pool_accounts, key [group_id, account], replaced [core, profile_id, founder, said]);

/// The accounts with these labels, in no order; unknown ones are left out.
pub fn accounts(conn: &mut Conn, group: GroupId, labels: &[Label]) -> Result<Vec<StoredAccount>> {
    let mut found = Vec::with_capacity(labels.len());
    for labels in labels.chunks(rows_per_statement(1)) {
        let rows = each!(conn, inner => pool_accounts::table
            .filter(pool_accounts::group_id.eq(group))
            .filter(pool_accounts::account.eq_any(labels))
            .select(AccountRow::as_select())
            .load::<AccountRow>(inner))?;
        for row in opened(conn, rows)? {
            found.push(row.stored()?);
        }
    }
    Ok(found)
}

/// The accounts of these cores, in no order.
pub fn accounts_of_cores(conn: &mut Conn, group: GroupId, cores: &[Label]) -> Result<Vec<StoredAccount>> {
    let mut found = Vec::new();
    for cores in cores.chunks(rows_per_statement(1)) {
        let rows = each!(conn, inner => pool_accounts::table
            .filter(pool_accounts::group_id.eq(group))
            .filter(pool_accounts::core.eq_any(cores))
            .select(AccountRow::as_select())
            .load::<AccountRow>(inner))?;
        for row in opened(conn, rows)? {
            found.push(row.stored()?);
        }
    }
    Ok(found)
}

/// Writes accounts, replacing those that are there.
pub fn put_accounts(conn: &mut Conn, rows: &[AccountRow]) -> Result<()> {
    let rows = sealed(conn, rows)?;
    in_numbers::put(conn, &rows)
}

pub fn delete_accounts(conn: &mut Conn, group: GroupId, labels: &[Label]) -> Result<()> {
    for labels in labels.chunks(rows_per_statement(1)) {
        let gone = pool_accounts::table
            .filter(pool_accounts::group_id.eq(group))
            .filter(pool_accounts::account.eq_any(labels));
        diesel::delete(gone).execute(conn)?;
    }
    Ok(())
}

/// Puts all reports of one account into another.
pub fn move_entries(conn: &mut Conn, group: GroupId, from: Label, into: Label) -> Result<()> {
    let moved =
        pool_entries::table.filter(pool_entries::group_id.eq(group)).filter(pool_entries::account.eq(from));
    diesel::update(moved).set(pool_entries::account.eq(into)).execute(conn)?;
    Ok(())
}

/// Notes the profile that all reports of an account are in.
pub fn rename_profile(conn: &mut Conn, group: GroupId, account: Label, profile: SellerId) -> Result<()> {
    let members = pool_entries::table
        .filter(pool_entries::group_id.eq(group))
        .filter(pool_entries::account.eq(account))
        .filter(pool_entries::profile_id.ne(profile));
    diesel::update(members).set(pool_entries::profile_id.eq(profile)).execute(conn)?;
    Ok(())
}
