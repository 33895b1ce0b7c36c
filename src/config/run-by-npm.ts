/**
 * Whether npm started this process. npm passes signals on to a shell, which ends by them and leaves its own child
 * running; such a child has to look after itself.
 */
export function isRunByNpm(env: Readonly<Record<string, string | undefined>> = process.env): boolean {
  return env['npm_lifecycle_event'] !== undefined;
}
