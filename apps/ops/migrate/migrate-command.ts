import type { Command } from 'commander';
import { isOnEngines, type StorePlaces } from '../../../libs/platform/config/store-places.js';
import { dataFolder, environmentOf, refuseBesideApp, refuseWithoutStore, withStores } from '../data-folder.js';
import { Failure } from '../failure.js';
import { Output } from '../output.js';
import type { Migrated } from './migrate-run.js';
import { subcommand } from '../subcommand.js';

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly toPrefix?: string;
  readonly toReads?: string;
  readonly toVault?: string;
}

const AFTER = `
Copies history, ledger and vault; checks the copy event by event and against the seals; builds the read models there and
compares their digest. Nothing is taken from the folder. Ended half-way, run it again: it goes on where it was. Stop the
app first. URLs hold passwords, so rather set EVENT_STORE_URL, READ_STORE_URL and VAULT_URL than give them here.`;

export function addMigrate(program: Command): void {
  subcommand(program, 'migrate', 'move from the embedded stores to EventStoreDB and MongoDB')
    .option('--from <sqlite:folder>', 'the embedded stores (default: the folder of --data)')
    .option('--to <esdb url>', 'where history goes (default: EVENT_STORE_URL)')
    .option('--to-prefix <prefix>', 'before the names of its streams there (default: EVENT_STORE_PREFIX)')
    .option('--to-reads <mongodb url>', 'where read models and ledger go (default: READ_STORE_URL)')
    .option('--to-vault <mongodb url>', 'where the vault goes, a database of its own (default: VAULT_URL)')
    .addHelpText('after', AFTER)
    .action(async (options: Options, command: Command) => {
      const output = Output.of(command);
      const from: StorePlaces = { folder: sourceFolder(options, command) };
      refuseWithoutStore(from);
      await refuseBesideApp(from, 'Moving a store');
      const to = await targetOf(options, command, from.folder);
      const { runMigrate } = await import('./migrate-run.js');
      const result = await withStores(from, 'write', (source) =>
        withStores(to, 'write', (target) => runMigrate(source, target)),
      );
      output.result(result, () => told(result, to));
    });
}

function sourceFolder({ from }: Options, command: Command): string {
  if (from === undefined) return dataFolder(command);
  if (!/^sqlite:./.test(from)) throw new Failure(`--from must be sqlite: and the folder of embedded stores.`);
  return from.slice('sqlite:'.length);
}

/** Keys stay in the folder, so it stays the app's. */
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
      'name where to move to: --to esdb://..., --to-reads mongodb://.../database and --to-vault mongodb://.../database, or EVENT_STORE_URL, READ_STORE_URL and VAULT_URL',
    ]);
  return places;
}

const told = ({ events, copied, sealed, records, vaultRecords, digest }: Migrated, to: StorePlaces): string =>
  [
    `${events} events are there, ${copied} of them copied now; ${sealed} are sealed, and the seals hold.`,
    `${records} records of the ledger and ${vaultRecords} of the vault are there.`,
    `  digest  ${digest ?? '-'}, the same in both`,
    '',
    'To switch, start the app with these settings:',
    `  AMENDS_DATA=${to.folder}   (it keeps vault.key and seal.key; else give AMENDS_VAULT_KEY and AMENDS_SEAL_KEY)`,
    '  EVENT_STORE_URL, READ_STORE_URL, VAULT_URL as they were named here',
    ...(to.eventStore?.prefix ? [`  EVENT_STORE_PREFIX=${to.eventStore.prefix}`] : []),
    'To go back, start it without them: the folder is as it was.',
  ].join('\n');
