import type { Database } from '../../database/index.ts';
import type { Configuration } from '../configuration/index.ts';
import { bansOf } from '../records.ts';
import { serverOptions } from '../server-options.ts';
import { createShared } from '../shared.ts';
import { storageOptions } from '../storage-options.ts';
import { openInWorker } from '../storages.ts';
import { explain } from './explain.ts';
import type { ExplainRequest, Explanation } from './explanation.ts';

/**
 * As `explain`, from the configuration and the data where no server runs: what only a running one knows is among `unknown`.
 * @throws ExplainError, CertificateError, StorageError
 */
export async function explainOffline(
  configuration: Configuration,
  database: Database,
  request: ExplainRequest,
): Promise<Explanation> {
  const publish = (): void => {};
  const options = await serverOptions(configuration);
  const found = { since: Date.now(), fileGroup: undefined, workers: 1 };
  const storages = await openInWorker(configuration, await storageOptions(configuration, found), publish);
  try {
    const shared = createShared(configuration, database, {
      storages,
      bans: await bansOf(database.bans, publish),
      rules: () => configuration,
      records: undefined,
      receipts: configuration.audit.enabled ? { issue: async () => undefined } : undefined,
      publish,
    });
    const { accounts } = database;
    return await explain(
      { accounts, shared, storages, configuration, options, addresses: [], failures: undefined },
      request,
    );
  } finally {
    for (const storage of storages.remotes) await storage[Symbol.asyncDispose]();
    for (const storage of storages.locals.values()) await storage[Symbol.asyncDispose]();
  }
}
