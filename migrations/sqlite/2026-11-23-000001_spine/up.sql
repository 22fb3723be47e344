-- Secrets of this installation: signing keys and the like. One row each, made at first start.
CREATE TABLE secrets (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE members (
    id BLOB NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    standing TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY,
    member_id BLOB NOT NULL REFERENCES members (id),
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    standing TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX users_by_member ON users (member_id, id);

-- Single-use links; only the hash of the token is stored.
CREATE TABLE invitations (
    id BLOB NOT NULL PRIMARY KEY,
    member_id BLOB NOT NULL REFERENCES members (id),
    email TEXT,
    role TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE refresh_tokens (
    token_hash BLOB NOT NULL PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES sessions (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;

CREATE TABLE api_keys (
    id BLOB NOT NULL PRIMARY KEY,
    member_id BLOB NOT NULL REFERENCES members (id),
    name TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    last_used_at INTEGER
) STRICT;
CREATE INDEX api_keys_by_member ON api_keys (member_id, id);

-- Counters of a group are only touched by its resolver, under the lock on this row.
CREATE TABLE sharing_groups (
    id BLOB NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    includes_alliance INTEGER NOT NULL CHECK (includes_alliance IN (0, 1)),
    host_id BLOB REFERENCES members (id),
    next_entry INTEGER NOT NULL,
    next_label INTEGER NOT NULL,
    lens_version INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE group_members (
    group_id BLOB NOT NULL REFERENCES sharing_groups (id),
    member_id BLOB NOT NULL REFERENCES members (id),
    contribute INTEGER NOT NULL CHECK (contribute IN (0, 1)),
    read INTEGER NOT NULL CHECK (read IN (0, 1)),
    PRIMARY KEY (group_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_members_by_member ON group_members (member_id);

-- The current revision of every report. The member leads the key: reports are private to it.
CREATE TABLE reports (
    member_id BLOB NOT NULL REFERENCES members (id),
    id BLOB NOT NULL,
    external_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    revision INTEGER NOT NULL,
    state TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    PRIMARY KEY (member_id, id)
) STRICT;
CREATE UNIQUE INDEX reports_by_external_id ON reports (member_id, external_id);

-- Revisions that were superseded.
CREATE TABLE report_revisions (
    member_id BLOB NOT NULL,
    report_id BLOB NOT NULL,
    revision INTEGER NOT NULL,
    digest TEXT NOT NULL,
    body TEXT NOT NULL,
    actor TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (member_id, report_id, revision)
) STRICT;

-- Personal values in a member's own live reports: what it already holds.
CREATE TABLE held_values (
    member_id BLOB NOT NULL,
    term INTEGER NOT NULL,
    report_id BLOB NOT NULL,
    identifier TEXT NOT NULL,
    PRIMARY KEY (member_id, term, report_id)
) STRICT, WITHOUT ROWID;

-- Reports whose place in a pool is to be worked out. Rows are deleted in the transaction that does.
CREATE TABLE pool_queue (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    report_id BLOB NOT NULL,
    PRIMARY KEY (group_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pool_queue_by_report ON pool_queue (member_id, report_id);

-- The reports of each pool, with the component of each stratum that they are in.
CREATE TABLE pool_entries (
    group_id BLOB NOT NULL,
    entry INTEGER NOT NULL,
    member_id BLOB NOT NULL,
    report_id BLOB NOT NULL,
    facts TEXT NOT NULL,
    account INTEGER NOT NULL,
    core INTEGER NOT NULL,
    profile_id BLOB NOT NULL,
    PRIMARY KEY (group_id, entry)
) STRICT;
CREATE UNIQUE INDEX pool_entries_by_report ON pool_entries (group_id, report_id);
CREATE INDEX pool_entries_by_account ON pool_entries (group_id, account);
CREATE INDEX pool_entries_by_core ON pool_entries (group_id, core);
CREATE INDEX pool_entries_by_profile ON pool_entries (group_id, profile_id);

-- Who carries a key: the component of the stratum below, and the entry.
CREATE TABLE postings (
    group_id BLOB NOT NULL,
    term INTEGER NOT NULL,
    carrier INTEGER NOT NULL,
    entry INTEGER NOT NULL,
    PRIMARY KEY (group_id, term, carrier, entry)
) STRICT, WITHOUT ROWID;

CREATE TABLE links (
    group_id BLOB NOT NULL,
    stratum INTEGER NOT NULL,
    from_entry INTEGER NOT NULL,
    to_entry INTEGER NOT NULL,
    term INTEGER NOT NULL,
    class TEXT NOT NULL,
    degree INTEGER NOT NULL,
    score_decibits INTEGER NOT NULL,
    PRIMARY KEY (group_id, stratum, from_entry, to_entry)
) STRICT, WITHOUT ROWID;

CREATE TABLE refusals (
    group_id BLOB NOT NULL,
    stratum INTEGER NOT NULL,
    from_entry INTEGER NOT NULL,
    to_entry INTEGER NOT NULL,
    term INTEGER NOT NULL,
    class TEXT NOT NULL,
    degree INTEGER NOT NULL,
    score_decibits INTEGER NOT NULL,
    number_from TEXT NOT NULL,
    number_to TEXT NOT NULL,
    PRIMARY KEY (group_id, stratum, from_entry, to_entry, term)
) STRICT, WITHOUT ROWID;

-- Each profile as each lens class sees it. The digest is over what is shown.
CREATE TABLE profile_views (
    group_id BLOB NOT NULL,
    class TEXT NOT NULL,
    profile_id BLOB NOT NULL,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    order_day INTEGER NOT NULL,
    digest BLOB NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (group_id, class, profile_id)
) STRICT;
CREATE INDEX profile_views_by_day ON profile_views (group_id, class, order_day, profile_id);

-- What a profile can be found by: hashes of identifiers, platforms and countries.
CREATE TABLE profile_terms (
    group_id BLOB NOT NULL,
    term INTEGER NOT NULL,
    profile_id BLOB NOT NULL,
    PRIMARY KEY (group_id, term, profile_id)
) STRICT, WITHOUT ROWID;

-- Ids no longer in use, and where most of the profile went.
CREATE TABLE successions (
    group_id BLOB NOT NULL,
    profile_id BLOB NOT NULL,
    successor_id BLOB,
    ended_at INTEGER NOT NULL,
    PRIMARY KEY (group_id, profile_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE feed_heads (
    group_id BLOB NOT NULL,
    class TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (group_id, class)
) STRICT, WITHOUT ROWID;

CREATE TABLE feed_events (
    group_id BLOB NOT NULL,
    class TEXT NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    profile_id BLOB NOT NULL,
    revision INTEGER NOT NULL,
    others TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (group_id, class, number)
) STRICT;
CREATE INDEX feed_events_by_profile ON feed_events (group_id, class, profile_id, number);

-- What the planner should think of the data, whatever there is yet. Without it SQLite takes a group and
-- class for a handful of rows, and reads all of them to find a few profiles by id. The numbers are the
-- rows of a large pool and how many share each longer prefix of the index.
ANALYZE;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('reports', 'sqlite_autoindex_reports_1', '1000000 50000 1'),
    ('reports', 'reports_by_external_id', '1000000 50000 1'),
    ('pool_entries', 'sqlite_autoindex_pool_entries_1', '1000000 300000 1'),
    ('pool_entries', 'pool_entries_by_report', '1000000 300000 1'),
    ('pool_entries', 'pool_entries_by_account', '1000000 300000 2'),
    ('pool_entries', 'pool_entries_by_core', '1000000 300000 2'),
    ('pool_entries', 'pool_entries_by_profile', '1000000 300000 3'),
    ('profile_views', 'sqlite_autoindex_profile_views_1', '1000000 300000 100000 1'),
    ('profile_views', 'profile_views_by_day', '1000000 300000 100000 300 1'),
    ('feed_events', 'sqlite_autoindex_feed_events_1', '1000000 300000 100000 1'),
    ('feed_events', 'feed_events_by_profile', '1000000 300000 100000 3 1');
ANALYZE sqlite_schema;
