import { startServices } from '../../services/start.services.ts';
import { FREE_PORTS } from './own.services.ts';

// A process of its own, for the tests that kill it. It prints one line of JSON when the server is up.
const [dataDir = '', name = '', andThen = 'stay'] = process.argv.slice(2);
const services = await startServices({ want: [name as 's3'], dataDir, ports: FREE_PORTS, durable: false });
console.log(JSON.stringify({ addresses: services.addresses, processes: services.processes }));
if (andThen === 'stop') {
  await services.stop();
  console.log('stopped');
} else {
  setInterval(() => {}, 60_000);
  process.on('SIGTERM', () => services.stop().then(() => process.exit(0)));
}
