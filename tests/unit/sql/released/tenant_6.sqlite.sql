
ALTER TABLE account ADD COLUMN credential_stamp TEXT NOT NULL DEFAULT '';
