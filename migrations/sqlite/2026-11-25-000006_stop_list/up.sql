-- Values that link nobody, for the whole installation. A row is never deleted: lifting it says when and who. Every
-- change of the list has a number; a row is in force from the one that added it to the one before it was lifted.
CREATE TABLE stop_list (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    match_key TEXT NOT NULL,
    platform TEXT,
    reason TEXT NOT NULL,
    note TEXT NOT NULL,
    origin TEXT NOT NULL,
    added_in INTEGER NOT NULL,
    added_at INTEGER NOT NULL,
    added_by TEXT NOT NULL,
    lifted_in INTEGER,
    lifted_at INTEGER,
    lifted_by TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX stop_list_by_value ON stop_list (kind, match_key);
CREATE INDEX stop_list_by_change ON stop_list (added_in, id);

-- The number of the last change of the stop-list; its one row is what those who change the list lock.
CREATE TABLE stop_list_head (
    name TEXT NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO stop_list_head (name, version) VALUES ('stop-list', 0);

-- The change of the stop-list that a pool was resolved under. A pool of an earlier one is worked out afresh.
ALTER TABLE sharing_groups ADD COLUMN stop_list_version INTEGER NOT NULL DEFAULT 0;
