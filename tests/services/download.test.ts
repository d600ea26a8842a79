import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { downloadProgram } from '../../services/archive.download.ts';
import { ownFolder } from './own.services.ts';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A publisher's archive: the program lies in a folder of it, as it usually does. */
function archive(program = '#!/bin/sh\necho 1.0\n'): Buffer {
  const folder = ownFolder();
  mkdirSync(join(folder, 'tool-1.0', 'bin'), { recursive: true });
  writeFileSync(join(folder, 'tool-1.0', 'bin', 'tool'), program, { mode: 0o755 });
  execFileSync('tar', ['-czf', 'tool.tar.gz', 'tool-1.0'], { cwd: folder });
  return readFileSync(join(folder, 'tool.tar.gz'));
}

describe('a download', () => {
  it('ends as one program in the cache, and nothing else', async () => {
    const bytes = archive();
    const digest = createHash('sha256').update(bytes).digest('hex');
    const url = await serve((request, response) =>
      response.end(request.url === '/sha' ? `${digest}  tool.tar.gz\n` : bytes),
    );
    const target = join(ownFolder(), 'bin', 'tool-1.0');
    await downloadProgram({ url, sha256Url: `${url}/sha`, program: 'tool' }, target, () => {});
    expect(readFileSync(target, 'utf8')).toContain('echo 1.0');
    expect(execFileSync('ls', ['-l', target], { encoding: 'utf8' })).toMatch(/^-rwx/);
    expect(readdirSync(join(target, '..'))).toEqual(['tool-1.0']);
  });

  it.each([
    ['does not have its checksum', (bytes: Buffer) => ({ sha: '0'.repeat(64), bytes }), 'SHA-256'],
    ['is cut off', (bytes: Buffer) => ({ sha: undefined, bytes: bytes.subarray(0, 40) }), 'tar -xzf ended with'],
    [
      'does not run here',
      () => ({ sha: undefined, bytes: archive('#!/bin/sh\nexit 127\n') }),
      '--version ended with 127',
    ],
    ['is no archive', () => ({ sha: undefined, bytes: Buffer.from('<html>') }), 'tar -xzf ended with'],
  ])('that %s leaves nothing', async (_what, make, message) => {
    const { sha, bytes } = make(archive());
    const url = await serve((request, response) => response.end(request.url === '/sha' ? sha : bytes));
    const target = join(ownFolder(), 'bin', 'tool');
    const wanted = { url, program: 'tool', ...(sha === undefined ? {} : { sha256Url: `${url}/sha` }) };
    await expect(downloadProgram(wanted, target, () => {})).rejects.toThrow(message);
    expect(existsSync(target)).toBe(false);
    expect(readdirSync(join(target, '..'))).toEqual([]);
  });

  it('that is refused says by whom', async () => {
    const url = await serve((_request, response) => {
      response.statusCode = 403;
      response.end();
    });
    const download = downloadProgram({ url, program: 'tool' }, join(ownFolder(), 'tool'), () => {});
    await expect(download).rejects.toThrow(`${new URL(url).host} cannot be reached (it answered 403)`);
  });

  it('that gets no answer is given up in time for the next way', async () => {
    const url = await serve(() => {});
    const started = Date.now();
    const download = downloadProgram({ url, program: 'tool' }, join(ownFolder(), 'tool'), () => {});
    await expect(download).rejects.toThrow('no answer in time');
    expect(Date.now() - started).toBeLessThan(15_000);
  });
});
