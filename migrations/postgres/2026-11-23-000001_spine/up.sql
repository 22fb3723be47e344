-- Secrets of this installation: signing keys and the like. One row each, made at first start.
CREATE TABLE secrets (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE members (
    id BYTEA NOT NULL PRIMARY KEY,
    slug TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    standing TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE users (
    id BYTEA NOT NULL PRIMARY KEY,
    member_id BYTEA NOT NULL REFERENCES members (id),
    email TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    password_hash TEXT COLLATE "C" NOT NULL,
    standing TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX users_by_member ON users (member_id, id);

-- Single-use links; only the hash of the token is stored.
CREATE TABLE invitations (
    id BYTEA NOT NULL PRIMARY KEY,
    member_id BYTEA NOT NULL REFERENCES members (id),
    email TEXT COLLATE "C",
    role TEXT COLLATE "C" NOT NULL,
    token_hash BYTEA NOT NULL UNIQUE,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    id BYTEA NOT NULL PRIMARY KEY,
    user_id BYTEA NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE refresh_tokens (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    session_id BYTEA NOT NULL REFERENCES sessions (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE TABLE api_keys (
    id BYTEA NOT NULL PRIMARY KEY,
    member_id BYTEA NOT NULL REFERENCES members (id),
    name TEXT COLLATE "C" NOT NULL,
    secret_hash BYTEA NOT NULL,
    scopes TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    last_used_at BIGINT
);
CREATE INDEX api_keys_by_member ON api_keys (member_id, id);

-- Counters of a group are only touched by its resolver, under the lock on this row.
CREATE TABLE sharing_groups (
    id BYTEA NOT NULL PRIMARY KEY,
    slug TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    includes_alliance BOOLEAN NOT NULL,
    host_id BYTEA REFERENCES members (id),
    next_entry BIGINT NOT NULL,
    next_label BIGINT NOT NULL,
    lens_version INTEGER NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE group_members (
    group_id BYTEA NOT NULL REFERENCES sharing_groups (id),
    member_id BYTEA NOT NULL REFERENCES members (id),
    contribute BOOLEAN NOT NULL,
    read BOOLEAN NOT NULL,
    PRIMARY KEY (group_id, member_id)
);
CREATE INDEX group_members_by_member ON group_members (member_id);

-- The current revision of every report. The member leads the key: reports are private to it.
CREATE TABLE reports (
    member_id BYTEA NOT NULL REFERENCES members (id),
    id BYTEA NOT NULL,
    external_id TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    revision INTEGER NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (member_id, id)
);
CREATE UNIQUE INDEX reports_by_external_id ON reports (member_id, external_id);

-- Revisions that were superseded.
CREATE TABLE report_revisions (
    member_id BYTEA NOT NULL,
    report_id BYTEA NOT NULL,
    revision INTEGER NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (member_id, report_id, revision)
);

-- Personal values in a member's own live reports: what it already holds.
CREATE TABLE held_values (
    member_id BYTEA NOT NULL,
    term BIGINT NOT NULL,
    report_id BYTEA NOT NULL,
    identifier TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (member_id, term, report_id)
);

-- Reports whose place in a pool is to be worked out. Rows are deleted in the transaction that does.
CREATE TABLE pool_queue (
    group_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    member_id BYTEA NOT NULL,
    report_id BYTEA NOT NULL,
    PRIMARY KEY (group_id, id)
);
CREATE INDEX pool_queue_by_report ON pool_queue (member_id, report_id);

-- The reports of each pool, with the component of each stratum that they are in.
CREATE TABLE pool_entries (
    group_id BYTEA NOT NULL,
    entry BIGINT NOT NULL,
    member_id BYTEA NOT NULL,
    report_id BYTEA NOT NULL,
    facts TEXT COLLATE "C" NOT NULL,
    account BIGINT NOT NULL,
    core BIGINT NOT NULL,
    profile_id BYTEA NOT NULL,
    PRIMARY KEY (group_id, entry)
);
CREATE UNIQUE INDEX pool_entries_by_report ON pool_entries (group_id, report_id);
CREATE INDEX pool_entries_by_account ON pool_entries (group_id, account);
CREATE INDEX pool_entries_by_core ON pool_entries (group_id, core);
CREATE INDEX pool_entries_by_profile ON pool_entries (group_id, profile_id);

-- Who carries a key: the component of the stratum below, and the entry.
CREATE TABLE postings (
    group_id BYTEA NOT NULL,
    term BIGINT NOT NULL,
    carrier BIGINT NOT NULL,
    entry BIGINT NOT NULL,
    PRIMARY KEY (group_id, term, carrier, entry)
);

CREATE TABLE links (
    group_id BYTEA NOT NULL,
    stratum INTEGER NOT NULL,
    from_entry BIGINT NOT NULL,
    to_entry BIGINT NOT NULL,
    term BIGINT NOT NULL,
    class TEXT COLLATE "C" NOT NULL,
    degree INTEGER NOT NULL,
    score_decibits INTEGER NOT NULL,
    PRIMARY KEY (group_id, stratum, from_entry, to_entry)
);

CREATE TABLE refusals (
    group_id BYTEA NOT NULL,
    stratum INTEGER NOT NULL,
    from_entry BIGINT NOT NULL,
    to_entry BIGINT NOT NULL,
    term BIGINT NOT NULL,
    class TEXT COLLATE "C" NOT NULL,
    degree INTEGER NOT NULL,
    score_decibits INTEGER NOT NULL,
    number_from TEXT COLLATE "C" NOT NULL,
    number_to TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, stratum, from_entry, to_entry, term)
);

-- Each profile as each lens class sees it. The digest is over what is shown.
CREATE TABLE profile_views (
    group_id BYTEA NOT NULL,
    class TEXT COLLATE "C" NOT NULL,
    profile_id BYTEA NOT NULL,
    revision INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    order_day BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, class, profile_id)
);
CREATE INDEX profile_views_by_day ON profile_views (group_id, class, order_day, profile_id);

-- What a profile can be found by: hashes of identifiers, platforms and countries.
CREATE TABLE profile_terms (
    group_id BYTEA NOT NULL,
    term BIGINT NOT NULL,
    profile_id BYTEA NOT NULL,
    PRIMARY KEY (group_id, term, profile_id)
);

-- Ids no longer in use, and where most of the profile went.
CREATE TABLE successions (
    group_id BYTEA NOT NULL,
    profile_id BYTEA NOT NULL,
    successor_id BYTEA,
    ended_at BIGINT NOT NULL,
    PRIMARY KEY (group_id, profile_id)
);

CREATE TABLE feed_heads (
    group_id BYTEA NOT NULL,
    class TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (group_id, class)
);

CREATE TABLE feed_events (
    group_id BYTEA NOT NULL,
    class TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    profile_id BYTEA NOT NULL,
    revision INTEGER NOT NULL,
    others TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (group_id, class, number)
);
CREATE INDEX feed_events_by_profile ON feed_events (group_id, class, profile_id, number);
