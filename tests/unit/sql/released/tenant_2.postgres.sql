
CREATE TABLE credential_fact (
  tenant_id UUID NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  part TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  categories TEXT COLLATE "C" NOT NULL,
  read_only SMALLINT NOT NULL,
  expires_at BIGINT,
  PRIMARY KEY (tenant_id, account_id, part)
);
CREATE TABLE account_health (
  tenant_id UUID NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  state SMALLINT NOT NULL,
  since BIGINT NOT NULL,
  reason TEXT COLLATE "C",
  parameters TEXT COLLATE "C" NOT NULL,
  checked_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, account_id)
);
CREATE TABLE account_memory (
  tenant_id UUID NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  value TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, account_id, name)
);
