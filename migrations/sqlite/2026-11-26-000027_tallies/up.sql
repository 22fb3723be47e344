-- What the reports of a large profile add up to, so that the next one of them needs none of the others; `body` is sealed.
CREATE TABLE profile_tallies (
    group_id BLOB NOT NULL,
    profile_id BLOB NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (group_id, profile_id)
) STRICT;

-- A profile's reports are read in their order, a page at a time.
DROP INDEX pool_entries_by_profile;
CREATE INDEX pool_entries_by_profile ON pool_entries (group_id, profile_id, report_id);

DELETE FROM sqlite_stat1 WHERE idx = 'pool_entries_by_profile';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('pool_entries', 'pool_entries_by_profile', '1000000 300000 3 1'),
    ('profile_tallies', 'sqlite_autoindex_profile_tallies_1', '10000 3000 1');
ANALYZE sqlite_schema;
