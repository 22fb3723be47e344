-- What the reports of a large profile add up to, so that the next one of them needs none of the others; `body` is sealed.
CREATE TABLE profile_tallies (
    group_id BYTEA NOT NULL,
    profile_id BYTEA NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (group_id, profile_id)
);

-- A profile's reports are read in their order, a page at a time.
DROP INDEX pool_entries_by_profile;
CREATE INDEX pool_entries_by_profile ON pool_entries (group_id, profile_id, report_id);
