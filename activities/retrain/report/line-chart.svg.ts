import { escapeHtml } from '../../../drift/report/escape.ts';

const WIDTH = 340;
const HEIGHT = 236;
const [LEFT, RIGHT, TOP, FLOOR] = [38, 330, 26, 196];

export interface Line {
  readonly name: string;
  readonly colour: 'current' | 'reference' | 'line';
  readonly points: readonly (readonly [number, number])[];
  readonly dashed?: boolean;
}

export interface Mark {
  readonly at: readonly [number, number];
  readonly colour: 'current' | 'reference';
  readonly tip: string;
  /** Lowest and highest value that chance allows. */
  readonly range?: readonly [number, number];
}

export interface LineChart {
  readonly label: string;
  readonly x: { readonly name: string; readonly most: number; text(value: number): string };
  readonly y: { readonly name: string; readonly most: number; text(value: number): string };
  readonly lines: readonly Line[];
  readonly marks?: readonly Mark[];
}

/** Lines and marks between two axes that begin at zero. */
export function lineChart({ label, x, y, lines, marks = [] }: LineChart): string {
  const px = (value: number) => (LEFT + (Math.min(value, x.most) / x.most) * (RIGHT - LEFT)).toFixed(1);
  const py = (value: number) => (FLOOR - (Math.min(value, y.most) / y.most) * (FLOOR - TOP)).toFixed(1);
  const parts = [0, 0.25, 0.5, 0.75, 1];
  const grid = parts.map((part) => `<path d="M${LEFT} ${py(part * y.most)}H${RIGHT}" stroke="var(--line)"/>`);
  const ticks = parts.map((part) => {
    const anchor = part === 1 ? 'end' : 'middle';
    const below = `<text x="${px(part * x.most)}" y="${FLOOR + 16}" text-anchor="${anchor}">${x.text(part * x.most)}</text>`;
    return `${below}<text x="${LEFT - 6}" y="${Number(py(part * y.most)) + 4}" text-anchor="end">${y.text(part * y.most)}</text>`;
  });
  const drawn = lines.map(({ points, colour, dashed }) => {
    const path = points.map(([a, b], i) => `${i === 0 ? 'M' : 'L'}${px(a)} ${py(b)}`).join('');
    return `<path d="${path}" fill="none" stroke="var(--${colour})" stroke-width="2" stroke-linejoin="round"${dashed ? ' stroke-dasharray="4 4"' : ''}/>`;
  });
  const dots = marks.map(({ at: [a, b], colour, tip, range }) => {
    const whisker = range
      ? `<path d="M${px(a)} ${py(range[0])}V${py(range[1])}" stroke="var(--${colour})" stroke-width="1.5" opacity=".6"/>`
      : '';
    return `${whisker}<circle cx="${px(a)}" cy="${py(b)}" r="4.5" fill="var(--${colour})" stroke="var(--card)" stroke-width="1.5"><title>${escapeHtml(tip)}</title></circle>`;
  });
  const aside = `<text x="${LEFT}" y="${TOP - 10}">${escapeHtml(y.name)}</text>`;
  const names = `${aside}<text x="${(LEFT + RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${escapeHtml(x.name)}</text>`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(`${label}: ${y.name} by ${x.name}`)}">${grid.join('')}${ticks.join('')}${drawn.join('')}${dots.join('')}${names}</svg>`;
}

export const chartCard = (title: string, says: string, chart: string): string =>
  `<article class="card"><header><h3>${escapeHtml(title)}</h3></header><p class="soft">${says}</p>${chart}</article>`;
