-- Requests to the members that reported a seller to make themselves known. Message and contact are sealed. A row is
-- deleted with its member only.
CREATE TABLE introductions (
    member_id BYTEA NOT NULL REFERENCES members (id),
    id BYTEA NOT NULL,
    group_id BYTEA NOT NULL REFERENCES sharing_groups (id),
    seller_id BYTEA NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    message BYTEA NOT NULL,
    contact BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    withdrawn_at BIGINT,
    withdrawn_by TEXT COLLATE "C",
    PRIMARY KEY (member_id, id)
);
CREATE INDEX introductions_by_time ON introductions (member_id, created_at, id);

-- Whom such a request was sent to, and what came of it. The asker is told of a grant, and of nothing else: not even
-- that there is a row. The contact is sealed, and empty until there is a grant.
CREATE TABLE introduction_recipients (
    member_id BYTEA NOT NULL REFERENCES members (id),
    introduction_id BYTEA NOT NULL,
    asker_id BYTEA NOT NULL,
    contact BYTEA NOT NULL,
    granted_at BIGINT,
    granted_by TEXT COLLATE "C",
    ignored_at BIGINT,
    ignored_by TEXT COLLATE "C",
    PRIMARY KEY (member_id, introduction_id),
    FOREIGN KEY (asker_id, introduction_id) REFERENCES introductions (member_id, id)
);
CREATE INDEX introduction_recipients_by_introduction ON introduction_recipients (asker_id, introduction_id);
