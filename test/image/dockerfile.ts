/** A step that makes the file system of a stage. */
export type Step =
  | { readonly kind: 'run'; readonly command: string; readonly workdir: string; readonly env: Environment }
  | {
      readonly kind: 'copy';
      /** The stage that the files come from; absent: the build's context. */
      readonly from: string | undefined;
      readonly sources: readonly string[];
      /** Absolute. */
      readonly destination: string;
      readonly workdir: string;
    };

export type Environment = Readonly<Record<string, string>>;

/** One `FROM` and what follows it. */
export interface Stage {
  /** How other stages call it; absent for the last. */
  readonly name: string | undefined;
  /** The image that it begins with. */
  readonly base: string;
  readonly steps: readonly Step[];
  readonly env: Environment;
  readonly labels: Environment;
  readonly workdir: string;
  /** `uid:gid`; absent: root. */
  readonly user: string | undefined;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly healthCheck: readonly string[] | undefined;
  readonly stopSignal: string | undefined;
  readonly ports: readonly string[];
}

type Draft = { -readonly [Key in keyof Stage]: Stage[Key] };

/**
 * Reads a Dockerfile, in the part of the language that ours uses: one line an instruction, no variables but the base
 * image's, exec form for what is started. Whatever else there is is refused, rather than passed over.
 * @throws {Error} naming the line
 * @see https://docs.docker.com/reference/dockerfile/
 */
export function parseDockerfile(text: string): readonly [Stage, ...Stage[]] {
  const stages: Draft[] = [];
  const defaults: Record<string, string> = {};
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    try {
      readLine(line, stages, defaults);
    } catch (error) {
      throw new Error(`Dockerfile, line ${index + 1}: ${error instanceof Error ? error.message : ''}`, {
        cause: error,
      });
    }
  }
  const [first, ...others] = stages;
  if (first === undefined) throw new Error('The Dockerfile has no FROM.');
  return [first, ...others];
}

function readLine(line: string, stages: Draft[], defaults: Record<string, string>): void {
  const [, instruction = '', rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
  if (rest.endsWith('\\')) throw new Error('continued lines are not known here');
  const stage = stages.at(-1);
  if (instruction === 'ARG') {
    if (stage !== undefined) throw new Error('ARG is known only before the first FROM');
    const [name, value] = assignment(rest);
    defaults[name] = value;
  } else if (instruction === 'FROM') {
    stages.push(beginStage(rest, defaults));
  } else if (stage === undefined) {
    throw new Error(`${instruction} stands before the first FROM`);
  } else {
    readInstruction(stage, instruction, rest);
  }
}

function readInstruction(stage: Draft, instruction: string, rest: string): void {
  switch (instruction) {
    case 'RUN':
      if (stage.user !== undefined) throw new Error('RUN is known only before USER');
      if (rest.startsWith('--')) throw new Error('RUN has options that are not known here');
      stage.steps = [...stage.steps, { kind: 'run', command: rest, workdir: stage.workdir, env: stage.env }];
      return;
    case 'COPY':
      stage.steps = [...stage.steps, copyStep(rest, stage.workdir)];
      return;
    case 'ENV': {
      const [name, value] = assignment(rest);
      stage.env = { ...stage.env, [name]: value };
      return;
    }
    case 'LABEL': {
      const [name, value] = assignment(rest);
      stage.labels = { ...stage.labels, [name]: value };
      return;
    }
    case 'WORKDIR':
      if (!rest.startsWith('/')) throw new Error('WORKDIR is known only as an absolute path');
      stage.workdir = rest;
      return;
    case 'USER':
      if (!/^\d+:\d+$/.test(rest)) throw new Error('USER is known only as uid:gid');
      stage.user = rest;
      return;
    case 'EXPOSE':
      stage.ports = [...stage.ports, rest];
      return;
    case 'STOPSIGNAL':
      stage.stopSignal = rest;
      return;
    case 'HEALTHCHECK': {
      const [, command] = /^(?:--[a-z-]+=\S+ )*CMD (\[.*\])$/.exec(rest) ?? [];
      stage.healthCheck = execForm(command ?? '');
      return;
    }
    case 'ENTRYPOINT':
      stage.entrypoint = execForm(rest);
      return;
    case 'CMD':
      stage.command = execForm(rest);
      return;
    default:
      throw new Error(`${instruction || 'this'} is not known here`);
  }
}

function beginStage(rest: string, defaults: Readonly<Record<string, string>>): Draft {
  const [, image = '', name] = /^(\S+)(?: AS ([a-z]+))?$/.exec(rest) ?? [];
  const base = image.replaceAll(/\$\{(\w+)\}/g, (_all, variable: string) => {
    const value = defaults[variable];
    if (value === undefined) throw new Error(`there is no ARG ${variable}`);
    return value;
  });
  if (base === '' || base.includes('$')) throw new Error('FROM names no image');
  return {
    name,
    base,
    steps: [],
    env: {},
    labels: {},
    workdir: '/',
    user: undefined,
    entrypoint: [],
    command: [],
    healthCheck: undefined,
    stopSignal: undefined,
    ports: [],
  };
}

function copyStep(rest: string, workdir: string): Step {
  const [, from, paths = ''] = /^(?:--from=([a-z]+) )?(\S.*)$/.exec(rest) ?? [];
  const words = paths.split(' ');
  const destination = words.pop();
  if (destination === undefined || words.length === 0 || words.some((word) => word.startsWith('-')))
    throw new Error('COPY is not understood');
  const absolute = destination.startsWith('/') ? destination : `${workdir.replace(/\/$/, '')}/${destination}`;
  return { kind: 'copy', from, sources: words, destination: absolute, workdir };
}

/** `NAME=value`, or `NAME="value"` without escapes. */
function assignment(text: string): readonly [string, string] {
  const [, name, quoted, plain] = /^([\w.]+)=(?:"([^"\\$]*)"|([^\s"\\$]*))$/.exec(text) ?? [];
  if (name === undefined) throw new Error('only NAME=value is known here');
  return [name, quoted ?? plain ?? ''];
}

function execForm(text: string): readonly string[] {
  const words: unknown = JSON.parse(text);
  if (!Array.isArray(words) || !words.every((word) => typeof word === 'string'))
    throw new Error('only the exec form is known here');
  return words;
}
