-- Where a profile stands in the sequence of objects that a class exchanges (TAXII): each of its objects has a moment
-- of its own between `first` and `last`. A profile that ended keeps its row, so that whoever copied it is told. `parts`
-- are the kinds and keyed hashes of the identifiers shown in full. The resolver fills the table when it makes the views
-- anew.
CREATE TABLE exchange_places (
    group_id BLOB NOT NULL,
    class TEXT NOT NULL,
    profile_id BLOB NOT NULL,
    born INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    family INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    heir BLOB,
    parts TEXT NOT NULL,
    PRIMARY KEY (group_id, class, profile_id, born)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX exchange_places_in_order ON exchange_places (group_id, class, last);
CREATE INDEX exchange_places_by_family ON exchange_places (group_id, class, family);
UPDATE sharing_groups SET lens_version = 0;
