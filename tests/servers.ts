import { get } from 'node:http';
import { describe, inject } from 'vitest';
import type { AddressesFor, ServiceName } from '../services/service.types.ts';

export type TestServer<N extends ServiceName> =
  | ({ available: true } & AddressesFor<N>)
  | { available: false; reason: string };

/** The test run's server of this kind, started if no test has asked for it before. */
export async function testServer<N extends ServiceName>(name: N): Promise<TestServer<N>> {
  // Not fetch: it gives up after five minutes, and a first build may take longer.
  return new Promise((resolve, reject) => {
    const request = get(`${inject('testServersUrl')}/${name}`, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(JSON.parse(text) as TestServer<N>));
    });
    request.on('error', reject);
  });
}

/**
 * `describe` for tests that need real servers. Where one cannot be had here, the whole block is reported as skipped, with
 * the reason in its title; STRATA_TEST_REQUIRE_SERVERS=1 makes that a failure. Call it with `await` at the top of a test file.
 */
export async function describeWith<N extends ServiceName>(
  names: readonly N[],
  title: string,
  tests: (addresses: AddressesFor<N>) => void,
): Promise<void> {
  const servers = await Promise.all(names.map((name) => testServer(name)));
  const missing = servers.flatMap((server) => (server.available ? [] : [server.reason]));
  if (missing.length > 0) {
    const reason = missing.join('; ').replaceAll(/\s+/g, ' ');
    if (process.env.STRATA_TEST_REQUIRE_SERVERS === '1') throw new Error(`${title}: ${reason}`);
    describe.skip(`${title} (skipped: ${reason})`, () => tests({} as AddressesFor<N>));
    return;
  }
  describe(title, () => tests(Object.assign({}, ...servers) as AddressesFor<N>));
}
