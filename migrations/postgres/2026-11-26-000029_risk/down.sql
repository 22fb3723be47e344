ALTER TABLE feed_events DROP COLUMN risk_before;
DROP INDEX profile_views_by_risk;
ALTER TABLE profile_views DROP COLUMN risk;
