-- Where members have events sent to. URL and secrets are sealed; so is the secret before the last change, while it still
-- signs along. `position` is the number of the last event that was delivered or put aside, and `leased_by` the node that
-- delivers, until `leased_until`.
CREATE TABLE webhooks (
    member_id BLOB NOT NULL REFERENCES members (id),
    id BLOB NOT NULL,
    group_id BLOB NOT NULL REFERENCES sharing_groups (id),
    class TEXT NOT NULL,
    url BLOB NOT NULL,
    secret BLOB NOT NULL,
    old_secret BLOB NOT NULL,
    old_secret_until INTEGER NOT NULL,
    state TEXT NOT NULL,
    ended_by TEXT,
    ended_at INTEGER,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    position INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    failing_since INTEGER,
    recalled INTEGER NOT NULL,
    leased_by BLOB NOT NULL,
    leased_until INTEGER NOT NULL,
    PRIMARY KEY (member_id, id)
) STRICT, WITHOUT ROWID;

-- What became of each event at each of them: the last attempt, and how many there were.
CREATE TABLE webhook_deliveries (
    member_id BLOB NOT NULL REFERENCES members (id),
    webhook_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    status INTEGER,
    failure TEXT,
    PRIMARY KEY (member_id, webhook_id, number)
) STRICT, WITHOUT ROWID;
