ALTER TABLE exchange_places DROP COLUMN stamp;
