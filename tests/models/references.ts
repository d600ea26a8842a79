import type { Dataset } from '../../core/dataset.ts';

/** A reference and how many rows point at nothing. */
export interface Audit {
  /** `gold.fact_payment.customer_key` */
  readonly reference: string;
  /** Rows of the audited table whose key is not in the table it points at; null points at nothing and is fine. */
  readonly sql: string;
}

/** One audit for each declared reference, over tables as `relation` names them. */
export const referenceAudits = (datasets: readonly Dataset[], relation: (dataset: string) => string): Audit[] =>
  datasets.flatMap(({ name, columns }) =>
    columns.flatMap(({ name: column, references: target }) => {
      if (!target) return [];
      const sql = `SELECT count(*) AS orphans FROM ${relation(name)} AS own
        WHERE own."${column}" IS NOT NULL AND own."${column}" NOT IN (SELECT "${target.column}" FROM ${relation(target.dataset)})`;
      return [{ reference: `${name}.${column}`, sql }];
    }),
  );
