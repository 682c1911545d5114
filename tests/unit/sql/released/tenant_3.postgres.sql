
CREATE TABLE setting (
  tenant_id UUID NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  value TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, name)
);
