
CREATE TABLE person (
  user_id TEXT COLLATE "C" NOT NULL,
  address TEXT COLLATE "C" NOT NULL,
  address_key TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  locale TEXT COLLATE "C" NOT NULL,
  zone TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  password_hash TEXT COLLATE "C",
  PRIMARY KEY (user_id)
);
CREATE UNIQUE INDEX person_address ON person (address_key);
CREATE TABLE member (
  tenant_id TEXT COLLATE "C" NOT NULL,
  user_id TEXT COLLATE "C" NOT NULL,
  role TEXT COLLATE "C" NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX member_user ON member (user_id);
