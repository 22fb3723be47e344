-- What each member has looked up today, and ever; its row is what its look-ups lock.
CREATE TABLE look_up_meters (
    member_id BYTEA NOT NULL PRIMARY KEY REFERENCES members (id),
    day BIGINT NOT NULL,
    spent BIGINT NOT NULL,
    last_number BIGINT NOT NULL
);

-- Who looked up what, and when: of the value a keyed hash, never the value. A row is never changed or deleted.
CREATE TABLE look_ups (
    member_id BYTEA NOT NULL REFERENCES members (id),
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    operation TEXT COLLATE "C" NOT NULL,
    group_id BYTEA NOT NULL REFERENCES sharing_groups (id),
    kind TEXT COLLATE "C" NOT NULL,
    value_hash BYTEA NOT NULL,
    PRIMARY KEY (member_id, number)
);
CREATE INDEX look_ups_by_time ON look_ups (at, member_id, number);

-- Values that no honest user would look up, as keyed hashes. A row is never deleted: retiring it says when and who.
CREATE TABLE canaries (
    id BYTEA NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    value_hash BYTEA NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    retired_at BIGINT,
    retired_by TEXT COLLATE "C"
);
CREATE INDEX canaries_by_value ON canaries (value_hash);

-- That somebody named one of them. A row is never changed or deleted.
CREATE TABLE canary_alerts (
    id BYTEA NOT NULL PRIMARY KEY,
    canary_id BYTEA NOT NULL REFERENCES canaries (id),
    at BIGINT NOT NULL,
    member_id BYTEA NOT NULL REFERENCES members (id),
    actor TEXT COLLATE "C" NOT NULL,
    operation TEXT COLLATE "C" NOT NULL,
    group_id BYTEA REFERENCES sharing_groups (id)
);
CREATE INDEX canary_alerts_by_time ON canary_alerts (at, id);
