import { bigint, json, key, mongo, postgres, snapshot, source, text } from '../../core/builders.ts';
import { Extraction } from './extraction.fixture.ts';

// Run in a process of its own, so that its peak memory is that of one extraction. Prints one line of JSON.
const [system, url, relation, reader] = process.argv.slice(2) as [
  'postgres' | 'mongodb',
  string,
  string,
  'scanner' | 'copy',
];
const common = { name: 'bronze.big', description: 'big', relation, extraction: snapshot() };
const dataset =
  system === 'postgres'
    ? source({ ...common, source: postgres('big'), columns: { id: key(bigint()), v: text() } })
    : source({
        ...common,
        source: mongo('big'),
        sourceColumns: { id: '_id' },
        columns: { id: key(text()), v: json() },
      });

const extraction = await Extraction.open();
const openSession = (signal: AbortSignal) => extraction.openSession(signal, '256MB');
const before = process.resourceUsage().maxRSS;
const staged = await extraction.extract(dataset, { lower: null, upper: null }, url, {
  openSession,
  ...(reader && { reader }),
});
const peak = process.resourceUsage().maxRSS;
const length = await extraction.value(dataset, staged, 'SELECT sum(length(v))::BIGINT FROM {{staged}}');
await extraction.close();
console.log(JSON.stringify({ rows: staged.rows, files: staged.uris.length, length: String(length), before, peak }));
