import type { ServiceReport } from './service.report.ts';

/** What every server's start needs to know. */
export interface ServiceContext {
  /** The servers' own folder inside the data folder; kept between runs. */
  dataDir: string;
  /** Programs that were downloaded or built; shared by all projects of this user. */
  cacheDir: string;
  report: ServiceReport;
  /** False gives up safety against power loss for speed, for data that no one keeps. A killed process loses nothing. */
  durable: boolean;
}
