-- What a profile can be found by now says for whom: a class that does not see a value is not to find
-- anything by it, not even that there is more to find. The rows are derived and are made anew. No release
-- has carried the old table.
DROP TABLE profile_terms;
CREATE TABLE profile_terms (
    group_id BLOB NOT NULL,
    term INTEGER NOT NULL,
    audience TEXT NOT NULL,
    profile_id BLOB NOT NULL,
    PRIMARY KEY (group_id, term, audience, profile_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX profile_terms_by_profile ON profile_terms (group_id, profile_id);
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('profile_terms', 'profile_terms', '1000000 300000 3 2 1'),
    ('profile_terms', 'profile_terms_by_profile', '1000000 300000 8 4 2');
ANALYZE sqlite_schema;
