import type { ModelReport } from './report.types.ts';
import type { SideFigures } from './test-figures.ts';

/** The report's figures for programs: without the points of its charts. */
export function reportFigures({
  model,
  version,
  standing,
  challenger,
  comparison,
  test,
  files,
  watched,
  moves,
}: ModelReport) {
  const drift = challenger.kept ? challenger.value.drift : undefined;
  return {
    model,
    version: version.version,
    standing,
    drift: drift ? { drifted: drift.drifted, features: drift.features, page: drift.report.path } : null,
    comparison: comparison.kept ? comparison.value : null,
    test: test.kept
      ? {
          ...test.value,
          champion: test.value.champion && short(test.value.champion),
          challenger: short(test.value.challenger),
        }
      : null,
    moves,
    watched: watched.flatMap((round) => (round.kept ? [round.value] : [])),
    problems: files.flatMap(({ name, problem }) => (problem === undefined ? [] : [{ name, problem }])),
  };
}

const short = ({ curve: _, ...figures }: SideFigures) => figures;
