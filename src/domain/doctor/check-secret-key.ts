import { fault, fine, warning, type Finding } from './finding.js';

/** Which of the secret keys opens the key of the database: the first, a later one, none; `absent`: there is no key yet. */
export type SecretKeyState = 'current' | 'earlier' | 'mismatch' | 'absent';

/** Whether SECRET_KEY is the one of this database. */
export function checkSecretKey(state: SecretKeyState): readonly Finding[] {
  switch (state) {
    case 'current':
      return [fine('secret_key.fits', 'SECRET_KEY opens what the database has sealed.')];
    case 'absent':
      return [fine('secret_key.unused', 'Nothing is sealed yet: the first start makes the keys.')];
    case 'earlier':
      return [
        warning(
          'secret_key.not_taken',
          'The database is still sealed with an earlier key of SECRET_KEY.',
          'Restart a server: it seals the database anew with the first key.',
        ),
      ];
    case 'mismatch':
      return [
        fault(
          'secret_key.wrong',
          'SECRET_KEY is not the one that this database was set up with.',
          'Set the earlier value, or, to change it, put the new value first and the earlier one behind a comma.',
        ),
      ];
  }
}
