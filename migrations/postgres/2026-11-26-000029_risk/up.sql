-- The score of what the class sees, to narrow and order lists by; and what it was before an event, to tell a part of a feed
-- by it.
ALTER TABLE profile_views ADD COLUMN risk integer NOT NULL DEFAULT 0;
CREATE INDEX profile_views_by_risk ON profile_views (group_id, class, risk, order_day, profile_id);
ALTER TABLE feed_events ADD COLUMN risk_before integer;
