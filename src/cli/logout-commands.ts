import { Option, type Command } from 'commander';
import { logoutDeliveryInformation, type LogoutDelivery } from '../domain/logouts/logout-delivery.js';
import { listLogoutDeliveries } from '../domain/logouts/list-logout-deliveries.js';
import { retryLogout } from '../domain/logouts/retry-logout.js';
import { LARGEST_PAGE } from '../domain/page.js';
import type { CliContext, CliDependencies } from './cli-context.js';
import { presentTable } from './output.js';

interface ListOptions {
  readonly state?: LogoutDelivery['state'];
  readonly json?: boolean;
}

/** Adds `logout list|retry`. */
export function registerLogoutCommands(program: Command, cli: CliContext): void {
  const logout = program
    .command('logout')
    .description('see which applications are still to be told of a logout');
  logout
    .command('list')
    .description('list back-channel logouts that did not arrive yet, the newest first')
    .addOption(new Option('--state <state>', 'only these').choices(['pending', 'dead']))
    .option('--json', 'print JSON')
    .action((options: ListOptions) =>
      cli.run(
        options,
        (deps) => listAll(deps, options),
        presentDeliveries,
        (deliveries) => deliveries.map(logoutDeliveryInformation),
      ),
    );
  logout
    .command('retry')
    .description('tell an application again, now')
    .argument('<id>', 'see `logout list`')
    .option('--json', 'print JSON')
    .action((id: string, options: { readonly json?: boolean }) =>
      cli.run(
        options,
        ({ stores, clock }) => retryLogout({ logoutQueue: stores.logoutQueue, clock }, id),
        () => 'It is tried again now.',
        () => ({ id, state: 'pending' }),
      ),
    );
}

async function listAll(
  { stores }: CliDependencies,
  { state }: ListOptions,
): Promise<readonly LogoutDelivery[]> {
  const all: LogoutDelivery[] = [];
  let after: string | undefined;
  do {
    const page = await listLogoutDeliveries(stores, { limit: LARGEST_PAGE, after, state });
    all.push(...page.deliveries);
    after = page.next;
  } while (after !== undefined);
  return all;
}

function presentDeliveries(deliveries: readonly LogoutDelivery[]): string {
  if (deliveries.length === 0) return 'Nothing waits: every application was told.';
  return presentTable(
    ['ID', 'CLIENT', 'USER', 'STATE', 'TRIES', 'NEXT TRY', 'LAST FAILURE'],
    deliveries.map((delivery) => [
      delivery.id,
      delivery.clientId,
      delivery.accountId,
      delivery.state,
      String(delivery.attempts),
      delivery.state === 'pending' ? delivery.nextAttemptAt.toISOString() : '',
      delivery.lastFailure ?? '',
    ]),
  );
}
