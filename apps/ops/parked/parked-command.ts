import type { Command } from 'commander';
import { placesOf, refuseWithoutStore, runningAppOn } from '../data-folder.js';
import { Failure } from '../failure.js';
import { print, subcommand, table } from '../output.js';
import { askApp } from '../over-http.js';
import type { RunningApp } from '../../../libs/platform/stores/running-app.js';
import type { StorePlaces } from '../../../libs/platform/config/store-places.js';
import type { NamedParked, Parked } from './parked-run.js';

interface Given {
  readonly all?: true;
  readonly generation?: string;
}

export function addParked(program: Command): void {
  const parked = program
    .command('parked')
    .description('list, retry or skip what a read model could not fold: those events wait, and all others go on');
  subcommand(parked, 'list', 'list what waits, with the error and the events').action(
    async (_: unknown, command: Command) => {
      const waiting = await listed(await placed(command));
      await print(command, { parked: waiting }, () => tableOf(waiting));
    },
  );
  const retry = subcommand(parked, 'retry', 'fold it again, after an upgrade of Amends that mends the error');
  retry
    .argument('[readModel]', 'the read model, as the list names it')
    .argument('[key]', 'what is parked there, usually a case')
    .option('--all', 'everything that waits')
    .option('--generation <number>', 'of which build (default: the live one)')
    .action((readModel: string | undefined, key: string | undefined, given: Given, command: Command) =>
      fold('retry', { readModel, key, given }, command),
    );
  const skip = subcommand(parked, 'skip', 'leave the first waiting event out for good, and fold the later ones');
  skip
    .argument('<readModel>', 'the read model, as the list names it')
    .argument('<key>', 'what is parked there, usually a case')
    .option('--generation <number>', 'of which build (default: the live one)')
    .addHelpText(
      'after',
      `
The read model then lacks that event, so its figures differ from a rebuild's. History keeps the event. Skip it only if
no upgrade will fold it.`,
    )
    .action((readModel: string, key: string, given: Given, command: Command) =>
      fold('skip', { readModel, key, given }, command),
    );
}

interface Where {
  readonly places: StorePlaces;
  readonly app: RunningApp | undefined;
}

async function placed(command: Command): Promise<Where> {
  const places = await placesOf(command);
  refuseWithoutStore(places);
  return { places, app: await runningAppOn(places) };
}

async function listed({ places, app }: Where): Promise<readonly Parked[]> {
  if (app) return (await askApp<{ parked: readonly Parked[] }>(app, 'GET', '/v1/parked')).parked;
  return (await import('./parked-run.js')).listParked(places);
}

async function fold(
  work: 'retry' | 'skip',
  asked: { readonly readModel: string | undefined; readonly key: string | undefined; readonly given: Given },
  command: Command,
): Promise<void> {
  const { places, app } = await placed(command);
  const named = await namedBy(asked, { places, app });
  const inOrder: boolean[] = [];
  if (app)
    for (const one of named)
      inOrder.push((await askApp<{ inOrder: boolean }>(app, 'POST', `/v1/parked/${work}`, one)).inOrder);
  else if (named.length > 0) inOrder.push(...(await (await import('./parked-run.js')).foldParked(places, work, named)));
  const results = named.map((one, index) => ({ ...one, inOrder: inOrder[index] === true }));
  await print(command, { results }, () => textOf(results));
  if (results.some((one) => !one.inOrder)) process.exitCode = 1;
}

async function namedBy(
  { readModel, key, given }: Parameters<typeof fold>[1],
  where: Where,
): Promise<readonly NamedParked[]> {
  if (given.all === true) {
    if (readModel !== undefined) throw new Failure('Name one, or take --all: not both.');
    return (await listed(where)).map((one) => ({
      generation: one.generation,
      readModel: one.readModel,
      key: one.key,
    }));
  }
  if (readModel === undefined || key === undefined)
    throw new Failure('Name the read model and the key as amends parked list shows them, or take --all.');
  if (given.generation === undefined) return [{ readModel, key }];
  if (!/^[1-9]\d{0,8}$/.test(given.generation))
    throw new Failure(`--generation takes the number of a build, not "${given.generation}".`);
  return [{ readModel, key, generation: Number(given.generation) }];
}

const tableOf = async (parked: readonly Parked[]): Promise<string> =>
  parked.length === 0
    ? 'Nothing is parked.'
    : table(
        ['build', 'read model', 'key', 'events', 'first', 'error'],
        parked.map(({ generation, readModel, key, events, error }) => [
          generation,
          readModel,
          key,
          events.length,
          events[0]?.type,
          error.split('\n')[0],
        ]),
      );

const textOf = (results: readonly (NamedParked & { readonly inOrder: boolean })[]): string =>
  results.length === 0
    ? 'Nothing is parked.'
    : results
        .map(({ readModel, key, inOrder }) =>
          inOrder
            ? `${key} is in order again in ${readModel}.`
            : `${key} still waits in ${readModel}: amends parked list shows why.`,
        )
        .join('\n');
