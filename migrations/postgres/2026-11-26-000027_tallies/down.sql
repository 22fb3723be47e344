DROP TABLE profile_tallies;
DROP INDEX pool_entries_by_profile;
CREATE INDEX pool_entries_by_profile ON pool_entries (group_id, profile_id);
