DROP TABLE introduction_recipients;
DROP TABLE introductions;
