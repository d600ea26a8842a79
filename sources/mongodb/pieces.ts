import { type Collection, type Filter, ObjectId } from 'mongodb';
import type { ExtractRequest } from '../extraction.types.ts';

type Query = Filter<Record<string, unknown>>;

/** A piece of the collection that one query reads. */
export interface Piece {
  readonly filter: Query;
  /** Read in the order of `_id`, so that a lost cursor goes on behind the last document instead of from the start. */
  readonly byId: boolean;
}

const PIECES_PER_CONNECTION = 4;
/** Fewer are read quicker by one query than by several. */
const PIECE_DOCUMENTS = 100_000;

/** Cursors that are dates an Instant can hold; all others are in one piece of their own. */
const FIRST = new Date('0001-01-01T00:00:00.000Z');
const LAST = new Date('9999-12-31T23:59:59.999Z');

/** Ranges of ObjectIds, and one piece for all other kinds of `_id`: a range never matches another type. */
export async function idPieces(
  collection: Collection,
  parallel: number,
  pieceDocuments = PIECE_DOCUMENTS,
): Promise<Piece[]> {
  const ends = async (order: 1 | -1) => {
    const found = await collection
      .find({ _id: { $type: 'objectId' } }, { projection: { _id: 1 } })
      .sort({ _id: order })
      .limit(1)
      .next();
    return found && (found._id as ObjectId);
  };
  const others: Piece = { filter: { _id: { $not: { $type: 'objectId' } } }, byId: false };
  const [first, last] = [await ends(1), await ends(-1)];
  if (!first || !last) return [others];
  const count = piecesFor(await collection.estimatedDocumentCount(), parallel, pieceDocuments);
  const cuts = cutsBetween(seconds(first), seconds(last), count);
  const ids = cuts.map((second) => ObjectId.createFromTime(second));
  const none = new ObjectId('0'.repeat(24));
  const ranges = [none, ...ids].map((from, i) => ({ _id: { $gte: from, ...(ids[i] && { $lt: ids[i] }) } }) as Query);
  return [...ranges.map((filter) => ({ filter, byId: true })), others];
}

const seconds = (id: ObjectId): number => Math.floor(id.getTimestamp().getTime() / 1000);

/** Slices of the cursor's time up to and including `greatest`, and one piece for every cursor that is no date. */
export async function cursorPieces(
  collection: Collection,
  field: string,
  request: ExtractRequest,
  greatest: Date | null,
  parallel: number,
  pieceDocuments = PIECE_DOCUMENTS,
): Promise<Piece[]> {
  // Missing, null and every other type lie outside this range, and an index serves the complement of a range.
  const others: Piece = { filter: { [field]: { $not: { $gte: FIRST, $lte: LAST } } } as unknown as Query, byId: false };
  if (!greatest) return [others];
  const lower = request.lower === null ? FIRST : new Date(Math.ceil(millisOf(request.lower)));
  const upper = request.upper === null ? null : new Date(Math.ceil(millisOf(request.upper)));
  const last = upper && upper <= greatest ? { $lt: upper } : { $lte: greatest };
  const range = { $gte: lower, ...last };
  const cuts = await cursorCuts(collection, field, range, greatest, parallel, pieceDocuments);
  const slices = [lower, ...cuts].map((from, i) => {
    const bounds = { $gte: from, ...(cuts[i] ? { $lt: cuts[i] } : last) };
    return { filter: { [field]: bounds } as Query, byId: false };
  });
  return [...slices, others];
}

/** Without an index behind the cursor every slice would read the whole collection. */
async function cursorCuts(
  collection: Collection,
  field: string,
  range: object,
  greatest: Date,
  parallel: number,
  pieceDocuments: number,
): Promise<Date[]> {
  const indexes = await collection.indexes();
  const indexed = indexes.some(
    (index) => Object.keys(index.key)[0] === field && !index.partialFilterExpression && !index.sparse,
  );
  if (!indexed) return [];
  const limit = parallel * PIECES_PER_CONNECTION * pieceDocuments;
  const count = piecesFor(
    await collection.countDocuments({ [field]: range } as Query, { limit }),
    parallel,
    pieceDocuments,
  );
  if (count < 2) return [];
  const first = (await firstCursor(collection, field, range, 1)) ?? greatest;
  return cutsBetween(first.getTime(), greatest.getTime(), count).map((millis) => new Date(millis));
}

/** Documents that came, or moved, behind `after` while the pieces were read. */
export const laterPiece = (field: string, after: Date | null, upTo: Date): Piece => ({
  filter: { [field]: { ...(after ? { $gt: after } : { $gte: FIRST }), $lte: upTo } } as Query,
  byId: false,
});

/** The least (1) or greatest (-1) cursor that is a date and lies in the range. */
export async function firstCursor(
  collection: Collection,
  field: string,
  range: object,
  order: 1 | -1,
): Promise<Date | null> {
  const found = collection
    .find({ [field]: { $gte: FIRST, $lte: LAST, ...range } } as Query, { projection: { [field]: 1 } })
    .sort({ [field]: order });
  for await (const document of found) {
    const value = field
      .split('.')
      .reduce<unknown>((at, name) => (at as Record<string, unknown> | null)?.[name], document);
    // An array is found by any date within it; its place is decided by its `_id`.
    if (value instanceof Date) return value;
  }
  return null;
}

const piecesFor = (documents: number, parallel: number, pieceDocuments: number): number =>
  Math.min(parallel * PIECES_PER_CONNECTION, Math.ceil(documents / pieceDocuments));

function cutsBetween(least: number, greatest: number, count: number): number[] {
  const cuts = Array.from({ length: Math.max(0, count - 1) }, (_, i) =>
    Math.floor(least + ((greatest - least) * (i + 1)) / count),
  );
  return [...new Set(cuts)].filter((cut) => cut > least && cut <= greatest);
}

/** With the microseconds, which a MongoDB date does not have. */
const millisOf = (instant: string): number =>
  Date.parse(`${instant.slice(0, 23)}Z`) + Number(instant.slice(23, 26)) / 1000;
