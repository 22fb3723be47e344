CREATE INDEX profile_terms_by_profile ON profile_terms (group_id, profile_id);
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('profile_terms', 'profile_terms_by_profile', '1000000 300000 8 4 2');
ANALYZE sqlite_schema;
