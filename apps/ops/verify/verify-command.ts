import type { Command } from 'commander';
import { parseAnchor, type Anchor } from '../../../libs/evidence/anchor.js';
import type { StorePlaces } from '../../../libs/platform/config/store-places.js';
import { runningAppOn, placesOf, refuseWithoutStore, withStores } from '../data-folder.js';
import { EXIT, Failure } from '../failure.js';
import { print, subcommand } from '../output.js';
import { askApp } from '../over-http.js';
import type { TopicsVerified } from '../../../libs/broker/kafka/verify-topics.js';
import type { VerifyResult } from './verify-run.js';

interface Options {
  readonly topics?: boolean;
  readonly anchor?: string;
}

export function addVerify(program: Command): void {
  subcommand(program, 'verify', 'prove that the read models match history, and that nobody changed history')
    .option('--anchor <anchor>', 'from an earlier verify: detects what was removed since')
    .option('--topics', 'also compare the whole topics on Kafka (KAFKA_BROKERS) with history')
    .addHelpText(
      'after',
      '\nExits with 1, and names the differences, if anything differs or nothing is sealed. Keep the printed anchor elsewhere.',
    )
    .action(async ({ topics: withTopics = false, anchor: given }: Options, command: Command) => {
      const places = await placesOf(command);
      refuseWithoutStore(places);
      const anchor = given === undefined ? undefined : anchorOf(given);
      // First, because it fails fast.
      const topics = withTopics ? await verifyTopicsOf(places) : undefined;
      const result = await verifyIn(places, given, anchor);
      await print(command, topics === undefined ? result : { ...result, topics }, () =>
        topics === undefined ? textOf(result) : `${textOf(result)}\n${topicsText(topics)}`,
      );
      const { equal, seals, problems = [] } = result;
      if (!equal || seals !== 'intact' || problems.length > 0 || topics?.clean === false) process.exitCode = EXIT.wrong;
    });
}

function anchorOf(text: string): Anchor {
  const anchor = parseAnchor(text);
  if (anchor !== undefined) return anchor;
  throw new Failure(`--anchor takes the anchor of an earlier verify, such as 1234:0a1b..., not "${text}".`);
}

async function verifyTopicsOf(places: StorePlaces): Promise<TopicsVerified> {
  const { runVerifyTopics } = await import('./verify-topics-run.js');
  return withStores(places, 'read', ({ events }) => runVerifyTopics(events));
}

async function verifyIn(places: StorePlaces, given?: string, anchor?: Anchor): Promise<VerifyResult> {
  const app = await runningAppOn(places);
  if (app) {
    // The app stops its follower for the comparison.
    return askApp<VerifyResult>(app, 'POST', '/v1/verify', given === undefined ? undefined : { anchor: given });
  }
  const { runVerify } = await import('./verify-run.js');
  return runVerify(places, anchor);
}

function textOf({ equal, digest, rebuilt, seals, anchor, problems, differences = [] }: VerifyResult): string {
  return [
    `Read models: ${equal ? 'as history says' : digest === null ? 'could not be compared' : 'NOT what history says'}`,
    `  digest   ${digest ?? '-'}`,
    ...(rebuilt === undefined ? [] : [`  rebuilt  ${rebuilt}`]),
    ...differences.map(({ readModel, id, live, rebuilt: again }) => {
      const how = live === undefined ? 'is missing' : again === undefined ? 'should not be there' : 'differs';
      return `  ${readModel} ${id} ${how}`;
    }),
    `Seals: ${seals}`,
    ...(anchor === null ? [] : [`  anchor   ${anchor}`]),
    ...(problems ?? []).map((problem) => `  ${problem}`),
  ].join('\n');
}

function topicsText({ clean, position, topics }: TopicsVerified): string {
  return [
    `Topics: ${clean ? 'as history says' : 'NOT what history says'}, up to ${position ?? 'the start: the relay has published nothing yet'}`,
    ...topics.flatMap(({ topic, messages, missing, foreign, dropped, first, looked }) => [
      `  ${topic}: ${messages} messages, ${missing} missing, ${foreign} foreign, ${dropped} to drop; looked ${looked}`,
      ...(first === undefined ? [] : [`    ${first}`]),
    ]),
  ].join('\n');
}
