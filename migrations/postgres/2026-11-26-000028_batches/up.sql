-- How often the resolver has written to the pool: what was worked out before holds while this stands.
ALTER TABLE sharing_groups ADD COLUMN batches bigint NOT NULL DEFAULT 0;
