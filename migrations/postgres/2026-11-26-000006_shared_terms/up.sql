-- Values that more than one profile can be found by, for whom, and what that is worth: what the review queue of a
-- whole group is made from. Without a worth it is nobody's clue: too many carry it. The rows are derived.
CREATE TABLE shared_terms (
    group_id BYTEA NOT NULL,
    audience TEXT COLLATE "C" NOT NULL,
    term BIGINT NOT NULL,
    class TEXT COLLATE "C" NOT NULL,
    score_decibits INTEGER,
    PRIMARY KEY (group_id, audience, term)
);
CREATE INDEX shared_terms_by_score ON shared_terms (group_id, audience, score_decibits, term);
