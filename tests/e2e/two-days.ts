import { afterAll, beforeAll } from 'vitest';
import type { AddressesFor } from '../../services/service.types.ts';
import { MINUTES } from '../patience.ts';
import { type CompanySources, dateOfDay, openCompanySources } from './company.sources.ts';
import { Company, type CompanyOptions } from './company.ts';
import { essentials } from './essentials.ts';
import { endWorkers } from './strata.process.ts';

/** What the company has lived before anybody loads it. */
export const DAYS = 2;

type Where = Pick<CompanyOptions, 'temporal' | 'variables'>;

/** The sources of two small days, for all tests of a suite, and any number of lakes over them. */
export interface TwoDays {
  readonly sources: CompanySources;
  /** A company in the night after the last day; with it end its worker processes. */
  with(where: Where, work: (company: Company) => Promise<void>): Promise<void>;
}

/** To be called within a `describe`. */
export function twoDays(addresses: AddressesFor<'postgres' | 'mongodb'>): TwoDays {
  let sources: CompanySources;

  beforeAll(async () => {
    sources = await openCompanySources(addresses, { rowsPerDay: 60 });
    await sources.live(DAYS);
  }, 3 * MINUTES);

  afterAll(async () => {
    await endWorkers();
    await sources?.close();
  });

  return {
    get sources() {
      return sources;
    },
    async with({ temporal, variables }, work) {
      const company = await Company.open({ ...essentials, sources, temporal, ...(variables && { variables }) });
      try {
        company.now = `${dateOfDay(DAYS + 1)}T02:00:00Z`;
        await work(company);
      } finally {
        await endWorkers(company);
        await company.close();
      }
    },
  };
}
