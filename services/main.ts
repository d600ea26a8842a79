import { parseArgs } from 'node:util';
import { StrataError } from '../core/errors.ts';
import { untilInterrupted } from './interrupt.wait.ts';
import { resetServices } from './reset.services.ts';
import { printReport } from './service.report.ts';
import { SERVICE_NAMES, type ServiceName } from './service.types.ts';
import { readServicesEnvironment } from './services.environment.ts';
import { type RunningServices, startServices } from './start.services.ts';

const USAGE = `usage: npx tsx services/main.ts [--only temporal,postgres] [--reset]

Starts the development servers on 127.0.0.1, prints their addresses, and stops them on Ctrl-C.
  --only   some of ${SERVICE_NAMES.join(', ')}; snowflake (a stand-in) is started only when named
  --reset  delete their data first`;

async function main(): Promise<void> {
  const { only, reset } = readArguments();
  const environment = readServicesEnvironment();
  if (reset) await resetServices(environment.dataDir);
  const interrupted = untilInterrupted();
  const started = Date.now();
  const starting = startServices({ want: only, ...environment, report: printReport(console.log) });
  const services = await Promise.race([starting, interrupted]);
  // A build or a start that is interrupted leaves nothing: the watchdog ends what was started.
  if (services === 'interrupted') process.exit(130);
  printAddresses(services, Date.now() - started);
  await interrupted;
  console.log('stopping');
  await services.stop();
}

function readArguments(): { only: ServiceName[]; reset: boolean } {
  const { values } = parseArgs({ options: { only: { type: 'string' }, reset: { type: 'boolean', default: false } } });
  const names =
    values.only?.split(',').map((name) => name.trim()) ?? SERVICE_NAMES.filter((name) => name !== 'snowflake');
  const wrong = names.find((name) => !SERVICE_NAMES.includes(name as ServiceName));
  if (wrong !== undefined) {
    throw new StrataError('bad_input', `--only: there is no server ${JSON.stringify(wrong)}`, {
      hint: `Valid: ${SERVICE_NAMES.join(', ')}.`,
    });
  }
  return { only: names as ServiceName[], reset: values.reset };
}

function printAddresses(services: RunningServices, elapsedMs: number): void {
  const { temporal, temporalUi, postgresUrl, mongodbUrl, s3, snowflake } = services.addresses as Partial<
    typeof services.addresses
  >;
  const lines = {
    'Temporal UI': temporalUi,
    Temporal: temporal,
    PostgreSQL: postgresUrl,
    MongoDB: mongodbUrl,
    S3: s3 && `${s3.endpoint} bucket ${s3.bucket}, keys ${s3.accessKeyId} ${s3.secretAccessKey}`,
    Snowflake: snowflake && `${snowflake.url} user ${snowflake.user}, private key ${snowflake.privateKeyPath}`,
  };
  console.log(`\nready after ${(elapsedMs / 1000).toFixed(1)} s; Ctrl-C stops all`);
  for (const [name, value] of Object.entries(lines)) if (value) console.log(`  ${name.padEnd(12)} ${value}`);
}

main().then(
  () => process.exit(0),
  (error) => {
    const usage = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
    console.error(error instanceof StrataError ? error.describe() : usage ? `${error.message}\n${USAGE}` : error);
    process.exit(1);
  },
);
