
CREATE TABLE tenant_key (
  tenant_id TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  sealed BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, number)
);
CREATE UNIQUE INDEX tenant_name ON tenant (name);
