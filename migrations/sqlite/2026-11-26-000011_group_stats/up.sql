-- The totals of each group at the beginning of a month, as its readers see them: small cells are left out before
-- anything is stored.
CREATE TABLE group_stats (
    group_id BLOB NOT NULL,
    as_of INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (group_id, as_of)
) STRICT, WITHOUT ROWID;
