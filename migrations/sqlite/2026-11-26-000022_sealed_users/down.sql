-- What is sealed cannot be read by an earlier release: it goes.
DELETE FROM refresh_tokens;
DELETE FROM sessions;
DELETE FROM users;
DELETE FROM invitations;
ALTER TABLE users DROP COLUMN name;
ALTER TABLE users DROP COLUMN email;
ALTER TABLE users ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN name TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX users_email_key ON users (email);
ALTER TABLE invitations DROP COLUMN email;
ALTER TABLE invitations ADD COLUMN email TEXT;
