import type { Command } from 'commander';
import { isOnEngines, type StorePlaces } from '../../../libs/platform/config/store-places.js';
import { dataFolder, environmentOf, refuseWhileAppRuns, refuseWithoutStore, withStores } from '../data-folder.js';
import { Failure } from '../failure.js';
import { print, subcommand } from '../output.js';
import type { Migrated } from './migrate-run.js';

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly toPrefix?: string;
  readonly toReads?: string;
  readonly toVault?: string;
}

const AFTER = `
Copies history, ledger and vault; compares the copy event by event and checks it against the seals; builds the read
models there and compares their digest. The folder stays as it is. Stop the app first. After a crash, run it again: it
resumes. URLs hold passwords, so prefer EVENT_STORE_URL, READ_STORE_URL and VAULT_URL to options.`;

export function addMigrate(program: Command): void {
  subcommand(program, 'migrate', 'move from the embedded stores to EventStoreDB and MongoDB')
    .option('--from <sqlite:folder>', 'the embedded stores (default: the folder of --data)')
    .option('--to <esdb url>', 'for history (default: EVENT_STORE_URL)')
    .option('--to-prefix <prefix>', "the prefix of its streams' names (default: EVENT_STORE_PREFIX)")
    .option('--to-reads <mongodb url>', 'for read models and ledger (default: READ_STORE_URL)')
    .option('--to-vault <mongodb url>', 'for the vault, a separate database (default: VAULT_URL)')
    .addHelpText('after', AFTER)
    .action(async (options: Options, command: Command) => {
      const from: StorePlaces = { folder: sourceFolder(options, command) };
      refuseWithoutStore(from);
      await refuseWhileAppRuns(from, 'Moving a store');
      const to = await targetOf(options, command, from.folder);
      const { runMigrate } = await import('./migrate-run.js');
      const result = await withStores(from, 'write', (source) =>
        withStores(to, 'write', (target) => runMigrate(source, target)),
      );
      await print(command, result, () => textOf(result, to));
    });
}

function sourceFolder({ from }: Options, command: Command): string {
  if (from === undefined) return dataFolder(command);
  if (!/^sqlite:./.test(from)) throw new Failure(`--from must be sqlite: and the folder of embedded stores.`);
  return from.slice('sqlite:'.length);
}

/** The keys stay in the folder, so the app keeps using it. */
async function targetOf(
  { to, toPrefix, toReads, toVault }: Options,
  command: Command,
  folder: string,
): Promise<StorePlaces> {
  const { ConfigurationMistaken, readConfig } = await import('../../../libs/platform/config/config.js');
  const given = { EVENT_STORE_URL: to, EVENT_STORE_PREFIX: toPrefix, READ_STORE_URL: toReads, VAULT_URL: toVault };
  const named = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { places } = readConfig({ ...environmentOf(command), AMENDS_DATA: folder, ...named });
  if (!isOnEngines(places))
    throw new ConfigurationMistaken([
      'name the target: --to esdb://..., --to-reads mongodb://.../database and --to-vault mongodb://.../database, or EVENT_STORE_URL, READ_STORE_URL and VAULT_URL',
    ]);
  return places;
}

const textOf = ({ events, copied, sealed, records, vaultRecords, digest }: Migrated, to: StorePlaces): string =>
  [
    `The copy has ${events} events, ${copied} of them from this run; ${sealed} are sealed, and the seals are intact.`,
    `It has ${records} records of the ledger and ${vaultRecords} of the vault.`,
    `  digest  ${digest ?? '-'}, the same in both`,
    '',
    'To switch, start the app with these settings:',
    `  AMENDS_DATA=${to.folder}   (it holds vault.key and seal.key; else set AMENDS_VAULT_KEY and AMENDS_SEAL_KEY)`,
    '  EVENT_STORE_URL, READ_STORE_URL, VAULT_URL as for this command',
    ...(to.eventStore?.prefix ? [`  EVENT_STORE_PREFIX=${to.eventStore.prefix}`] : []),
    'To go back, start it without them: the folder is unchanged.',
  ].join('\n');
