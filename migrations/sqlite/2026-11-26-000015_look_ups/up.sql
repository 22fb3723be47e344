-- What each member has looked up today, and ever; its row is what its look-ups lock.
CREATE TABLE look_up_meters (
    member_id BLOB NOT NULL PRIMARY KEY REFERENCES members (id),
    day INTEGER NOT NULL,
    spent INTEGER NOT NULL,
    last_number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who looked up what, and when: of the value a keyed hash, never the value. A row is never changed or deleted.
CREATE TABLE look_ups (
    member_id BLOB NOT NULL REFERENCES members (id),
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    operation TEXT NOT NULL,
    group_id BLOB NOT NULL REFERENCES sharing_groups (id),
    kind TEXT NOT NULL,
    value_hash BLOB NOT NULL,
    PRIMARY KEY (member_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX look_ups_by_time ON look_ups (at, member_id, number);

-- Values that no honest user would look up, as keyed hashes. A row is never deleted: retiring it says when and who.
CREATE TABLE canaries (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    value_hash BLOB NOT NULL,
    note TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    retired_at INTEGER,
    retired_by TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX canaries_by_value ON canaries (value_hash);

-- That somebody named one of them. A row is never changed or deleted.
CREATE TABLE canary_alerts (
    id BLOB NOT NULL PRIMARY KEY,
    canary_id BLOB NOT NULL REFERENCES canaries (id),
    at INTEGER NOT NULL,
    member_id BLOB NOT NULL REFERENCES members (id),
    actor TEXT NOT NULL,
    operation TEXT NOT NULL,
    group_id BLOB REFERENCES sharing_groups (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX canary_alerts_by_time ON canary_alerts (at, id);
