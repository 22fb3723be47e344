DROP INDEX feed_events_by_time;
ALTER TABLE feed_events DROP COLUMN changed;
ALTER TABLE feed_events DROP COLUMN words_before;
