-- What is sealed cannot be read by an earlier release: it goes.
DELETE FROM refresh_tokens;
DELETE FROM sessions;
DELETE FROM users;
DELETE FROM invitations;
ALTER TABLE users DROP COLUMN name, DROP COLUMN email, DROP COLUMN email_index;
ALTER TABLE users
    ADD COLUMN email TEXT COLLATE "C" NOT NULL UNIQUE,
    ADD COLUMN name TEXT COLLATE "C" NOT NULL;
ALTER TABLE invitations DROP COLUMN email;
ALTER TABLE invitations ADD COLUMN email TEXT COLLATE "C";
