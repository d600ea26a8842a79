import type { Session } from '../../engine/session.ts';
import { ident } from '../../engine/sql-text.ts';
import type { ScoringModel } from './load-model.ts';
import { readDataset } from './read-set.ts';

/** The column that holds a model's probability. */
export const SCORE = '_score';
/** The column that holds what it ranks by: calibration makes some rows equal. */
export const RANK = '_rank';

/** A temp table of the relation's rows with their scores. @param name of the table */
export async function scoredRows(
  session: Session,
  relation: string,
  model: ScoringModel,
  name: string,
): Promise<string> {
  const [rows, scores] = [ident(`${name}_rows`), `${name}_scores`];
  await session.run(`CREATE OR REPLACE TEMP TABLE ${rows} AS SELECT * FROM ${relation}`);
  const found = model.scored(await readDataset(session, rows, model.version.signature));
  await session.run(`CREATE OR REPLACE TEMP TABLE ${ident(scores)} (${SCORE} DOUBLE, ${RANK} DOUBLE)`);
  const appender = await session.connection.createAppender(scores, undefined, 'temp');
  for (const [row, probability] of found.probabilities.entries()) {
    appender.appendDouble(probability);
    appender.appendDouble(found.scores[row]!);
    appender.endRow();
  }
  appender.closeSync();
  await session.run(
    `CREATE OR REPLACE TEMP TABLE ${ident(name)} AS SELECT * FROM ${rows} POSITIONAL JOIN ${ident(scores)}`,
  );
  return ident(name);
}
