import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { detectDrift } from '../../drift/detect-drift.ts';
import { driftReport } from '../../drift/report/drift.report.ts';
import { performanceSection } from '../../drift/report/performance.section.ts';
import { fullRun } from '../full-run.ts';
import { tempFolder } from '../lake/fixtures.ts';
import { sampleOf, useSession } from './samples.fixture.ts';

const CHROMIUM = '/usr/bin/chromium';

describe('the report', () => {
  const held = useSession();

  async function page(): Promise<string> {
    const { session } = held;
    const types = { amount: 'DOUBLE', merchant: 'VARCHAR', gone: 'INTEGER' };
    const rows = (by: number) =>
      Array.from({ length: 400 }, (_, i) => [
        ((i * 7) % 100) ** 2 + by,
        i % 5 === 0 ? `<script>alert(${by})</script> & "co"` : `m${i % (3 + by)}`,
        by === 0 ? i : null,
      ]);
    const [reference, current] = [await sampleOf(session, types, rows(0)), await sampleOf(session, types, rows(900))];
    const columns = Object.keys(types).map((name) => ({ name }));
    return driftReport(await detectDrift(session, { reference, current, columns }), {
      title: 'Payments & <b>more</b>',
    });
  }

  it('has a chart per column, loads nothing, and lets no value of the data become markup', async () => {
    const html = await page();
    expect(html.match(/<article /g)).toHaveLength(3);
    expect(html).toContain('aria-label="Histogram of amount"');
    expect(html).toContain('aria-label="Shares of merchant"');
    expect(html).toContain('Every current value is missing.');
    expect(html).toContain('&lt;script&gt;alert(0)');
    expect(html).toContain('<title>Payments &amp; &lt;b&gt;more&lt;/b&gt;</title>');
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|https?:|url\(|NaN|undefined/);
  });

  it('comes first with what moved, and is the same for the same data', async () => {
    const html = await page();
    const order = [...html.matchAll(/<a href="#column-(\w+)"/g)].map((match) => match[1]);
    expect(order.indexOf('gone')).toBeLessThan(order.indexOf('amount'));
    const figures = (text: string) => text.replace(/sample_\d+/g, 'sample');
    expect(figures(await page())).toBe(figures(html));
  });

  it('shows performance with its band, estimated and as labels say', () => {
    const period = (name: string, rocAuc: number, alerts: readonly 'rocAuc'[]) => ({
      ...{ period: name, rows: 10, expectedPositives: 1, estimated: { rocAuc }, alerts },
    });
    const html = performanceSection(
      {
        bands: { rocAuc: { low: 0.8, high: 0.9 } },
        periods: [period('d1', 0.85, []), period('<d2>', 0.7, ['rocAuc'])],
      },
      [{ period: 'd1', state: 'ok', rows: 10, positives: 1, rocAuc: 0.86, averagePrecision: 0.5, recall: 1 }],
    );
    expect(html.match(/<circle/g)).toHaveLength(2);
    expect(html.match(/var\(--drift\)/g)).toHaveLength(1);
    expect(html).toContain('1 alert<');
    expect(html).toContain('Nothing to show');
    expect(html).not.toMatch(/<d2>|NaN|undefined/);
  });

  it.skipIf(!fullRun || !existsSync(CHROMIUM))('is drawn by a browser (skipped: full run with Chromium)', async () => {
    const folder = await tempFolder();
    const [html, image] = [join(folder, 'report.html'), join(folder, 'report.png')];
    await writeFile(html, await page());
    const args = ['--headless', '--no-sandbox', '--disable-gpu', '--window-size=1200,900', `--screenshot=${image}`];
    await promisify(execFile)(CHROMIUM, [...args, `file://${html}`], { timeout: 60_000 });
    expect((await stat(image)).size).toBeGreaterThan(20_000);
  });
});
