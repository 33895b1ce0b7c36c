import type { ScenarioResult, SubjectResult } from './measure.js';

const LEFT = 230;
const BAR = 14;
const ROW = 52;
const TOP = 74;
const WIDTH = 900;
const COLOURS = ['#8a94a6', '#1f6feb', '#d1742f'];

/** Draws how fast each subject is, as a share of the first one: an image that reads in light and dark. */
export function plot(results: readonly ScenarioResult[], note: string): string {
  const height = TOP + results.length * ROW + 34;
  const most = Math.max(
    1.2,
    ...results.flatMap(({ subjects }) => subjects.map(({ ofFirst }) => ofFirst.high)),
  );
  const limit = Math.min(most, 3.2);
  const x = (ratio: number): number => LEFT + (Math.min(ratio, limit) / limit) * (WIDTH - LEFT - 70);
  const names = results[0]?.subjects.map(({ subject }) => subject) ?? [];
  const legend = names.map((name, index) => {
    const at = LEFT + index * 190;
    return `<rect x="${at}" y="40" width="12" height="12" fill="${COLOURS[index] ?? '#000'}"/>${text(at + 18, 51, name)}`;
  });
  const rows = results.flatMap(({ scenario, subjects }, row) => {
    const y = TOP + row * ROW;
    const bars = subjects.map((subject, index) =>
      bar(subject, y + index * (BAR + 1), x, COLOURS[index] ?? '#000'),
    );
    return [text(LEFT - 12, y + 27, scenario, 'end'), ...bars];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Speed as a share of the protocol library with its storage in memory" font-family="system-ui, sans-serif" font-size="13">
<rect width="100%" height="100%" fill="#ffffff"/>
${text(12, 24, 'Requests per second, as a share of the bare protocol library in memory', 'start', 16)}
${legend.join('\n')}
<line x1="${x(1)}" x2="${x(1)}" y1="${TOP - 8}" y2="${height - 30}" stroke="#57606a" stroke-dasharray="4 3"/>
${rows.join('\n')}
${text(12, height - 10, note, 'start', 11)}
</svg>
`;
}

function bar({ ofFirst }: SubjectResult, y: number, x: (ratio: number) => number, colour: string): string {
  const middle = y + BAR / 2;
  return [
    `<rect x="${LEFT}" y="${y}" width="${round(x(ofFirst.median) - LEFT)}" height="${BAR}" fill="${colour}"/>`,
    `<line x1="${round(x(ofFirst.low))}" x2="${round(x(ofFirst.high))}" y1="${middle}" y2="${middle}" stroke="#24292f"/>`,
    text(x(Math.max(ofFirst.median, ofFirst.high)) + 6, y + 11, ofFirst.median.toFixed(2), 'start', 11),
  ].join('');
}

function text(x: number, y: number, content: string, anchor = 'start', size?: number): string {
  const escaped = content.replace(/[&<]/g, (character) => (character === '&' ? '&amp;' : '&lt;'));
  return `<text x="${round(x)}" y="${y}" text-anchor="${anchor}" fill="#24292f"${size ? ` font-size="${size}"` : ''}>${escaped}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
