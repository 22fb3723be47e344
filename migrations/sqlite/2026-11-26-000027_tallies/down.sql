DROP TABLE profile_tallies;
DROP INDEX pool_entries_by_profile;
CREATE INDEX pool_entries_by_profile ON pool_entries (group_id, profile_id);
DELETE FROM sqlite_stat1 WHERE idx = 'pool_entries_by_profile';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('pool_entries', 'pool_entries_by_profile', '1000000 300000 3');
ANALYZE sqlite_schema;
