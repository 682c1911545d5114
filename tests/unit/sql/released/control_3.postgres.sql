
CREATE TABLE relay_hint (
  tenant_id TEXT COLLATE "C" NOT NULL,
  stamp TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id)
);
CREATE TABLE tenant_event (
  event_id TEXT COLLATE "C" NOT NULL,
  tenant_id TEXT COLLATE "C" NOT NULL,
  topic TEXT COLLATE "C" NOT NULL,
  payload TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  relayed_at BIGINT NOT NULL,
  PRIMARY KEY (event_id)
);
CREATE INDEX tenant_event_age ON tenant_event (relayed_at);
