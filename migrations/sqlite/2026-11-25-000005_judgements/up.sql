-- What people say about two reports, whose ids stand with the smaller first; asked_a and asked_b are the ids that
-- they gave, of reports or profiles. A row is never deleted: taking it back says when and who.
CREATE TABLE judgements (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    report_a BLOB NOT NULL,
    report_b BLOB NOT NULL,
    verdict TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_a TEXT NOT NULL,
    asked_b TEXT NOT NULL,
    reason TEXT NOT NULL,
    member_id BLOB NOT NULL,
    actor TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    undone_at INTEGER,
    undone_by TEXT,
    PRIMARY KEY (group_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX judgements_by_pair ON judgements (group_id, report_a, report_b);
CREATE INDEX judgements_by_other ON judgements (group_id, report_b);
CREATE INDEX judgements_by_member ON judgements (group_id, member_id, created_at, id);
CREATE INDEX judgements_by_state ON judgements (group_id, state, created_at, id);

-- The review queue shows the strongest links that were refused.
CREATE INDEX refusals_by_score ON refusals (group_id, score_decibits, from_entry, to_entry, term);
