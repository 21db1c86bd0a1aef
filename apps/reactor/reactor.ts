import type { Commands } from '../../libs/commands/commands.js';
import type { RulesInForce } from '../../libs/commands/rules-in-force.js';
import { isRefusal, type Refusal } from '../../libs/event-sourcing/decider.js';
import { errorStack } from '../../libs/event-sourcing/error-text.js';
import type { EventStore } from '../../libs/event-store/event-store.js';
import type { Ledger } from '../../libs/ledger/ledger.js';
import { isStoreDown } from '../../libs/platform/stores/store-down.js';
import { NothingLive } from '../../libs/read-store/read-store.js';
import type { RecordedEvent, RecoveryEvent } from '../../libs/recovery/history.js';
import { BOOK_CHANGES } from '../../libs/recovery/rules/book-history.js';
import { carryOut, type Errand } from './carry-out.js';
import { Checkpoints } from './checkpoints.js';
import { keyOfLetter, type DeadLetter } from './dead-letter.js';
import type { Errands } from './errands.js';
import { OneAtATime } from './one-at-a-time.js';

export interface ReactorOptions {
  readonly events: EventStore;
  readonly ledger: Ledger;
  readonly commands: Pick<Commands, 'execute'>;
  readonly rules: Pick<RulesInForce, 'reload'>;
  now(this: void): string;
  /** Waits between two tries. */
  pause(this: void, ms: number): Promise<unknown>;
  /** Called with every new dead letter. */
  onDeadLetter(this: void, letter: DeadLetter): void;
}

const RETRY_AFTER_MS = [50, 200, 1_000, 3_000];
const SHARDS_AT_A_TIME = 64;

/**
 * Carries out the effects of one reaction: each once, events of a shard in order, from where it stopped. Imported
 * events set off nothing.
 */
export class Reactor<E extends RecoveryEvent> {
  private readonly checkpoints: Checkpoints;
  private readonly streams = new OneAtATime();
  private position: string | undefined;

  constructor(
    private readonly errands: Errands<E>,
    private readonly options: ReactorOptions,
  ) {
    this.checkpoints = new Checkpoints(options.ledger, errands.reaction);
  }

  get name(): string {
    return this.errands.reaction;
  }

  /** The position up to which it has reacted. */
  get reached(): string | undefined {
    return this.position;
  }

  /** Reacts to new events until the signal. A new reaction begins at its recorded start, else now. */
  async run(signal: AbortSignal): Promise<void> {
    const { events, rules } = this.options;
    const shards = await this.checkpoints.load(await events.end());
    const from = least(shards);
    this.position = from === '' ? undefined : from;
    const filter = { types: [...this.errands.types, ...BOOK_CHANGES] };
    try {
      // No event meets rules older than itself: this loads what changed before, and changes come with the events.
      await rules.reload();
      for await (const batch of events.follow({ from: this.position, filter, signal })) {
        if (batch.events.some(({ type }) => isBookChange(type))) await rules.reload();
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
    const news = events.filter(
      ({ type, imported, shard, position }) =>
        !isBookChange(type) && imported !== true && position > (shards[shard] ?? ''),
    );
    const queue = [...Map.groupBy(news, ({ shard }) => shard).values()];
    const worker = async (): Promise<void> => {
      for (let run = queue.pop(); run !== undefined; run = queue.pop())
        for (const event of run) {
          if (signal.aborted) return;
          await this.reactTo(event, signal);
        }
    };
    await Promise.all(Array.from({ length: Math.min(SHARDS_AT_A_TIME, queue.length) }, worker));
  }

  /** An event on which the reaction fails becomes a dead letter, as a failed effect does, and later events go on. */
  private async reactTo(event: RecordedEvent, signal: AbortSignal): Promise<void> {
    const errands = await this.try(event, { commandId: event.id }, signal, () => this.errands.of(event));
    for (const errand of errands ?? [])
      await this.streams.run(errand.effect.stream, () =>
        this.try(event, errand, signal, () => carryOut(this.options.commands, errand)),
      );
  }

  /** Retries an error, then makes a dead letter. A refusal would only repeat itself. */
  private async try<T extends object>(
    event: RecordedEvent,
    errand: Pick<Errand, 'commandId'> & Partial<Errand>,
    signal: AbortSignal,
    work: () => Promise<T | Refusal>,
  ): Promise<T | undefined> {
    for (let tries = 0; ; tries++) {
      let error: string;
      try {
        const outcome = await work();
        if (!isRefusal(outcome)) return outcome;
        error = `${outcome.refused}: ${outcome.because}`;
        tries = RETRY_AFTER_MS.length;
      } catch (thrown) {
        error = errorStack(thrown);
        // The event waits for as long as a store is down or no read model is built.
        if (isStoreDown(thrown) || thrown instanceof NothingLive) tries = Math.min(tries, RETRY_AFTER_MS.length - 1);
      }
      const wait = RETRY_AFTER_MS[tries];
      if (wait === undefined) return this.toDeadLetter(event, errand, error);
      await this.options.pause(wait);
      // The next start begins with this event.
      if (signal.aborted) return undefined;
    }
  }

  private async toDeadLetter(
    { id, stream, revision, correlationId }: RecordedEvent,
    { commandId, effect }: Pick<Errand, 'commandId'> & Partial<Errand>,
    error: string,
  ): Promise<undefined> {
    const { ledger, now, onDeadLetter } = this.options;
    const letter: DeadLetter = {
      reaction: this.name,
      event: { id, stream, revision },
      correlationId,
      commandId,
      effect,
      error,
      at: now(),
    };
    await ledger.put({ key: keyOfLetter(letter), value: letter });
    onDeadLetter(letter);
  }
}

const isBookChange = (type: string): boolean => BOOK_CHANGES.some((change) => change === type);

const least = (shards: readonly string[]): string => shards.reduce((low, at) => (at < low ? at : low), shards[0] ?? '');
