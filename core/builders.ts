export { bucket } from './buckets.ts';
export { audit, type Check, rowCheck, rowCount, unique } from './check.ts';
export {
  bigint,
  boolean,
  bytes,
  date,
  decimal,
  double,
  integer,
  json,
  key,
  pii,
  renamed,
  text,
  timestamp,
} from './column.ts';
export type { Dataset, DerivedDataset, SourceDataset } from './dataset.ts';
export { dataset, day, hour, merge, month, type Row, replace, source, week, whole } from './define-dataset.ts';
export { type2 } from './history.ts';
export { pipeline } from './pipeline.ts';
export { project } from './project.ts';
export { references } from './references.ts';
export { retraining } from './retraining.ts';
export { applicationClock, cursor, databaseClock, mongo, postgres, snapshot } from './source.ts';
export { type View, view } from './view.ts';
