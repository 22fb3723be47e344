-- What an event says of its change, so that a reader of a part of the feed is told of what left that part and of
-- nothing else: the platforms and countries (as hashes) of the profile before it, and the fields that changed. Of an
-- event from before this migration neither is known.
ALTER TABLE feed_events ADD COLUMN words_before TEXT;
ALTER TABLE feed_events ADD COLUMN changed TEXT;
-- A reader begins at a time.
CREATE INDEX feed_events_by_time ON feed_events (group_id, class, at);
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('feed_events', 'feed_events_by_time', '1000000 300000 100000 50');
ANALYZE sqlite_schema;
