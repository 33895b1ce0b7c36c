import { send, type HttpRequest } from './relying-party-requests.js';

/** One line of the metrics. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a server's metrics say at one moment. */
export interface Figures {
  readonly text: string;
  readonly samples: readonly Sample[];
  /** The sum of the samples of a name that have these labels; undefined when there is none. */
  readonly sum: (name: string, labels?: Readonly<Record<string, string>>) => number | undefined;
}

/** Reads the metrics of a server. @throws {Error} when it does not tell them */
export async function readFigures(url: string, options: HttpRequest = {}): Promise<Figures> {
  const { status, text } = await send(`${url}/metrics`, options);
  if (status !== 200) throw new Error(`The metrics were refused with ${status}: ${text}`);
  const samples = text.split('\n').flatMap(toSample);
  return {
    text,
    samples,
    sum(name, labels = {}) {
      const found = samples.filter(
        (sample) =>
          sample.name === name &&
          Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
      );
      return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
    },
  };
}

function toSample(line: string): Sample[] {
  const [, name, labels = '', value] = /^([a-z_]\w*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (name === undefined) return [];
  const pairs = labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
  return [
    {
      name,
      labels: Object.fromEntries([...pairs].map(([, label = '', text = '']) => [label, text])),
      value: Number(value),
    },
  ];
}
