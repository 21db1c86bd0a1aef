import type { RulesInForce } from '../../libs/commands/rules-in-force.js';
import { isRefusal, type Refusal } from '../../libs/event-sourcing/decider.js';
import { errorStack } from '../../libs/event-sourcing/error-text.js';
import type { EventStore } from '../../libs/event-store/event-store.js';
import type { Ledger } from '../../libs/ledger/ledger.js';
import type { RecordedEvent, RecoveryEvent } from '../../libs/recovery/history.js';
import { BOOK_CHANGES } from '../../libs/recovery/rules/book-history.js';
import { carryOut, carryOutInTurn, type CarriedOutBy, type Errand } from './carry-out.js';
import { Checkpoints, least } from './checkpoints.js';
import { keyOfLetter, type DeadLetter } from './dead-letter.js';
import type { Errands } from './errands.js';
import { mayPass } from './may-pass.js';

export interface ReactorOptions {
  readonly events: EventStore;
  readonly ledger: Ledger;
  readonly commands: CarriedOutBy;
  readonly rules: Pick<RulesInForce, 'reload'>;
  now(this: void): string;
  /** Waits between two tries. */
  pause(this: void, ms: number): Promise<unknown>;
  /** Called with every new dead letter. */
  onDeadLetter(this: void, letter: DeadLetter): void;
}

const RETRY_AFTER_MS = [50, 200, 1_000, 3_000];
/** Few enough that requests are served in between, and enough that their effects share commits. */
const EVENTS_AT_A_TIME = 128;
const LINES_AT_A_TIME = 256;

/** An effect, and the event that it is for. */
interface Due {
  readonly event: RecordedEvent;
  readonly errand: Errand;
}

/**
 * Carries out the effects of one reaction, each once, from where it stopped. Effects on a customer, and on a stream of
 * nobody's, follow each other in the order of their events. Imported events set off nothing.
 */
export class Reactor<E extends RecoveryEvent> {
  private readonly checkpoints: Checkpoints;
  private position: string | undefined;
  /** The signal came while something had failed, so that the present events must come again. */
  private interrupted = false;

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
      const following = events.follow({ from: this.position, filter, signal, batchSize: EVENTS_AT_A_TIME });
      for await (const batch of following) {
        if (batch.events.some(({ type }) => isBookChange(type))) await rules.reload();
        await this.react(batch.events as readonly RecordedEvent[], shards, signal);
        if (this.interrupted) break;
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
    const due = (await Promise.all(news.map((event) => this.dueFor(event, signal)))).flat();
    const lines = Map.groupBy(due, ({ errand }) => errand.effect.shardKey).values();
    // An event may have as many effects as somebody has open cases.
    for (const some of inParts([...lines], LINES_AT_A_TIME))
      await Promise.all(some.map((line) => this.carryOutLine(line, signal)));
  }

  /** An event on which the reaction fails becomes a dead letter, as a failed effect does, and later events go on. */
  private async dueFor(event: RecordedEvent, signal: AbortSignal): Promise<readonly Due[]> {
    const errands = await this.try(event, { commandId: event.id }, signal, () => this.errands.of(event));
    return (errands ?? []).map((errand) => ({ event, errand }));
  }

  private async carryOutLine(line: readonly Due[], signal: AbortSignal): Promise<void> {
    for (let from = 0, to = 0; from < line.length; from = to) {
      const stream = line[from]?.errand.effect.stream;
      while (line[to]?.errand.effect.stream === stream) to++;
      const together = line.slice(from, to);
      if (together.length > 1 && (await this.inOneAppend(together))) continue;
      for (const { event, errand } of together)
        await this.try(event, errand, signal, () => carryOut(this.options.commands, errand));
    }
  }

  /** False: nothing was done. Each alone then shows which one fails. */
  private async inOneAppend(together: readonly Due[]): Promise<boolean> {
    const outcomes = await carryOutInTurn(
      this.options.commands,
      together.map(({ errand }) => errand),
    ).catch(() => undefined);
    if (outcomes === undefined) return false;
    for (const [index, { event, errand }] of together.entries()) {
      const outcome = outcomes[index];
      if (isRefusal(outcome)) await this.toDeadLetter(event, errand, sayRefusal(outcome));
    }
    return true;
  }

  /** Retries an error, without end where it may pass, then makes a dead letter. A refusal would only repeat itself. */
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
        error = sayRefusal(outcome);
        tries = RETRY_AFTER_MS.length;
      } catch (thrown) {
        error = errorStack(thrown);
        if (mayPass(thrown)) tries = Math.min(tries, RETRY_AFTER_MS.length - 1);
      }
      const wait = RETRY_AFTER_MS[tries];
      if (wait === undefined) return this.toDeadLetter(event, errand, error);
      await this.options.pause(wait);
      if (signal.aborted) {
        this.interrupted = true;
        return undefined;
      }
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

const inParts = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, part) => all.slice(part * size, (part + 1) * size));

const sayRefusal = ({ refused, because }: Refusal): string => `${refused}: ${because}`;

const isBookChange = (type: string): boolean => BOOK_CHANGES.some((change) => change === type);
