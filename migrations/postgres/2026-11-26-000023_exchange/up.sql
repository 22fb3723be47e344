-- Where a profile stands in the sequence of objects that a class exchanges (TAXII): each of its objects has a moment
-- of its own between `first` and `last`. A profile that ended keeps its row, so that whoever copied it is told. `parts`
-- are the kinds and keyed hashes of the identifiers shown in full. The resolver fills the table when it makes the views
-- anew.
CREATE TABLE exchange_places (
    group_id BYTEA NOT NULL,
    class TEXT COLLATE "C" NOT NULL,
    profile_id BYTEA NOT NULL,
    born BIGINT NOT NULL,
    first BIGINT NOT NULL,
    last BIGINT NOT NULL,
    family BIGINT NOT NULL,
    revision INTEGER NOT NULL,
    ended BOOLEAN NOT NULL,
    heir BYTEA,
    parts TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, class, profile_id, born)
);
CREATE UNIQUE INDEX exchange_places_in_order ON exchange_places (group_id, class, last);
CREATE INDEX exchange_places_by_family ON exchange_places (group_id, class, family);
UPDATE sharing_groups SET lens_version = 0;
