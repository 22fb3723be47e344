-- Names and addresses of people rest sealed; a keyed hash of the address finds who signs in, NULL until the first start
-- after this migration has worked it out.
ALTER TABLE users DROP CONSTRAINT users_email_key;
ALTER TABLE users ALTER COLUMN email TYPE BYTEA USING convert_to(email, 'UTF8');
ALTER TABLE users ALTER COLUMN name TYPE BYTEA USING convert_to(name, 'UTF8');
ALTER TABLE users ADD COLUMN email_index BYTEA UNIQUE;

-- Empty where anybody with the link may accept.
ALTER TABLE invitations ALTER COLUMN email TYPE BYTEA USING convert_to(coalesce(email, ''), 'UTF8');
ALTER TABLE invitations ALTER COLUMN email SET NOT NULL;

UPDATE vault_head SET walk = CASE
    WHEN walk IS NULL THEN '{"first":true,"sealed":false,"table":"users","after":null}'
    ELSE '{"first":true,"sealed":false,"table":"reports","after":null}' END;
