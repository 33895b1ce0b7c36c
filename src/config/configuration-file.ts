import { LineCounter, parseDocument, isNode, type Document } from 'yaml';
import type { ConfigFault } from './config-error.js';
import { fileSchema, type FileContent } from './file-schema.js';
import { withProfileDefaults } from './profile-schema.js';
import { faultsOfFile } from './file-faults.js';

/** What a configuration file says, or everything that is wrong in it. */
export type FileReading =
  | { readonly content: FileContent; readonly faults: readonly [] }
  | { readonly content: undefined; readonly faults: readonly ConfigFault[] };

/** The content of a configuration that has no file: the defaults. */
export function defaultFileContent(): FileContent {
  return fileSchema.parse({});
}

/**
 * Reads the text of a configuration file, YAML 1.2 or JSON, which is a part of it. An empty file says nothing.
 * Messages name lines and columns and never quote the text, which may contain client secrets.
 */
export function readConfigurationFile(text: string): FileReading {
  const lines = new LineCounter();
  let document: Document;
  let value: unknown;
  try {
    document = parseDocument(text, { prettyErrors: false, lineCounter: lines, logLevel: 'error' });
    if (document.errors.length > 0) {
      return refuse(
        document.errors.map(({ code, message, pos }) =>
          syntaxFault(
            `${SAFE_MESSAGES.has(code) ? message : code.toLowerCase().replaceAll('_', ' ')}${describePosition(lines, pos[0])}`,
          ),
        ),
      );
    }
    value = document.toJS();
  } catch {
    return refuse([syntaxFault('an alias that leads nowhere or to too much, or values nested too deeply')]);
  }

  const parsed = fileSchema.safeParse(withProfileDefaults(withoutEmptySections(value)), {
    reportInput: true,
  });
  if (parsed.success) return { content: parsed.data, faults: [] };
  const locate = (path: readonly PropertyKey[]) => describePosition(lines, offsetOf(document, path));
  return refuse(faultsOfFile(parsed.error.issues, locate));
}

/** Messages of the parser that never quote the text. */
const SAFE_MESSAGES = new Set([
  'BAD_INDENT',
  'BLOCK_AS_IMPLICIT_KEY',
  'BLOCK_IN_FLOW',
  'DUPLICATE_KEY',
  'MISSING_CHAR',
  'MULTILINE_IMPLICIT_KEY',
  'TAB_AS_INDENT',
]);

function refuse(faults: readonly ConfigFault[]): FileReading {
  return { content: undefined, faults };
}

function syntaxFault(reason: string): ConfigFault {
  return {
    setting: 'CONFIG',
    problem: `is neither valid YAML nor valid JSON: ${reason}`,
    remedy: 'Correct the file; examples/latchkey.yaml shows its form.',
  };
}

/** A section whose members are all commented out is null in YAML and means the same as no section. */
function withoutEmptySections(value: unknown): unknown {
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, section]) => section !== null));
}

/** Where a path stands, or else the nearest mapping or list around it. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
}

function describePosition(lines: LineCounter, offset: number | undefined): string {
  if (offset === undefined) return '';
  const { line, col } = lines.linePos(offset);
  return ` (line ${line}, column ${col})`;
}
