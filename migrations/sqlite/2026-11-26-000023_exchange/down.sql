DROP TABLE exchange_places;
