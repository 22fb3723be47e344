-- What a profile can be found by now says for whom: a class that does not see a value is not to find
-- anything by it, not even that there is more to find. The rows are derived and are made anew. No release
-- has carried the old table.
DROP TABLE profile_terms;
CREATE TABLE profile_terms (
    group_id BYTEA NOT NULL,
    term BIGINT NOT NULL,
    audience TEXT COLLATE "C" NOT NULL,
    profile_id BYTEA NOT NULL,
    PRIMARY KEY (group_id, term, audience, profile_id)
);
CREATE INDEX profile_terms_by_profile ON profile_terms (group_id, profile_id);
