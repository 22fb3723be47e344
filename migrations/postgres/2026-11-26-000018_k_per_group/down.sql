ALTER TABLE group_changes DROP COLUMN k;
ALTER TABLE sharing_groups DROP COLUMN k;
