-- The strata above the accounts look at accounts, not at reports: what all reports of one say together is kept
-- in one row, and keys are posted by account. All of this is derived, and is made anew because the version of
-- the rules was raised. No release has carried the old tables.
CREATE TABLE pool_accounts (
    group_id BLOB NOT NULL,
    account INTEGER NOT NULL,
    core INTEGER NOT NULL,
    profile_id BLOB NOT NULL,
    founder INTEGER,
    said BLOB NOT NULL,
    PRIMARY KEY (group_id, account)
) STRICT;
CREATE INDEX pool_accounts_by_core ON pool_accounts (group_id, core);

DROP INDEX pool_entries_by_core;
ALTER TABLE pool_entries DROP COLUMN core;

DROP TABLE postings;
CREATE TABLE postings (
    group_id BLOB NOT NULL,
    term INTEGER NOT NULL,
    carrier INTEGER NOT NULL,
    account INTEGER NOT NULL,
    PRIMARY KEY (group_id, term, carrier, account)
) STRICT, WITHOUT ROWID;

-- An account that went into another may have many reports: they are found by it, not read through.
DELETE FROM sqlite_stat1 WHERE idx = 'pool_entries_by_core';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('pool_accounts', 'sqlite_autoindex_pool_accounts_1', '1000000 300000 1'),
    ('pool_accounts', 'pool_accounts_by_core', '1000000 300000 2');
ANALYZE sqlite_schema;
