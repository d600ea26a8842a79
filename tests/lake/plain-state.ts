import type { TableState } from '../../lake/table-state.ts';

/** A state as JSON-like data; the order within maps does not matter. */
export const plainState = (state: TableState) => ({
  ...state,
  files: [...state.files].sort(),
  ledger: {
    ...state.ledger,
    partitions: [...state.ledger.partitions].sort(),
    scopes: [...state.ledger.scopes].sort(),
    marks: [...state.ledger.marks].sort(),
  },
});
