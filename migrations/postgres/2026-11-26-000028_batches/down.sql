ALTER TABLE sharing_groups DROP COLUMN batches;
