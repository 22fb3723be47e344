-- How often the resolver has written to the pool: what was worked out beside the writer holds while this stands.
ALTER TABLE sharing_groups ADD COLUMN batches INTEGER NOT NULL DEFAULT 0;
