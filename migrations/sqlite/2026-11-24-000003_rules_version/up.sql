-- Version of the rules that a pool was resolved by. A pool of earlier rules is worked out afresh.
ALTER TABLE sharing_groups ADD COLUMN rules_version INTEGER NOT NULL DEFAULT 1;
