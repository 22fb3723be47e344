-- Where members have events sent to. URL and secrets are sealed; so is the secret before the last change, while it still
-- signs along. `position` is the number of the last event that was delivered or put aside, and `leased_by` the node that
-- delivers, until `leased_until`.
CREATE TABLE webhooks (
    member_id BYTEA NOT NULL REFERENCES members (id),
    id BYTEA NOT NULL,
    group_id BYTEA NOT NULL REFERENCES sharing_groups (id),
    class TEXT COLLATE "C" NOT NULL,
    url BYTEA NOT NULL,
    secret BYTEA NOT NULL,
    old_secret BYTEA NOT NULL,
    old_secret_until BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    ended_by TEXT COLLATE "C",
    ended_at BIGINT,
    created_at BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at BIGINT NOT NULL,
    failing_since BIGINT,
    recalled BOOLEAN NOT NULL,
    leased_by BYTEA NOT NULL,
    leased_until BIGINT NOT NULL,
    PRIMARY KEY (member_id, id)
);

-- What became of each event at each of them: the last attempt, and how many there were.
CREATE TABLE webhook_deliveries (
    member_id BYTEA NOT NULL REFERENCES members (id),
    webhook_id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    attempts INTEGER NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    status INTEGER,
    failure TEXT COLLATE "C",
    PRIMARY KEY (member_id, webhook_id, number)
);
