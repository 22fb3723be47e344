DROP TABLE canary_alerts;
DROP TABLE canaries;
DROP TABLE look_ups;
DROP TABLE look_up_meters;
