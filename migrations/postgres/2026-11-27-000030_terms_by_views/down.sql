CREATE INDEX profile_terms_by_profile ON profile_terms (group_id, profile_id);
