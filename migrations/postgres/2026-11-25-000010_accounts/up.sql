-- The strata above the accounts look at accounts, not at reports: what all reports of one say together is kept
-- in one row, and keys are posted by account. All of this is derived, and is made anew because the version of
-- the rules was raised. No release has carried the old tables.
CREATE TABLE pool_accounts (
    group_id BYTEA NOT NULL,
    account BIGINT NOT NULL,
    core BIGINT NOT NULL,
    profile_id BYTEA NOT NULL,
    founder BIGINT,
    said BYTEA NOT NULL,
    PRIMARY KEY (group_id, account)
);
CREATE INDEX pool_accounts_by_core ON pool_accounts (group_id, core);

DROP INDEX pool_entries_by_core;
ALTER TABLE pool_entries DROP COLUMN core;

DROP TABLE postings;
CREATE TABLE postings (
    group_id BYTEA NOT NULL,
    term BIGINT NOT NULL,
    carrier BIGINT NOT NULL,
    account BIGINT NOT NULL,
    PRIMARY KEY (group_id, term, carrier, account)
);
