DROP TABLE profile_terms;
CREATE TABLE profile_terms (
    group_id BYTEA NOT NULL,
    term BIGINT NOT NULL,
    profile_id BYTEA NOT NULL,
    PRIMARY KEY (group_id, term, profile_id)
);
