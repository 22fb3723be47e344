DROP TABLE postings;
CREATE TABLE postings (
    group_id BLOB NOT NULL,
    term INTEGER NOT NULL,
    carrier INTEGER NOT NULL,
    entry INTEGER NOT NULL,
    PRIMARY KEY (group_id, term, carrier, entry)
) STRICT, WITHOUT ROWID;
ALTER TABLE pool_entries ADD COLUMN core INTEGER NOT NULL DEFAULT 0;
CREATE INDEX pool_entries_by_core ON pool_entries (group_id, core);
DROP TABLE pool_accounts;
