-- What became of each attempt to deliver an event: what webhook_deliveries counts, one by one. `attempt` is which of the
-- event's it was, from 1, and `took_ms` how long it took.
CREATE TABLE webhook_attempts (
    member_id BYTEA NOT NULL REFERENCES members (id),
    webhook_id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    attempt INTEGER NOT NULL,
    at BIGINT NOT NULL,
    status INTEGER,
    failure TEXT COLLATE "C",
    took_ms BIGINT NOT NULL,
    PRIMARY KEY (member_id, webhook_id, number, attempt)
);
