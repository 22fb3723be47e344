ALTER TABLE members DROP COLUMN owner_group;
