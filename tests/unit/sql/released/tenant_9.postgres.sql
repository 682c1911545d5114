
CREATE INDEX offer_link_product ON offer_link (tenant_id, product);
CREATE TABLE product_offer (
  tenant_id UUID NOT NULL,
  offer_id BIGINT NOT NULL,
  product_id BIGINT NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  matched_by SMALLINT NOT NULL,
  PRIMARY KEY (tenant_id, offer_id)
);
CREATE INDEX product_offer_order ON product_offer (tenant_id, product_id);
CREATE INDEX product_offer_of_account ON product_offer (tenant_id, account_id, product_id);
CREATE INDEX product_offer_matched ON product_offer (tenant_id, matched_by, product_id);
CREATE TABLE read_model (
  tenant_id UUID NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, name)
);
