DROP TABLE exchange_statuses;
ALTER TABLE reports DROP COLUMN object_version;
