DROP TABLE postings;
CREATE TABLE postings (
    group_id BYTEA NOT NULL,
    term BIGINT NOT NULL,
    carrier BIGINT NOT NULL,
    entry BIGINT NOT NULL,
    PRIMARY KEY (group_id, term, carrier, entry)
);
ALTER TABLE pool_entries ADD COLUMN core BIGINT NOT NULL DEFAULT 0;
CREATE INDEX pool_entries_by_core ON pool_entries (group_id, core);
DROP TABLE pool_accounts;
