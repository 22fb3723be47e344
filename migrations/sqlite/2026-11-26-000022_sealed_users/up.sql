-- Names and addresses of people rest sealed; a keyed hash of the address finds who signs in, NULL until the first start
-- after this migration has worked it out. SQLite cannot drop a unique column, so the table is made anew, and
-- with it those that point at it.
ALTER TABLE users RENAME TO earlier_users;
CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY,
    member_id BLOB NOT NULL REFERENCES members (id),
    email BLOB NOT NULL,
    email_index BLOB UNIQUE,
    name BLOB NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    standing TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
INSERT INTO users (id, member_id, email, name, role, password_hash, standing, created_at)
    SELECT id, member_id, CAST(email AS BLOB), CAST(name AS BLOB), role, password_hash, standing, created_at
    FROM earlier_users;

ALTER TABLE sessions RENAME TO earlier_sessions;
CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
INSERT INTO sessions (id, user_id, created_at, ended_at)
    SELECT id, user_id, created_at, ended_at FROM earlier_sessions;

ALTER TABLE refresh_tokens RENAME TO earlier_refresh_tokens;
CREATE TABLE refresh_tokens (
    token_hash BLOB NOT NULL PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES sessions (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
INSERT INTO refresh_tokens (token_hash, session_id, created_at, expires_at, used_at)
    SELECT token_hash, session_id, created_at, expires_at, used_at FROM earlier_refresh_tokens;

DROP TABLE earlier_refresh_tokens;
DROP TABLE earlier_sessions;
DROP TABLE earlier_users;
CREATE INDEX users_by_member ON users (member_id, id);
CREATE INDEX sessions_by_user ON sessions (user_id);

-- Empty where anybody with the link may accept.
ALTER TABLE invitations ADD COLUMN sealed_email BLOB NOT NULL DEFAULT x'';
UPDATE invitations SET sealed_email = CAST(coalesce(email, '') AS BLOB);
ALTER TABLE invitations DROP COLUMN email;
ALTER TABLE invitations RENAME COLUMN sealed_email TO email;

UPDATE vault_head SET walk = CASE
    WHEN walk IS NULL THEN '{"first":true,"sealed":false,"table":"users","after":null}'
    ELSE '{"first":true,"sealed":false,"table":"reports","after":null}' END;
