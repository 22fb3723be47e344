-- What a profile was found by follows from its stored views; to find its terms by the profile, a tenth of the pages that the
-- resolver writes were those of this index. Terms of those who left a group before would stay, so all are written anew.
DROP INDEX profile_terms_by_profile;
UPDATE sharing_groups SET lens_version = 0;

DELETE FROM sqlite_stat1 WHERE idx = 'profile_terms_by_profile';
ANALYZE sqlite_schema;
