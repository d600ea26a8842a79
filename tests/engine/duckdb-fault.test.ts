import { execFileSync } from 'node:child_process';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toStrataError } from '../../engine/duckdb-fault.ts';
import { failureOf, useSession } from './engine.fixture.ts';

const used = useSession();

describe('wrong SQL', () => {
  test.each([
    ['a syntax error', "SELECT 'é😀',\n  a b c\nFROM t", 2, 7],
    ['an unknown column', "SELECT 'é😀',\n  a\nFROM (SELECT 1 AS b)", 2, 3],
    ['an unknown table', 'SELECT 1\nFROM nope', 2, 6],
    ['an unknown function', 'SELECT\n\n  nofunction(1)', 3, 3],
  ])('%s is bad_definition with line and column', async (_, sql, line, column) => {
    const failure = await failureOf(used.session.run(sql));
    expect(failure).toMatchObject({ code: 'bad_definition', kind: 'terminal' });
    expect(failure.where).toContain(`SQL line ${line}, column ${column}:`);
  });

  test('a value that does not fit asks for a row check', async () => {
    const failure = await failureOf(used.session.run("SELECT t::INTEGER FROM (VALUES ('1'), ('x')) v(t)"));
    expect(failure.code).toBe('bad_definition');
    expect(failure.hint).toContain('TRY_CAST');
  });
});

describe('damaged Parquet files', () => {
  async function goodFile(name: string): Promise<string> {
    const file = join(used.folder, name);
    await used.session.run(
      `COPY (SELECT i, md5(i::VARCHAR) AS t FROM range(100000) r(i)) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`,
    );
    return file;
  }
  const read = (file: string) =>
    failureOf(used.session.rows(`SELECT count(DISTINCT t), count(DISTINCT i) FROM read_parquet('${file}')`));

  test.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 100)],
    ['empty', () => Buffer.alloc(0)],
    ['something else', () => Buffer.from('not a parquet file at all')],
    ['a damaged footer', (bytes: Buffer) => bytes.fill(0xff, bytes.length - 200, bytes.length - 8)],
    ['a damaged page', (bytes: Buffer) => bytes.fill(0xff, 1000, 60_000)],
    ['zeroed pages', (bytes: Buffer) => bytes.fill(0, 4, bytes.length - 2000)],
  ])('%s: corrupt, with the file', async (name, damage) => {
    const file = await goodFile(`${name.replaceAll(' ', '-')}.parquet`);
    writeFileSync(file, damage(readFileSync(file)));
    const failure = await read(file);
    expect(failure).toMatchObject({ code: 'corrupt', kind: 'terminal', where: file });
    expect(failure.message).toContain(file);
  });

  test('a file that is gone is storage, and not worth a retry', async () => {
    const file = join(used.folder, 'gone.parquet');
    expect(await read(file)).toMatchObject({ code: 'storage', kind: 'terminal', where: file });
  });

  test('one of many behind a view, found although DuckDB does not say which', async () => {
    const files = await Promise.all(Array.from({ length: 12 }, (_, i) => goodFile(`many-${i}.parquet`)));
    const bad = files[8]!;
    const list = files.map((file) => `'${file}'`).join(', ');
    await used.session.run(`CREATE OR REPLACE VIEW many AS SELECT * FROM read_parquet([${list}])`);
    const bytes = readFileSync(bad);
    writeFileSync(bad, bytes.fill(0xff, 1000, 60_000));
    const sql = 'SELECT count(DISTINCT t), count(DISTINCT i) FROM many';
    const failure = await failureOf(used.session.rows(sql));
    expect(failure).toMatchObject({ code: 'corrupt', kind: 'terminal', where: bad });
    expect(failure.message).toContain(bad);
    // In a transaction that the error ended, too.
    await used.session.run('BEGIN');
    expect((await failureOf(used.session.rows(sql))).where).toBe(bad);
    await used.session.run('ROLLBACK');
  });

  test('a truncated file among others is named, or all candidates are', async () => {
    const [good, bad] = [await goodFile('good.parquet'), await goodFile('bad.parquet')];
    truncateSync(bad, 5000);
    const failure = await failureOf(used.session.rows(`SELECT sum(i) FROM read_parquet(['${good}', '${bad}'])`));
    expect(failure.code).toBe('corrupt');
    expect(failure.where).toContain('bad.parquet');
  });
});

describe('a full disk', () => {
  test('a limit on the size of files stops a COPY: storage, worth a retry', () => {
    const script = `
      import { openSession } from './engine/session.ts';
      const session = await openSession({ memoryLimit: '200MB', threads: 1 });
      try {
        await session.run("COPY (SELECT md5(i::VARCHAR) AS t FROM range(500000) r(i)) TO '${used.folder}/limited.parquet'");
        console.log('written');
      } catch (error) { console.log(JSON.stringify({ code: error.code, kind: error.kind, hint: error.hint })); }
      await session.close();`;
    const file = join(used.folder, 'limited.mts');
    writeFileSync(file, script.replaceAll("'./engine", `'${process.cwd()}/engine`));
    // 2 MiB; the signal that usually comes with it is ignored, so that the write fails instead.
    const shell = `trap '' XFSZ; ulimit -f 2048; exec node --import tsx '${file}'`;
    const said = execFileSync('bash', ['-c', shell], { encoding: 'utf8' });
    expect(JSON.parse(said)).toMatchObject({
      code: 'storage',
      kind: 'transient',
      hint: expect.stringContaining('disk'),
    });
  });

  test('ENOSPC, as DuckDB words it', () => {
    const words =
      'IO Error: {"exception_type":"IO","exception_message":"Could not write file \\"/lake/a.parquet\\": No space left on device"}';
    expect(toStrataError(new Error(words), '')).toMatchObject({
      code: 'storage',
      kind: 'transient',
      where: '/lake/a.parquet',
    });
  });
});
