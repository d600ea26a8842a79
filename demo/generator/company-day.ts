import type { Db } from 'mongodb';
import type pg from 'pg';
import { recordGenerated } from './generated-days.ts';
import { verifyReferences, withoutForeignKeys } from './references.ts';
import { isoOf, type Micros } from './simulated-time.ts';
import { dayStart, type World } from './world.ts';
import { writeCatalogue } from './write-catalogue.ts';
import { writeChanges } from './write-changes.ts';
import { type DocumentCounts, NO_DOCUMENTS, writeDocuments } from './write-documents.ts';
import { writeLaw } from './write-law.ts';
import { writeParties } from './write-parties.ts';
import { type PaymentCounts, writePayments } from './write-payments.ts';
import { writeReference } from './write-reference.ts';
import { writeSubscriptions } from './write-subscriptions.ts';

export interface DayCounts extends PaymentCounts, DocumentCounts {
  /** Status moves of earlier days' payments. */
  readonly moves: number;
  readonly customers: number;
  readonly merchants: number;
}

/** One day of the company, after the days before it. The caller holds the transaction. */
export async function writeDay(client: pg.Client, db: Db | undefined, world: World, day: number): Promise<DayCounts> {
  const end = dayStart(world, day + 1);
  const own = await writeOwnDay(client, world, day, end);
  await verifyReferences(client, isoOf(dayStart(world, day)));
  const changes = await writeChanges(client, world, day);
  // Before the commit: a day whose documents are incomplete is not recorded, and writing them again is harmless.
  const documents = db ? await writeDocuments(db, world, day) : NO_DOCUMENTS;
  await recordGenerated(client, world, day);
  return {
    ...own,
    ...documents,
    moves: changes.moves,
    refunds: own.refunds + changes.refunds,
    disputes: own.disputes + changes.disputes,
  };
}

/**
 * The first `days` days in one go: each payment is written once, as it stands at the end of them, where day by day it would be written
 * and then changed. The rows are the same; only the numbers of status moves differ. The caller holds the transaction.
 */
export async function writeHistory(
  client: pg.Client,
  db: Db | undefined,
  world: World,
  days: number,
  seen: (day: number) => void,
): Promise<void> {
  const end = dayStart(world, days);
  for (let day = 0; day < days; day++) {
    await writeOwnDay(client, world, day, end);
    if (db) await writeDocuments(db, world, day);
    await recordGenerated(client, world, day);
    seen(day);
  }
  await verifyReferences(client, isoOf(world.start));
}

async function writeOwnDay(client: pg.Client, world: World, day: number, until: Micros) {
  await writeReference(client, world, day);
  await writeLaw(client, world, day);
  const parties = await writeParties(client, world, day);
  await writeCatalogue(client, world, day);
  const payments = await withoutForeignKeys(client, () => writePayments(client, world, day, until));
  await writeSubscriptions(client, world, day);
  return { ...parties, ...payments };
}
