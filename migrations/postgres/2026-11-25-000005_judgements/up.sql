-- What people say about two reports, whose ids stand with the smaller first; asked_a and asked_b are the ids that
-- they gave, of reports or profiles. A row is never deleted: taking it back says when and who.
CREATE TABLE judgements (
    group_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    report_a BYTEA NOT NULL,
    report_b BYTEA NOT NULL,
    verdict TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    asked_a TEXT COLLATE "C" NOT NULL,
    asked_b TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    member_id BYTEA NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    undone_at BIGINT,
    undone_by TEXT COLLATE "C",
    PRIMARY KEY (group_id, id)
);
CREATE INDEX judgements_by_pair ON judgements (group_id, report_a, report_b);
CREATE INDEX judgements_by_other ON judgements (group_id, report_b);
CREATE INDEX judgements_by_member ON judgements (group_id, member_id, created_at, id);
CREATE INDEX judgements_by_state ON judgements (group_id, state, created_at, id);

-- The review queue shows the strongest links that were refused.
CREATE INDEX refusals_by_score ON refusals (group_id, score_decibits, from_entry, to_entry, term);
