import type { ScenarioResult, Spread, SubjectResult } from './measure.js';

const BEGIN = '<!-- figures: written by npm run bench -->';
const END = '<!-- /figures -->';

/**
 * Puts the table of figures into a page, between its two marks.
 * @param page Markdown
 * @param about when and where they were measured, as a sentence
 * @throws {Error} when the page lacks the marks
 */
export function withTable(page: string, results: readonly ScenarioResult[], about: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`The page has no place for figures: ${BEGIN} … ${END}`);
  return `${page.slice(0, begin)}${BEGIN}\n\n${table(results)}\n\n${about}\n\n${page.slice(end)}`;
}

function table(results: readonly ScenarioResult[]): string {
  const rows = results.map(({ scenario, rounds, ofRounds, subjects }) => {
    const [memory, ours, plain] = subjects;
    if (!memory || !ours || !plain) throw new Error(`There are not three subjects for ${scenario}.`);
    const micros = [memory, ours, plain].map(({ cpu }) => Math.round(cpu.node).toLocaleString('en'));
    return [
      scenario,
      spread(ours.ofFirst),
      plain.ofFirst.median.toFixed(2),
      ofPlain(ours, plain),
      spread(ours.cpuOfFirst),
      plain.cpuOfFirst.median.toFixed(2),
      micros.join(' : '),
      `${rounds} of ${ofRounds}`,
    ];
  });
  const head = [
    'Flow',
    'Latchkey, of memory',
    'Plain, of memory',
    'Latchkey, of plain',
    "Latchkey's CPU",
    "Plain's CPU",
    'µs',
    'Rounds',
  ];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, at) => (at === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

function ofPlain(ours: SubjectResult, plain: SubjectResult): string {
  return (ours.rate.median / plain.rate.median).toFixed(1);
}

function spread({ median: middle, low, high }: Spread): string {
  return `${middle.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}
