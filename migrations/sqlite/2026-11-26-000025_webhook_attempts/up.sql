-- What became of each attempt to deliver an event: what webhook_deliveries counts, one by one. `attempt` is which of the
-- event's it was, from 1, and `took_ms` how long it took.
CREATE TABLE webhook_attempts (
    member_id BLOB NOT NULL REFERENCES members (id),
    webhook_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    at INTEGER NOT NULL,
    status INTEGER,
    failure TEXT,
    took_ms INTEGER NOT NULL,
    PRIMARY KEY (member_id, webhook_id, number, attempt)
) STRICT, WITHOUT ROWID;
