DROP TABLE group_changes;
DROP TABLE group_invitations;
ALTER TABLE group_members DROP COLUMN keeper;
ALTER TABLE sharing_groups DROP COLUMN members_named;
ALTER TABLE sharing_groups DROP COLUMN description;
