import { categories, partners, productsPerTenant, tenants } from '../domain/tenants.js';

/**
 * Tables and first rows, as one statement list that may run again on the same database.
 *
 * Everything lives in the schema `shop`, so that a database given by DATABASE_URL keeps what else it holds.
 * Amounts are integers in minor units; the currency is the tenant's.
 */
export function schemaSql(): string {
  return `
CREATE SCHEMA IF NOT EXISTS shop;
CREATE TABLE IF NOT EXISTS shop.partners (id text PRIMARY KEY, name text NOT NULL, share_basis_points int NOT NULL);
CREATE TABLE IF NOT EXISTS shop.tenants (
  id text PRIMARY KEY, name text NOT NULL, plan text NOT NULL, currency text NOT NULL, sku_prefix text NOT NULL,
  partner_id text REFERENCES shop.partners);
CREATE TABLE IF NOT EXISTS shop.products (
  tenant_id text NOT NULL, sku text NOT NULL, name text NOT NULL, category text NOT NULL, price_minor int NOT NULL,
  PRIMARY KEY (tenant_id, sku));
CREATE TABLE IF NOT EXISTS shop.reviews (
  id bigserial PRIMARY KEY, tenant_id text NOT NULL, sku text NOT NULL, stars int NOT NULL, body text NOT NULL);
CREATE TABLE IF NOT EXISTS shop.price_rules (
  id bigserial PRIMARY KEY, tenant_id text NOT NULL, sku text NOT NULL, minimum_quantity int NOT NULL, discount_basis_points int NOT NULL,
  UNIQUE (tenant_id, sku, minimum_quantity));
CREATE TABLE IF NOT EXISTS shop.stock (
  tenant_id text NOT NULL, sku text NOT NULL, available int NOT NULL CHECK (available >= 0), PRIMARY KEY (tenant_id, sku));
CREATE TABLE IF NOT EXISTS shop.carts (
  tenant_id text NOT NULL, id text NOT NULL, user_id text NOT NULL, changed_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (tenant_id, id));
CREATE TABLE IF NOT EXISTS shop.cart_items (
  tenant_id text NOT NULL, cart_id text NOT NULL, sku text NOT NULL, quantity int NOT NULL, PRIMARY KEY (tenant_id, cart_id, sku),
  FOREIGN KEY (tenant_id, cart_id) REFERENCES shop.carts (tenant_id, id) ON DELETE CASCADE);
CREATE TABLE IF NOT EXISTS shop.orders (
  id text PRIMARY KEY, tenant_id text NOT NULL, user_id text NOT NULL, state text NOT NULL, items jsonb NOT NULL,
  total_minor int NOT NULL, currency text NOT NULL, provider text NOT NULL, charge_id text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX IF NOT EXISTS orders_created ON shop.orders (created_at);
CREATE TABLE IF NOT EXISTS shop.refunds (
  id text PRIMARY KEY, order_id text NOT NULL REFERENCES shop.orders ON DELETE CASCADE, amount_minor int NOT NULL, currency text NOT NULL,
  reason text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS shop.subscriptions (
  id text PRIMARY KEY, tenant_id text NOT NULL REFERENCES shop.tenants, user_id text NOT NULL, price_minor int NOT NULL, currency text NOT NULL,
  renews_at timestamptz NOT NULL, renewals int NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS subscriptions_due ON shop.subscriptions (renews_at);
CREATE TABLE IF NOT EXISTS shop.partner_ledger (
  id bigserial PRIMARY KEY, partner_id text NOT NULL REFERENCES shop.partners, tenant_id text NOT NULL, order_id text NOT NULL UNIQUE,
  amount_minor int NOT NULL, currency text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS shop.jobs (
  id bigserial PRIMARY KEY, name text NOT NULL, payload jsonb NOT NULL, carrier jsonb NOT NULL, attempts int NOT NULL DEFAULT 0,
  state text NOT NULL DEFAULT 'waiting', run_at timestamptz NOT NULL DEFAULT now(), last_error text);
CREATE INDEX IF NOT EXISTS jobs_due ON shop.jobs (run_at) WHERE state = 'waiting';

INSERT INTO shop.partners VALUES ${rows(partners.map(p => [p.id, p.name, p.shareBasisPoints]))} ON CONFLICT DO NOTHING;
INSERT INTO shop.tenants VALUES ${rows(tenants.map(t => [t.id, t.name, t.plan, t.currency, t.skuPrefix, t.partnerId]))} ON CONFLICT DO NOTHING;
INSERT INTO shop.products
  SELECT t.id, t.sku_prefix || '-' || lpad(n::text, 3, '0'),
    (ARRAY['Sturdy','Folding','Classic','Pocket','Nordic','Quiet','Bright','Little','Heavy','Travel'])[1 + n % 10] || ' ' ||
    (ARRAY['Lantern','Notebook','Kettle','Trowel','Wrench','Blanket','Tripod','Teapot'])[1 + n % 8],
    (${array(categories)})[1 + n % ${categories.length}],
    (490 + (n * 7919) % 18500) * CASE t.currency WHEN 'JPY' THEN 2 ELSE 1 END
  FROM shop.tenants t, generate_series(1, ${productsPerTenant}) n ON CONFLICT DO NOTHING;
INSERT INTO shop.price_rules (tenant_id, sku, minimum_quantity, discount_basis_points)
  SELECT p.tenant_id, p.sku, q, q * 150 FROM shop.products p, unnest(ARRAY[1, 2, 5]) q ON CONFLICT DO NOTHING;
INSERT INTO shop.stock SELECT tenant_id, sku, 200 FROM shop.products ON CONFLICT DO NOTHING;
INSERT INTO shop.reviews (tenant_id, sku, stars, body)
  SELECT p.tenant_id, p.sku, 1 + (n * 7) % 5, 'The ' || lower(p.name) || ' ' ||
    (ARRAY['arrived early','broke after a week','is worth every cent','feels solid','was smaller than I thought'])[1 + (n * 3) % 5] || ' ' || md5(p.sku || n)
  FROM shop.products p, generate_series(1, 40) n WHERE NOT EXISTS (SELECT FROM shop.reviews);
INSERT INTO shop.subscriptions
  SELECT 'sub_' || t.sku_prefix || '_' || n, t.id, 'u_' || (10000 + n * 37), 900 + 100 * (n % 20), t.currency, now() + n * interval '7 seconds'
  FROM shop.tenants t, generate_series(1, 25) n ON CONFLICT DO NOTHING;
`;
}

function rows(values: readonly (readonly (string | number | undefined)[])[]): string {
  return values.map(row => `(${row.map(literal).join(', ')})`).join(', ');
}

function array(values: readonly string[]): string {
  return `ARRAY[${values.map(literal).join(', ')}]`;
}

/** Our own constants only; what a request brings goes in as a parameter. */
function literal(value: string | number | undefined): string {
  if (value === undefined) return 'NULL';
  return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
}
