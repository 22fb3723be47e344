DROP TABLE busy_terms;
DROP TABLE wide_phones;
ALTER TABLE refusals DROP COLUMN objection;
