-- Requests to the members that reported a seller to make themselves known. Message and contact are sealed. A row is
-- deleted with its member only.
CREATE TABLE introductions (
    member_id BLOB NOT NULL REFERENCES members (id),
    id BLOB NOT NULL,
    group_id BLOB NOT NULL REFERENCES sharing_groups (id),
    seller_id BLOB NOT NULL,
    actor TEXT NOT NULL,
    message BLOB NOT NULL,
    contact BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    withdrawn_by TEXT,
    PRIMARY KEY (member_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX introductions_by_time ON introductions (member_id, created_at, id);

-- Whom such a request was sent to, and what came of it. The asker is told of a grant, and of nothing else: not even
-- that there is a row. The contact is sealed, and empty until there is a grant.
CREATE TABLE introduction_recipients (
    member_id BLOB NOT NULL REFERENCES members (id),
    introduction_id BLOB NOT NULL,
    asker_id BLOB NOT NULL,
    contact BLOB NOT NULL,
    granted_at INTEGER,
    granted_by TEXT,
    ignored_at INTEGER,
    ignored_by TEXT,
    PRIMARY KEY (member_id, introduction_id),
    FOREIGN KEY (asker_id, introduction_id) REFERENCES introductions (member_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX introduction_recipients_by_introduction ON introduction_recipients (asker_id, introduction_id);
