import type { DuckDBValue } from '@duckdb/node-api';
import { DuckDBTimestampTZValue } from '@duckdb/node-api';
import { ObjectId, onDemand } from 'bson';
import type { Column } from '../../core/column.ts';
import type { SourceDataset } from '../../core/dataset.ts';
import { StrataError } from '../../core/errors.ts';
import { microsOf } from '../../core/instant.ts';
import type { ExtractRequest } from '../extraction.types.ts';
import { MISFIT, type Reader, readerOf } from './bson-column.ts';
import { type BsonValue, toJson } from './bson-json.ts';
import { BSON, typeName } from './bson-types.ts';
import { momentOf } from './cursor-moment.ts';

interface Field {
  readonly column: Column;
  readonly path: readonly string[];
  readonly read: Reader;
}

type TopFields = ReadonlyMap<string, BsonValue>;

/** Turns documents into rows by walking their bytes: only what is declared is decoded. */
export class DocumentReader {
  readonly #dataset: SourceDataset;
  readonly #fields: readonly Field[];
  readonly #cursor: { readonly path: readonly string[]; readonly at: number } | undefined;
  readonly #lower: bigint | undefined;
  readonly #upper: bigint | undefined;
  /** Fields of the document's first level that are needed. */
  readonly topLevel: ReadonlySet<string>;

  constructor(dataset: SourceDataset, request: ExtractRequest) {
    this.#dataset = dataset;
    this.#fields = dataset.columns.map((column) => ({
      column,
      path: dataset.sourceColumns[column.name]!.split('.'),
      read: readerOf(column),
    }));
    const { extraction } = dataset;
    if (extraction.kind === 'cursor') {
      const at = dataset.columns.findIndex((column) => column.name === extraction.column);
      this.#cursor = { path: this.#fields[at]!.path, at };
      this.#lower = request.lower === null ? undefined : microsOf(request.lower);
      this.#upper = request.upper === null ? undefined : microsOf(request.upper);
    }
    this.topLevel = new Set(['_id', ...this.#fields.map((field) => field.path[0]!)]);
  }

  /**
   * The declared columns of one document; undefined when its cursor, readable only here, lies outside the range.
   * @throws source_mismatch for a value that the declared type cannot hold
   */
  row(bytes: Uint8Array): DuckDBValue[] | undefined {
    const top = this.#topFields(bytes);
    const id = top.get('_id')!;
    const moment = this.#cursor && momentOf(this.#find(top, this.#cursor.path, id), id);
    if (moment?.readable && this.#isOutside(moment.micros)) return undefined;
    return this.#fields.map((field, i) => {
      if (moment && i === this.#cursor?.at) return new DuckDBTimestampTZValue(moment.micros);
      const value = this.#find(top, field.path, id);
      return value === undefined ? null : this.#read(field, value, id);
    });
  }

  /** Where to go on after this document; undefined when its `_id` is none. */
  objectId(bytes: Uint8Array): ObjectId | undefined {
    const id = fieldOf({ type: BSON.object, bytes, offset: 0, length: bytes.byteLength }, '_id');
    return id?.type === BSON.objectId ? new ObjectId(bytes.slice(id.offset, id.offset + id.length)) : undefined;
  }

  #isOutside(micros: bigint): boolean {
    return (this.#lower !== undefined && micros < this.#lower) || (this.#upper !== undefined && micros >= this.#upper);
  }

  #topFields(bytes: Uint8Array): TopFields {
    const found = new Map<string, BsonValue>();
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const [type, nameOffset, nameLength, offset, length] of onDemand.parseToElements(bytes)) {
      const name = buffer.toString('utf8', nameOffset, nameOffset + nameLength);
      if (this.topLevel.has(name) && !found.has(name)) found.set(name, { type, bytes, offset, length });
    }
    return found;
  }

  /** undefined: the document has no such field. */
  #find(top: TopFields, path: readonly string[], id: BsonValue): BsonValue | undefined {
    let value = top.get(path[0]!);
    for (const [depth, name] of path.slice(1).entries()) {
      if (value === undefined || value.type === BSON.null || value.type === BSON.undefined) return undefined;
      if (value.type !== BSON.object) {
        const parent = path.slice(0, depth + 1).join('.');
        if (path === this.#cursor?.path) return undefined;
        throw this.#misfit(
          `${parent}, in which ${name} is looked for, is ${article(value.type)}`,
          id,
          `Declare ${parent} as json().`,
        );
      }
      value = fieldOf(value, name);
    }
    return value;
  }

  #read({ column, path, read }: Field, value: BsonValue, id: BsonValue): DuckDBValue {
    if ((value.type === BSON.null || value.type === BSON.undefined) && !column.json) return null;
    const result = read(value);
    if (result !== MISFIT) return result;
    const example = toJson(value).slice(0, 100);
    const found = `${path.join('.')} is ${article(value.type)}, ${example}, declared ${column.sqlType}`;
    throw this.#misfit(
      found,
      id,
      'Declare the column as json() (or text()) and decide downstream; nothing was dropped or made NULL.',
    );
  }

  #misfit(what: string, id: BsonValue, hint: string): StrataError {
    const { name, relation } = this.#dataset;
    return new StrataError('source_mismatch', `${relation}, document ${toJson(id)}: ${what}`, { where: name, hint });
  }
}

function fieldOf({ bytes, offset: start }: BsonValue, wanted: string): BsonValue | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [type, nameOffset, nameLength, offset, length] of onDemand.parseToElements(bytes, start)) {
    if (buffer.toString('utf8', nameOffset, nameOffset + nameLength) === wanted) return { type, bytes, offset, length };
  }
  return undefined;
}

const article = (type: number): string => `${/^[aeiou]/.test(typeName(type)) ? 'an' : 'a'} ${typeName(type)}`;
