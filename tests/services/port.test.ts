import { createServer, type Server } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { choosePort, isFree } from '../../services/port.check.ts';
import { startServices } from '../../services/start.services.ts';
import { ownFolder } from './own.services.ts';

async function holdPort(host: string): Promise<{ server: Server; port: number }> {
  const port = await choosePort(0, 'TEST');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  onTestFinished(() => void server.close());
  return { server, port };
}

describe('a port', () => {
  it.each(['127.0.0.1', '0.0.0.0'])(
    'that is taken on %s stops the start before anything is made, and its holder lives',
    async (host) => {
      const { server, port } = await holdPort(host);
      const start = startServices({
        want: ['postgres', 's3'],
        dataDir: ownFolder(),
        ports: { postgres: 0, s3: port },
        report: (event) => expect.unreachable(event.message),
      });
      await expect(start).rejects.toMatchObject({
        code: 'bad_settings',
        message: expect.stringMatching(new RegExp(`Port ${port} on 127.0.0.1 is taken`)),
        where: 'STRATA_DEV_S3_PORT',
        hint: expect.stringContaining('0 picks a free one'),
      });
      expect(server.listening).toBe(true);
    },
  );

  it('that is free is used as asked', async () => {
    const port = await choosePort(0, 'TEST');
    expect(await isFree(port)).toBe(true);
    expect(await choosePort(port, 'TEST')).toBe(port);
  });

  it.each([-1, 65_536, 1.5, Number.NaN])('cannot be %d', async (port) => {
    await expect(choosePort(port, 'STRATA_DEV_S3_PORT')).rejects.toMatchObject({ code: 'bad_settings' });
  });
});
