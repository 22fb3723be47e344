-- Reports that came as objects (STIX) know of which version they are, so that an older one that comes late changes nothing.
ALTER TABLE reports ADD COLUMN object_version BIGINT;

-- What became of objects that were sent together, for who sent them; `told` is sealed.
CREATE TABLE exchange_statuses (
    member_id BYTEA NOT NULL REFERENCES members (id),
    id BYTEA NOT NULL,
    at BIGINT NOT NULL,
    told BYTEA NOT NULL,
    PRIMARY KEY (member_id, id)
);
CREATE INDEX exchange_statuses_by_age ON exchange_statuses (member_id, at);
