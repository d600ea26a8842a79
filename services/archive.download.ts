import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fillCache } from './cache.folder.ts';
import { runCommand } from './command.run.ts';

/** A blocked or absent network must not hold up the next way of getting the program. */
const ANSWER_TIMEOUT_MS = 10_000;
const SILENCE_TIMEOUT_MS = 20_000;

/**
 * Downloads a .tar.gz over HTTPS, checks its SHA-256 where the publisher gives one, and caches one
 * program of it that runs here.
 */
export async function downloadProgram(
  archive: { url: string; sha256Url?: string; program: string },
  target: string,
  progress: (line: string) => void,
): Promise<string> {
  return fillCache(target, async (scratch) => {
    const file = join(scratch, 'archive.tar.gz');
    await download(archive.url, file, progress);
    if (archive.sha256Url) await checkSha256(file, archive.sha256Url);
    await runCommand('tar', ['-xzf', file, '-C', scratch], { timeoutMs: 120_000 });
    const entry = readdirSync(scratch, { recursive: true, withFileTypes: true }).find(
      (found) => found.isFile() && found.name === archive.program,
    );
    if (!entry) throw new Error(`the archive holds no ${archive.program}`);
    const path = join(entry.parentPath, entry.name);
    // A wrong architecture or a missing library shows here, while another way is still open.
    await runCommand(path, ['--version'], { timeoutMs: 60_000 });
    return path;
  });
}

async function get(url: string): Promise<{ response: Response; abort: AbortController }> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Error('no answer in time')), ANSWER_TIMEOUT_MS);
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || !response.body) throw new Error(`it answered ${response.status}`);
    return { response, abort };
  } catch (error) {
    throw new Error(`${new URL(url).host} cannot be reached (${reasonOf(error)})`);
  } finally {
    clearTimeout(timer);
  }
}

/** fetch hides what happened behind "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || String(error.cause) : error.message;
}

async function download(url: string, file: string, progress: (line: string) => void): Promise<void> {
  const { response, abort } = await get(url);
  const total = Number(response.headers.get('content-length') ?? 0);
  let bytes = 0;
  const silence = setTimeout(() => abort.abort(new Error('the download stalled')), SILENCE_TIMEOUT_MS);
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      silence.refresh();
      bytes += chunk.length;
      progress(`${Math.round(bytes / 1e6)}${total ? ` of ${Math.round(total / 1e6)}` : ''} MB`);
      done(null, chunk);
    },
  });
  try {
    await pipeline(Readable.fromWeb(response.body as never), count, createWriteStream(file));
  } finally {
    clearTimeout(silence);
  }
}

async function checkSha256(file: string, url: string): Promise<void> {
  const { response } = await get(url);
  const expected = (await response.text()).trim().split(/\s+/)[0];
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  if (hash.digest('hex') !== expected) throw new Error(`the archive does not have the SHA-256 that ${url} names`);
}
