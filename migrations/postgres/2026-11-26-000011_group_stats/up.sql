-- The totals of each group at the beginning of a month, as its readers see them: small cells are left out before
-- anything is stored.
CREATE TABLE group_stats (
    group_id BYTEA NOT NULL,
    as_of BIGINT NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, as_of)
);
