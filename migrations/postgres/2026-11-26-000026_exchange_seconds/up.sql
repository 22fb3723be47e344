-- The whole second that stands for the version of a place where only seconds tell versions apart (MISP): more than that
-- of the version before, however much changes within a second. Where it is behind `first`, the second of that counts.
ALTER TABLE exchange_places ADD COLUMN stamp BIGINT NOT NULL DEFAULT 0;
