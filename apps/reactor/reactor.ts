import { setTimeout as after } from 'node:timers/promises';
import type { Commands } from '../../libs/commands/commands.js';
import { isRefusal } from '../../libs/event-sourcing/decider.js';
import { idOf } from '../../libs/event-sourcing/identity.js';
import type { EventStore } from '../../libs/event-store/event-store.js';
import type { Ledger } from '../../libs/ledger/ledger.js';
import type { CommandReaction, Effect, Needs, ReactionInputs } from '../../libs/reactions/effect.js';
import type { RecordedEvent, RecoveryEvent } from '../../libs/recovery/history.js';
import type { RuleBooks } from '../../libs/recovery/rules/rule-book.js';
import { Checkpoints } from './checkpoints.js';
import { OneAtATime } from './one-at-a-time.js';

export interface ReactorOptions {
  readonly events: EventStore;
  readonly ledger: Ledger;
  readonly commands: Commands;
  rules(this: void): RuleBooks;
  /** By owner, the cases that are open now and were opened before an instant. */
  openCases(this: void, openedBefore: string): Promise<Readonly<Record<string, number>>>;
  now(this: void): string;
  /** Told of every effect that could not be carried out, and lies in the dead letters now. */
  onDeadLetter(this: void, letter: DeadLetter): void;
}

/** An effect that could not be carried out, kept until an operator sends it again. */
export interface DeadLetter {
  readonly reaction: string;
  readonly event: string;
  readonly position: string;
  readonly commandId: string;
  readonly effect: Effect;
  readonly error: string;
  readonly at: string;
}

export const DEAD_LETTERS = 'dead-letter/';

const RETRY_AFTER_MS = [50, 200, 1_000, 3_000];
const SHARDS_AT_A_TIME = 64;

/**
 * Carries out what one reaction says must happen next: each effect once, events of a shard in order, from where it
 * was when it stopped. Imported events set off nothing.
 */
export class Reactor<E extends RecoveryEvent> {
  private readonly checkpoints: Checkpoints;
  private readonly streams = new OneAtATime();
  private position: string | undefined;

  constructor(
    private readonly reaction: CommandReaction<E>,
    private readonly options: ReactorOptions,
  ) {
    this.checkpoints = new Checkpoints(options.ledger, reaction.name);
  }

  get name(): string {
    return this.reaction.name;
  }

  /** How far it has reacted. */
  get reached(): string | undefined {
    return this.position;
  }

  /** Reacts to what comes until the signal. A reaction that is new begins with what comes from now on. */
  async run(signal: AbortSignal): Promise<void> {
    const { events } = this.options;
    const shards = await this.checkpoints.load(await events.end());
    const from = least(shards);
    this.position = from === '' ? undefined : from;
    const filter = { types: Object.keys(this.reaction.on) };
    try {
      for await (const batch of events.follow({ ...(from === '' ? {} : { from }), filter, signal })) {
        await this.react(batch.events as readonly RecordedEvent[], shards, signal);
        if (signal.aborted) break;
        shards.fill(batch.position);
        this.position = batch.position;
        await this.checkpoints.save(shards, batch.events.length > 0);
      }
    } finally {
      await this.checkpoints.flush();
    }
  }

  private async react(events: readonly RecordedEvent[], shards: readonly string[], signal: AbortSignal): Promise<void> {
    const byShard = new Map<number, RecordedEvent[]>();
    for (const event of events) {
      const { imported, shard, position } = event;
      if (imported === true || position <= (shards[shard] ?? '')) continue;
      const run = byShard.get(shard);
      if (run === undefined) byShard.set(shard, [event]);
      else run.push(event);
    }
    const queue = [...byShard.values()];
    const worker = async (): Promise<void> => {
      for (let run = queue.pop(); run !== undefined; run = queue.pop())
        for (const event of run) {
          if (signal.aborted) return;
          await this.reactTo(event);
        }
    };
    await Promise.all(Array.from({ length: Math.min(SHARDS_AT_A_TIME, queue.length) }, worker));
  }

  private async reactTo(event: RecordedEvent): Promise<void> {
    for (const [ordinal, effect] of (await this.effectsOf(event)).entries()) {
      const commandId = idOf(this.reaction.name, event.id, ordinal);
      await this.streams.run(effect.stream, () => this.carryOut(event, effect, commandId));
    }
  }

  private async effectsOf(event: RecordedEvent): Promise<readonly Effect[]> {
    const books = this.options.rules();
    // The tables are keyed by the event's type: what stands under it takes events of that type.
    const needs = this.reaction.needs as Readonly<
      Record<string, ((event: RecordedEvent, books: RuleBooks) => Needs) | undefined>
    >;
    const on = this.reaction.on as Readonly<
      Record<string, ((event: RecordedEvent, inputs: ReactionInputs) => readonly Effect[]) | undefined>
    >;
    const { streams: names, openCasesBefore } = needs[event.type]?.(event, books) ?? { streams: [] };
    const streams = new Map<string, readonly RecordedEvent[]>();
    for (const name of names)
      streams.set(name, (await this.options.events.readStream(name)).events as readonly RecordedEvent[]);
    const openCases = openCasesBefore === undefined ? {} : await this.options.openCases(openCasesBefore);
    return on[event.type]?.(event, { books, streams, openCases }) ?? [];
  }

  /** Tried again where it failed, then put aside where an operator sees it; a refusal would be the same again. */
  private async carryOut(event: RecordedEvent, effect: Effect, commandId: string): Promise<void> {
    for (let tries = 0; ; tries++) {
      let because: string;
      try {
        const outcome = await this.execute(event, effect, commandId);
        if (!isRefusal(outcome)) return;
        because = `${outcome.refused}: ${outcome.because}`;
        tries = RETRY_AFTER_MS.length;
      } catch (error) {
        because = error instanceof Error ? (error.stack ?? error.message) : String(error);
      }
      const wait = RETRY_AFTER_MS[tries];
      if (wait === undefined) return this.putAside(event, effect, commandId, because);
      await after(wait);
    }
  }

  private execute(event: RecordedEvent, effect: Effect, commandId: string): ReturnType<Commands['execute']> {
    const { aggregate, id, command, programme, shardKey, stream } = effect;
    return this.options.commands.execute({
      aggregate,
      id,
      command,
      programme,
      ...(shardKey === stream ? {} : { customer: shardKey }),
      actor: { id: this.reaction.name, role: 'system' },
      commandId,
      correlationId: event.correlationId,
      causationId: event.id,
    });
  }

  private async putAside(event: RecordedEvent, effect: Effect, commandId: string, error: string): Promise<void> {
    const { ledger, now, onDeadLetter } = this.options;
    const { id, position } = event;
    const letter: DeadLetter = {
      reaction: this.reaction.name,
      event: id,
      position,
      commandId,
      effect,
      error,
      at: now(),
    };
    await ledger.put({ key: `${DEAD_LETTERS}${this.reaction.name}/${commandId}`, value: letter });
    onDeadLetter(letter);
  }
}

const least = (shards: readonly string[]): string => shards.reduce((low, at) => (at < low ? at : low), shards[0] ?? '');
