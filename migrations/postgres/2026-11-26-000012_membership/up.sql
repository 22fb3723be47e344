-- Custom groups that their members keep: what a group says of itself, who keeps it, who is invited, and the record.
ALTER TABLE sharing_groups ADD COLUMN description TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE sharing_groups ADD COLUMN members_named BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE group_members ADD COLUMN keeper BOOLEAN NOT NULL DEFAULT FALSE;

-- Invitations name whom they are for by the slug that was given, not by a member: there may be none of that name, and
-- nothing must tell. That is also why a decline stands here and not among the changes, which the keepers read. A row
-- is never deleted.
CREATE TABLE group_invitations (
    group_id BYTEA NOT NULL REFERENCES sharing_groups (id),
    id BYTEA NOT NULL,
    member_slug TEXT COLLATE "C" NOT NULL,
    contribute BOOLEAN NOT NULL,
    read BOOLEAN NOT NULL,
    invited_by BYTEA NOT NULL REFERENCES members (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    accepted_at BIGINT,
    revoked_at BIGINT,
    declined_at BIGINT,
    declined_by TEXT COLLATE "C",
    PRIMARY KEY (group_id, id)
);
CREATE INDEX group_invitations_by_member ON group_invitations (member_slug, id);

-- Who changed what of a group, and when. A row is never changed or deleted.
CREATE TABLE group_changes (
    group_id BYTEA NOT NULL REFERENCES sharing_groups (id),
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    member_id BYTEA NOT NULL REFERENCES members (id),
    actor TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    contribute BOOLEAN NOT NULL,
    read BOOLEAN NOT NULL,
    reports TEXT COLLATE "C",
    PRIMARY KEY (group_id, number)
);
