ALTER TABLE sharing_groups DROP COLUMN stop_list_version;
DROP TABLE stop_list_head;
DROP TABLE stop_list;
