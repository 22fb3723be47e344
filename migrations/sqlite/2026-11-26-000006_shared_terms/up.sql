-- Values that more than one profile can be found by, for whom, and what that is worth: what the review queue of a
-- whole group is made from. Without a worth it is nobody's clue: too many carry it. The rows are derived.
CREATE TABLE shared_terms (
    group_id BLOB NOT NULL,
    audience TEXT NOT NULL,
    term INTEGER NOT NULL,
    class TEXT NOT NULL,
    score_decibits INTEGER,
    PRIMARY KEY (group_id, audience, term)
) STRICT, WITHOUT ROWID;
CREATE INDEX shared_terms_by_score ON shared_terms (group_id, audience, score_decibits, term);
