DROP TABLE profile_terms;
CREATE TABLE profile_terms (
    group_id BLOB NOT NULL,
    term INTEGER NOT NULL,
    profile_id BLOB NOT NULL,
    PRIMARY KEY (group_id, term, profile_id)
) STRICT, WITHOUT ROWID;
