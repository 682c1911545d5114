
CREATE INDEX offer_link_product ON offer_link (product);
CREATE TABLE product_offer (
  offer_id   INTEGER NOT NULL PRIMARY KEY,
  product_id INTEGER NOT NULL,
  account_id TEXT NOT NULL,
  matched_by INTEGER NOT NULL
) STRICT;
CREATE INDEX product_offer_order ON product_offer (product_id);
CREATE INDEX product_offer_of_account ON product_offer (account_id, product_id);
CREATE INDEX product_offer_matched ON product_offer (matched_by, product_id);
CREATE TABLE read_model (
  name    TEXT NOT NULL PRIMARY KEY,
  version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
