import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Company, launched, openCompany } from '../../demo/demo.company.ts';
import { resolveDuckdbExtensions } from '../../services/duckdb.extensions.ts';
import { printReport } from '../../services/service.report.ts';
import { readServicesEnvironment } from '../../services/services.environment.ts';
import { startServices } from '../../services/start.services.ts';

/** The payments company of a benchmark: real servers on data of their own, kept from one time to the next. */
export interface BenchCompany {
  readonly folder: string;
  readonly company: Company;
  readonly temporal: string;
  readonly extensions: string;
  close(): Promise<void>;
}

/** @param rows payments a day; each size has a folder of its own */
export async function openBenchCompany(rows: number): Promise<BenchCompany> {
  const { dataDir, cacheDir } = readServicesEnvironment();
  const folder = join(dataDir, 'bench', `nightly-${rows}`);
  mkdirSync(folder, { recursive: true });
  const report = printReport((line) => console.log(line));
  const services = await startServices({
    want: ['temporal', 'postgres', 'mongodb'],
    dataDir: folder,
    cacheDir,
    ports: { temporal: 0, temporalUi: 0, postgres: 0, mongodb: 0 },
    report,
  });
  try {
    const { folder: extensions } = await resolveDuckdbExtensions({ names: ['postgres_scanner'], cacheDir, report });
    const company = await openCompany(services.addresses, launched(rows));
    const close = async () => {
      await company.close();
      await services.stop();
    };
    return { folder, company, temporal: services.addresses.temporal, extensions, close };
  } catch (error) {
    await services.stop();
    throw error;
  }
}
