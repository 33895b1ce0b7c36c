/** Where a command reads; a terminal when `isTTY` is set. */
export type CliInput = NodeJS.ReadableStream & {
  readonly isTTY?: boolean;
  setRawMode?(enabled: boolean): unknown;
};

/** Where a command writes. */
export interface CliOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}
