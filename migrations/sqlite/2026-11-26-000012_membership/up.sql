-- Custom groups that their members keep: what a group says of itself, who keeps it, who is invited, and the record.
ALTER TABLE sharing_groups ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE sharing_groups ADD COLUMN members_named INTEGER NOT NULL DEFAULT 0 CHECK (members_named IN (0, 1));
ALTER TABLE group_members ADD COLUMN keeper INTEGER NOT NULL DEFAULT 0 CHECK (keeper IN (0, 1));

-- Invitations name whom they are for by the slug that was given, not by a member: there may be none of that name, and
-- nothing must tell. That is also why a decline stands here and not among the changes, which the keepers read. A row
-- is never deleted.
CREATE TABLE group_invitations (
    group_id BLOB NOT NULL REFERENCES sharing_groups (id),
    id BLOB NOT NULL,
    member_slug TEXT NOT NULL,
    contribute INTEGER NOT NULL CHECK (contribute IN (0, 1)),
    read INTEGER NOT NULL CHECK (read IN (0, 1)),
    invited_by BLOB NOT NULL REFERENCES members (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    accepted_at INTEGER,
    revoked_at INTEGER,
    declined_at INTEGER,
    declined_by TEXT,
    PRIMARY KEY (group_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_invitations_by_member ON group_invitations (member_slug, id);

-- Who changed what of a group, and when. A row is never changed or deleted.
CREATE TABLE group_changes (
    group_id BLOB NOT NULL REFERENCES sharing_groups (id),
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    member_id BLOB NOT NULL REFERENCES members (id),
    actor TEXT NOT NULL,
    subject TEXT NOT NULL,
    contribute INTEGER NOT NULL CHECK (contribute IN (0, 1)),
    read INTEGER NOT NULL CHECK (read IN (0, 1)),
    reports TEXT,
    PRIMARY KEY (group_id, number)
) STRICT, WITHOUT ROWID;
