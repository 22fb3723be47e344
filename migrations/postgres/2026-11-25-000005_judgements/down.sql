DROP INDEX refusals_by_score;
DROP TABLE judgements;
