DROP TABLE group_stats;
