DROP TABLE shared_terms;
