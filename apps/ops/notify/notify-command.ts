import { Option, type Command } from 'commander';
import type { ListedRows, ShownRow } from '../../../libs/outbound/operate.js';
import { KEPT_STATES, ROW_STATES, type KeptState, type RowState } from '../../../libs/outbound/words.js';
import { placesOf, refuseWithoutStore, runningAppOn, withStores } from '../data-folder.js';
import { Failure } from '../failure.js';
import { print, subcommand, table } from '../output.js';
import { askApp } from '../over-http.js';
import type { NotifyHere } from './notify-run.js';

/** Messages to people and systems: what waits, what could not be sent, and sending it again. */
export function addNotify(program: Command): void {
  const notify = program
    .command('notify')
    .description('look after messages: test a destination, list what waits or failed, send it again');
  addList(notify);
  addResend(notify);
  addTest(notify);
  addReplay(notify);
}

/** Asks the app that serves the folder, else works on the stores here. */
async function asked<T>(
  command: Command,
  route: readonly [method: 'GET' | 'POST', path: string, body?: object],
  mode: 'read' | 'write',
  here: (notify: NotifyHere) => Promise<T>,
): Promise<T> {
  const places = await placesOf(command);
  refuseWithoutStore(places);
  const app = await runningAppOn(places);
  if (app) return askApp<T>(app, ...route);
  const { NotifyHere } = await import('./notify-run.js');
  return withStores(places, mode, (stores) => here(new NotifyHere(stores, process.env)));
}

type Listed = Exclude<RowState, 'sent'>;
const LISTED = ROW_STATES.filter((state) => state !== 'sent');

function addList(notify: Command): void {
  const list = async (command: Command, state: Listed, of?: string): Promise<void> => {
    const query = of === undefined ? `state=${state}` : `case=${encodeURIComponent(of)}`;
    const listed = await asked<ListedRows>(command, ['GET', `/v1/outbox?${query}`], 'read', (here) =>
      here.list(of === undefined ? { state } : { case: of }),
    );
    await print(command, listed, () => rowsText(listed));
  };
  subcommand(notify, 'list', 'messages that wait, or are in another state, or all of a case')
    .addOption(new Option('--state <state>', 'waiting, or what became of them').choices(LISTED).default('waiting'))
    .option('--case <id>', 'all messages about this case')
    .action(({ state, case: of }: { state: Listed; case?: string }, command: Command) => list(command, state, of));
  subcommand(notify, 'dead', 'messages that could not be sent, and why').action((_: object, command: Command) =>
    list(command, 'dead'),
  );
}

async function rowsText({ messages, next }: ListedRows): Promise<string> {
  if (messages.length === 0) return 'None.';
  const cells = ({ id, state, message, destination, case: of, tries, because, nextTryAt }: ShownRow) => [
    ...[id, state, message, destination, of, tries, nextTryAt, because],
  ];
  const head = ['id', 'state', 'message', 'to', 'case', 'tries', 'next try', 'because'];
  return `${await table(head, messages.map(cells))}${next === undefined ? '' : '\nThere are more.'}`;
}

function addResend(notify: Command): void {
  subcommand(notify, 'resend [ids...]', 'send messages again that are dead, held or refused, under the same ids')
    .addOption(new Option('--state <state>', 'the state they are in').choices(KEPT_STATES).default('dead'))
    .option('--destination <name>', 'only those to this destination')
    .option('--all', 'all of them')
    .action(
      async (
        ids: readonly string[],
        { state, destination, all }: { state: KeptState; destination?: string; all?: boolean },
        command: Command,
      ) => {
        if (ids.length === 0 && all !== true && destination === undefined)
          throw new Failure('Name the messages by their ids (amends notify dead lists them), or say --all.');
        const which = { state, ...(destination !== undefined && { destination }), ...(ids.length > 0 && { ids }) };
        const result = await asked<{ resent: number }>(command, ['POST', '/v1/outbox/resend', which], 'write', (here) =>
          here.resend(which),
        );
        await print(command, result, () => `${result.resent} are sent again.`);
      },
    );
}

function addTest(notify: Command): void {
  subcommand(notify, 'test <destination>', 'send a test message to a destination now').action(
    async (destination: string, _: object, command: Command) => {
      const route = ['POST', '/v1/outbox/test', { destination }] as const;
      const result = await asked<object>(command, route, 'read', (here) => here.test(destination));
      await print(command, result, () => `${destination} took a test message.`);
    },
  );
}

interface Replaying {
  readonly from?: string;
  readonly to: string;
  readonly types?: readonly string[];
  readonly send?: boolean;
}

function addReplay(notify: Command): void {
  subcommand(notify, 'replay', 'send a destination again what followed a position of history; counts unless --send')
    .option('--from <position>', 'send what follows it (default: all of history)')
    .requiredOption('--to <destination>', 'where to')
    .option('--types <types...>', 'only of these events (default: all that lead to messages)')
    .option('--send', 'send them; without it they are only counted')
    .action(async ({ from, to, types, send = false }: Replaying, command: Command) => {
      const body = { to, dryRun: !send, ...(from !== undefined && { from }), ...(types && { types }) };
      const route = ['POST', '/v1/outbox/replay', body] as const;
      const result = await asked<Replayed>(command, route, send ? 'write' : 'read', (here) => here.replay(body));
      await print(command, result, () => replayText(result, to));
    });
}

interface Replayed {
  readonly dryRun: boolean;
  readonly messages: Readonly<Record<string, number>>;
}

function replayText({ dryRun, messages }: Replayed, to: string): string {
  const all = Object.values(messages).reduce((sum, count) => sum + count, 0);
  const lines = Object.entries(messages).map(([type, count]) => `  ${type}: ${count}`);
  const said = dryRun ? `${all} would be sent to ${to}. Say --send to send them.` : `${all} are sent to ${to}.`;
  return [said, ...lines].join('\n');
}
