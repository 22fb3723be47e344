-- The corporate family that a member belongs to, as the operator knows it. Members of one family count once.
ALTER TABLE members ADD COLUMN owner_group TEXT COLLATE "C";
