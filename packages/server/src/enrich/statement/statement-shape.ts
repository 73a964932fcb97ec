/** A statement to a database without its values, and short names for it (OpenTelemetry's `db.*` attributes). */
export interface StatementShape {
  /** `SELECT * FROM orders WHERE id = ?` */
  readonly text: string;
  /** `SELECT`; '' when it can not be told. */
  readonly operation: string;
  /** `orders`: the table or collection it acts on; '' when there is none. */
  readonly collection: string;
  /** `SELECT orders customers`, at most 255 characters. */
  readonly summary: string;
}
