ALTER TABLE sharing_groups DROP COLUMN rules_version;
