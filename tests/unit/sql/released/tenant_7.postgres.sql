
ALTER TABLE run ADD COLUMN refused_by TEXT COLLATE "C";
ALTER TABLE run ADD COLUMN refused_at BIGINT;
ALTER TABLE run ADD COLUMN refusal TEXT COLLATE "C";
CREATE INDEX offer_by_barcode ON offer_barcode (tenant_id, barcode);
