/** Where settings come from; nothing else is looked at. */
export interface ConfigSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads a text file by its absolute path. @throws what the system throws, with a `code` such as `ENOENT` */
  readonly readFile: (path: string) => string;
  /** Absolute path that relative paths start from. */
  readonly cwd: string;
}
