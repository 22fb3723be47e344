-- Values that link nobody, for the whole installation. A row is never deleted: lifting it says when and who. Every
-- change of the list has a number; a row is in force from the one that added it to the one before it was lifted.
CREATE TABLE stop_list (
    id BYTEA NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    match_key TEXT COLLATE "C" NOT NULL,
    platform TEXT COLLATE "C",
    reason TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    origin TEXT COLLATE "C" NOT NULL,
    added_in BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    added_by TEXT COLLATE "C" NOT NULL,
    lifted_in BIGINT,
    lifted_at BIGINT,
    lifted_by TEXT COLLATE "C"
);
CREATE INDEX stop_list_by_value ON stop_list (kind, match_key);
CREATE INDEX stop_list_by_change ON stop_list (added_in, id);

-- The number of the last change of the stop-list; its one row is what those who change the list lock.
CREATE TABLE stop_list_head (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);
INSERT INTO stop_list_head (name, version) VALUES ('stop-list', 0);

-- The change of the stop-list that a pool was resolved under. A pool of an earlier one is worked out afresh.
ALTER TABLE sharing_groups ADD COLUMN stop_list_version BIGINT NOT NULL DEFAULT 0;
