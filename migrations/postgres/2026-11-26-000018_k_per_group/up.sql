-- How many other members must stand behind classes of goods before a peer sees them, for each group; and who raised it.
ALTER TABLE sharing_groups ADD COLUMN k INTEGER NOT NULL DEFAULT 3;
ALTER TABLE group_changes ADD COLUMN k INTEGER;
