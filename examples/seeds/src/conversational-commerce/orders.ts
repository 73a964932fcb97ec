import { randomUUID } from 'node:crypto';
import { business } from '@bellwether/node';
import type pg from 'pg';
import type { Logger } from 'pino';

export type Status = 'created' | 'confirmed' | 'shipped' | 'delivered' | 'cancelled';

export interface Order {
  readonly id: string;
  readonly tenantId: string;
  readonly channel: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly status: Status;
}

const columns = `id, tenant_id AS "tenantId", channel, amount_minor AS "amountMinor", currency, status`;

/** Orders of all tenants. */
export class Orders {
  readonly #pool: pg.Pool;
  readonly #log: Logger;

  constructor(pool: pg.Pool, log: Logger) {
    this.#pool = pool;
    this.#log = log;
  }

  async prepare(): Promise<void> {
    await this.#pool.query(
      'CREATE TABLE orders (id uuid PRIMARY KEY, tenant_id text NOT NULL, channel text NOT NULL, amount_minor integer NOT NULL, currency text NOT NULL, status text NOT NULL)',
    );
  }

  async create(tenantId: string, channel: string, amountMinor: number, currency: string): Promise<Order> {
    const order: Order = { id: randomUUID(), tenantId, channel, amountMinor, currency, status: 'created' };
    // Counted once it is stored; a statement that fails counts nothing.
    return business.afterCommit(async events => {
      await this.#pool.query('INSERT INTO orders VALUES ($1, $2, $3, $4, $5, $6)', [
        order.id,
        tenantId,
        channel,
        amountMinor,
        currency,
        order.status,
      ]);
      events.order({ orderId: order.id, status: 'created', channel, amountMinor, currency });
      return order;
    });
  }

  async find(id: string): Promise<Order | undefined> {
    const { rows } = await this.#pool.query<Order>(`SELECT ${columns} FROM orders WHERE id = $1`, [id]);
    return rows[0];
  }

  async setStatus(order: Order, status: Status): Promise<void> {
    await this.#pool.query('UPDATE orders SET status = $2 WHERE id = $1', [order.id, status]);
    this.#log.info(
      { event: 'order_status_change', order_id: order.id, old_status: order.status, new_status: status },
      'order status changed',
    );
  }
}
