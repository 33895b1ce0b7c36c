import { exportAccounts } from '../../../domain/accounts/export-accounts.js';
import { importAccounts } from '../../../domain/accounts/import-accounts.js';
import { readImportLines } from '../../../domain/accounts/import-lines.js';
import type { ImportVerdict } from '../../../domain/accounts/import-verdict.js';
import { apiResourceIdentifier } from '../../../domain/resources/api-resource.js';
import { PERMISSIONS } from '../../../domain/roles/permission.js';
import type { ApiDeps } from '../api-deps.js';
import { authorize } from '../framework/authenticate.js';
import { toField } from '../framework/problem.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';
import {
  exportLineSchema,
  exportQuery,
  importAnswerLineSchema,
  importLineSchema,
  importQuery,
} from './transfer-schema.js';

const TAG = 'users';

/** Many users at once, in and out, as lines. */
export function transferRoutes(deps: ApiDeps): readonly ApiRoute[] {
  const { bulkAccounts } = deps.stores;

  return [
    defineRoute({
      method: 'post',
      path: '/users/import',
      operationId: 'importUsers',
      tag: TAG,
      summary: 'Import users, with passwords that other systems have hashed',
      description:
        'Any number of users, one JSON object a line. The answer tells of each line as soon as it is there for good: read while you send. An import that broke off goes on with `resume_after`, or is sent again. When it fails underway, the last line is a problem and the connection is cut off; the line with `finished` says that all is done.',
      access: ['users:write'],
      query: importQuery,
      bodyLine: importLineSchema,
      success: { status: 200, description: 'A verdict a line, and a summary.', line: importAnswerLineSchema },
      handle({ query, bytes, caller, origin }) {
        const dryRun = query.dry_run === 'true';
        const verdicts = importAccounts(
          { ...deps, bulkAccounts, unitOfWork: deps.unitsOfWork.from(origin) },
          caller,
          readImportLines(bytes),
          { dryRun, onConflict: query.on_conflict, resumeAfterLine: query.resume_after },
        );
        return Promise.resolve({
          lines: withSummary(verdicts, {
            dryRun,
            lastLine: query.resume_after,
            onlyInvalid: query.verdicts === 'invalid',
          }),
        });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/users/export',
      operationId: 'exportUsers',
      tag: TAG,
      summary: 'Export all users',
      description:
        'Every user in the order of creation, in the form that the import takes. An answer that breaks off ends with a problem and without the end of the body.',
      access: ['users:read'],
      query: exportQuery,
      success: { status: 200, description: 'A user a line.', line: exportLineSchema },
      handle({ query, caller, origin }) {
        const withPasswordHashes = query.with_password_hashes === 'true';
        if (withPasswordHashes) authorize(apiResourceIdentifier(deps.issuer), PERMISSIONS, caller);
        return Promise.resolve({
          lines: exportAccounts(
            { bulkAccounts, unitOfWork: deps.unitsOfWork.from(origin) },
            { withPasswordHashes },
          ),
          headers: { 'Content-Disposition': 'attachment; filename="users.ndjson"' },
        });
      },
    }),
  ];
}

async function* withSummary(
  verdicts: AsyncIterable<ImportVerdict>,
  { dryRun, lastLine, onlyInvalid }: { dryRun: boolean; lastLine: number; onlyInvalid: boolean },
): AsyncGenerator {
  const counts = { created: 0, updated: 0, skipped: 0, invalid: 0 };
  let last = lastLine;
  for await (const { line, status, id, faults } of verdicts) {
    counts[status] += 1;
    last = line;
    if (onlyInvalid && status !== 'invalid') continue;
    yield { line, status, id, errors: faults?.map(toField) };
  }
  yield { finished: true, ...counts, last_line: last, dry_run: dryRun };
}
