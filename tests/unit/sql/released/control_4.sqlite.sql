
ALTER TABLE tenant ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE tenant_key ADD COLUMN retired_at INTEGER;
CREATE INDEX account_directory_account ON account_directory (account_id);
