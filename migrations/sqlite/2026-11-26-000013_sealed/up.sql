-- What reports say, what is derived from it and what the stop-list stops rests sealed. Data keys seal it; they stand in
-- data_keys, wrapped by a master key that does not stand in the database. vault_head numbers the changes of the keys,
-- and says how far sealing anew has come, NULL being the end. The first start after this migration seals
-- what is there.
CREATE TABLE data_keys (
    id INTEGER NOT NULL PRIMARY KEY,
    owner_kind TEXT NOT NULL,
    owner_id BLOB NOT NULL,
    generation INTEGER NOT NULL,
    wrapped BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX data_keys_by_owner ON data_keys (owner_kind, owner_id, generation);

CREATE TABLE vault_head (
    name TEXT NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL,
    walk TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO vault_head (name, epoch, walk) VALUES ('vault', 1, '{"first":true,"sealed":false,"table":"reports","after":null}');

-- Whether the master key has wrapped it; what was stored before is wrapped at the first start.
ALTER TABLE secrets ADD COLUMN wrapped INTEGER NOT NULL DEFAULT 0 CHECK (wrapped IN (0, 1));

-- Derived, and made anew because the version of the rules is set back.
DELETE FROM pool_accounts;
DELETE FROM refusals;
DELETE FROM wide_phones;
UPDATE sharing_groups SET rules_version = 0;

-- Entries are few and are looked through.
DROP INDEX stop_list_by_value;

-- Sealed values are bytes.
ALTER TABLE reports ADD COLUMN sealed_body BLOB NOT NULL DEFAULT x'';
UPDATE reports SET sealed_body = CAST(body AS BLOB);
ALTER TABLE reports DROP COLUMN body;
ALTER TABLE reports RENAME COLUMN sealed_body TO body;
ALTER TABLE report_revisions ADD COLUMN sealed_body BLOB NOT NULL DEFAULT x'';
UPDATE report_revisions SET sealed_body = CAST(body AS BLOB);
ALTER TABLE report_revisions DROP COLUMN body;
ALTER TABLE report_revisions RENAME COLUMN sealed_body TO body;
ALTER TABLE held_values ADD COLUMN sealed_identifier BLOB NOT NULL DEFAULT x'';
UPDATE held_values SET sealed_identifier = CAST(identifier AS BLOB);
ALTER TABLE held_values DROP COLUMN identifier;
ALTER TABLE held_values RENAME COLUMN sealed_identifier TO identifier;
ALTER TABLE pool_entries ADD COLUMN sealed_facts BLOB NOT NULL DEFAULT x'';
UPDATE pool_entries SET sealed_facts = CAST(facts AS BLOB);
ALTER TABLE pool_entries DROP COLUMN facts;
ALTER TABLE pool_entries RENAME COLUMN sealed_facts TO facts;
ALTER TABLE profile_views ADD COLUMN sealed_body BLOB NOT NULL DEFAULT x'';
UPDATE profile_views SET sealed_body = CAST(body AS BLOB);
ALTER TABLE profile_views DROP COLUMN body;
ALTER TABLE profile_views RENAME COLUMN sealed_body TO body;
ALTER TABLE judgements ADD COLUMN sealed_reason BLOB NOT NULL DEFAULT x'';
UPDATE judgements SET sealed_reason = CAST(reason AS BLOB);
ALTER TABLE judgements DROP COLUMN reason;
ALTER TABLE judgements RENAME COLUMN sealed_reason TO reason;
ALTER TABLE stop_list ADD COLUMN sealed_value BLOB NOT NULL DEFAULT x'';
UPDATE stop_list SET sealed_value = CAST(value AS BLOB);
ALTER TABLE stop_list DROP COLUMN value;
ALTER TABLE stop_list RENAME COLUMN sealed_value TO value;
ALTER TABLE stop_list ADD COLUMN sealed_match_key BLOB NOT NULL DEFAULT x'';
UPDATE stop_list SET sealed_match_key = CAST(match_key AS BLOB);
ALTER TABLE stop_list DROP COLUMN match_key;
ALTER TABLE stop_list RENAME COLUMN sealed_match_key TO match_key;
ALTER TABLE stop_list ADD COLUMN sealed_note BLOB NOT NULL DEFAULT x'';
UPDATE stop_list SET sealed_note = CAST(note AS BLOB);
ALTER TABLE stop_list DROP COLUMN note;
ALTER TABLE stop_list RENAME COLUMN sealed_note TO note;
ALTER TABLE refusals ADD COLUMN sealed_number_from BLOB NOT NULL DEFAULT x'';
UPDATE refusals SET sealed_number_from = CAST(number_from AS BLOB);
ALTER TABLE refusals DROP COLUMN number_from;
ALTER TABLE refusals RENAME COLUMN sealed_number_from TO number_from;
ALTER TABLE refusals ADD COLUMN sealed_number_to BLOB NOT NULL DEFAULT x'';
UPDATE refusals SET sealed_number_to = CAST(number_to AS BLOB);
ALTER TABLE refusals DROP COLUMN number_to;
ALTER TABLE refusals RENAME COLUMN sealed_number_to TO number_to;
ALTER TABLE wide_phones ADD COLUMN sealed_digits BLOB NOT NULL DEFAULT x'';
UPDATE wide_phones SET sealed_digits = CAST(digits AS BLOB);
ALTER TABLE wide_phones DROP COLUMN digits;
ALTER TABLE wide_phones RENAME COLUMN sealed_digits TO digits;
