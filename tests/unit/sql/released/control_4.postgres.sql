
ALTER TABLE tenant ADD COLUMN reason TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE tenant_key ADD COLUMN retired_at BIGINT;
CREATE INDEX account_directory_account ON account_directory (account_id);
