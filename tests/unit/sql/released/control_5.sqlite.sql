
CREATE TABLE event_counter (
  tenant_id TEXT NOT NULL PRIMARY KEY,
  number    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
ALTER TABLE tenant_event ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
CREATE INDEX tenant_event_number ON tenant_event (tenant_id, number);
UPDATE tenant_event SET number = n.number FROM (SELECT event_id, row_number() OVER (PARTITION BY tenant_id ORDER BY relayed_at, event_id) AS number FROM tenant_event) AS n WHERE n.event_id = tenant_event.event_id;
INSERT INTO event_counter (tenant_id, number) SELECT tenant_id, max(number) FROM tenant_event GROUP BY tenant_id;
