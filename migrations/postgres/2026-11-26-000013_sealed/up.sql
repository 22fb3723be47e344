-- What reports say, what is derived from it and what the stop-list stops rests sealed. Data keys seal it; they stand in
-- data_keys, wrapped by a master key that does not stand in the database. vault_head numbers the changes of the keys,
-- and says how far sealing anew has come, NULL being the end. The first start after this migration seals
-- what is there.
CREATE TABLE data_keys (
    id BIGINT NOT NULL PRIMARY KEY,
    owner_kind TEXT COLLATE "C" NOT NULL,
    owner_id BYTEA NOT NULL,
    generation BIGINT NOT NULL,
    wrapped BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX data_keys_by_owner ON data_keys (owner_kind, owner_id, generation);

CREATE TABLE vault_head (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    epoch BIGINT NOT NULL,
    walk TEXT COLLATE "C"
);
INSERT INTO vault_head (name, epoch, walk) VALUES ('vault', 1, '{"first":true,"sealed":false,"table":"reports","after":null}');

-- Whether the master key has wrapped it; what was stored before is wrapped at the first start.
ALTER TABLE secrets ADD COLUMN wrapped BOOLEAN NOT NULL DEFAULT FALSE;

-- Derived, and made anew because the version of the rules is set back.
DELETE FROM pool_accounts;
DELETE FROM refusals;
DELETE FROM wide_phones;
UPDATE sharing_groups SET rules_version = 0;

-- Entries are few and are looked through.
DROP INDEX stop_list_by_value;

-- Sealed values are bytes.
ALTER TABLE reports
    ALTER COLUMN body TYPE BYTEA USING convert_to(body, 'UTF8');
ALTER TABLE report_revisions
    ALTER COLUMN body TYPE BYTEA USING convert_to(body, 'UTF8');
ALTER TABLE held_values
    ALTER COLUMN identifier TYPE BYTEA USING convert_to(identifier, 'UTF8');
ALTER TABLE pool_entries
    ALTER COLUMN facts TYPE BYTEA USING convert_to(facts, 'UTF8');
ALTER TABLE profile_views
    ALTER COLUMN body TYPE BYTEA USING convert_to(body, 'UTF8');
ALTER TABLE judgements
    ALTER COLUMN reason TYPE BYTEA USING convert_to(reason, 'UTF8');
ALTER TABLE stop_list
    ALTER COLUMN value TYPE BYTEA USING convert_to(value, 'UTF8'),
    ALTER COLUMN match_key TYPE BYTEA USING convert_to(match_key, 'UTF8'),
    ALTER COLUMN note TYPE BYTEA USING convert_to(note, 'UTF8');
ALTER TABLE refusals
    ALTER COLUMN number_from TYPE BYTEA USING convert_to(number_from, 'UTF8'),
    ALTER COLUMN number_to TYPE BYTEA USING convert_to(number_to, 'UTF8');
ALTER TABLE wide_phones
    ALTER COLUMN digits TYPE BYTEA USING convert_to(digits, 'UTF8');
