import { print } from '../demo.summary.ts';

/** What `strata model report --json` says, as far as the demo shows it. */
export interface Reported {
  readonly version: number;
  readonly drift: { readonly page: string };
  readonly test: {
    readonly rows: number;
    readonly positives: number;
    readonly champion: Figures | null;
    readonly challenger: Figures;
  };
}

interface Figures {
  readonly version: number;
  readonly averagePrecision: number;
  readonly areaUnderRoc: number;
  /** Share of the frauds among the riskiest payments. */
  readonly found: readonly { readonly alerts: number; readonly recall: number; readonly precision: number }[];
}

/** Former and new champion on the test days of the new world, which neither has seen. */
export function printBeforeAndAfter({ test }: Reported): void {
  const share = (value: number) => `${(value * 100).toFixed(1)} %`;
  const row = (name: string, of: (side: Figures) => string) => [
    name,
    test.champion ? of(test.champion) : '-',
    of(test.challenger),
  ];
  console.log(
    `On ${test.rows} payments of the new world, ${test.positives} of them called fraud; neither model has seen them:`,
  );
  print(
    ['', `before (version ${test.champion?.version ?? '-'})`, `after (version ${test.challenger.version})`],
    [
      row('average precision', (side) => side.averagePrecision.toFixed(3)),
      row('area under ROC', (side) => side.areaUnderRoc.toFixed(3)),
      ...test.challenger.found.map(({ alerts }, i) =>
        row(`frauds found by ${alerts} alerts`, ({ found }) => share(found[i]!.recall)),
      ),
    ],
  );
}
