import type { Views } from '../../src/http/view-models.js';
import { HOSTILE, sample, type SamplePage } from './sample-page.js';

const selectAccount: Views['select-account'] = {
  action: '/interaction/k3J/select',
  csrf: 'csrf-token',
  clientName: 'Lumen Notes',
  accounts: [
    { session: 'one', label: 'jo@example.org', inUse: true },
    { session: 'two', label: 'jo.martin@work.example', inUse: false },
  ],
  cancelAction: '/abort',
};

/** Choosing an account. */
export const SELECT_ACCOUNT_PAGES: readonly SamplePage[] = [
  sample('select-account', 'plain', selectAccount),
  sample('select-account', 'other-wanted', { ...selectAccount, notWanted: 'jo@example.org' }),
  sample('select-account', 'hostile', {
    ...selectAccount,
    clientName: HOSTILE,
    notWanted: HOSTILE,
    accounts: [
      { session: HOSTILE, label: HOSTILE, inUse: true },
      { session: 'two', label: HOSTILE, inUse: false },
    ],
  }),
];
