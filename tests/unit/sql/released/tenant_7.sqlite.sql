
ALTER TABLE run ADD COLUMN refused_by TEXT;
ALTER TABLE run ADD COLUMN refused_at INTEGER;
ALTER TABLE run ADD COLUMN refusal TEXT;
CREATE INDEX offer_by_barcode ON offer_barcode (barcode);
