import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { eventOfNow } from '../../../libs/commands/event-of-now.js';
import type { ToAppend } from '../../../libs/event-sourcing/event.js';
import type { Sealed } from '../../../libs/event-sourcing/sealed.js';
import { RevisionConflict } from '../../../libs/event-store/event-store.js';
import type { Caller } from '../../../libs/platform/auth/roles.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { STORES } from '../../../libs/platform/stores/stores.module.js';
import type { AccessEvent } from '../../../libs/recovery/privacy/privacy-events.js';

/** What the vault holds of a customer. */
export interface HeldByVault {
  readonly customer: string;
  readonly fields: readonly string[];
}

/** What a request shows of people. */
export interface Read {
  readonly route: string;
  /** The case that it is about, if it is one. */
  readonly of?: string | undefined;
  readonly sealed: readonly Sealed[];
  /** What it shows that the vault holds. */
  readonly held?: readonly HeldByVault[] | undefined;
}

/** The limit of accesses in one append, which carries a megabyte at most. */
const MOST = 500;

/**
 * Records in history who reads whose personal text, before they see it. Reads that arrive during a write share the next
 * write, and fail with it.
 */
@Injectable()
export class AccessLog {
  private waiting: ToAppend<AccessEvent>[] = [];
  private atHand: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;

  constructor(@Inject(STORES) private readonly stores: Pick<Stores, 'events'>) {}

  /** One record for each customer. @throws HistoryUnavailable: then nothing may be shown */
  record(caller: Caller, { route, of, sealed, held = [] }: Read): Promise<void> {
    const read = sealed.map(({ key, field }) => ({ customer: key, field }));
    for (const { customer, fields } of held) read.push(...fields.map((field) => ({ customer, field })));
    const accesses = [...Map.groupBy(read, ({ customer }) => customer)].map(([customer, values]) => {
      const fields = [...new Set(values.map(({ field }) => field))].sort();
      return { customer, ...(of === undefined ? {} : { case: of }), route, fields };
    });
    return this.recordFields(caller, ...accesses);
  }

  /** The same, of whatever is named. */
  recordFields(caller: Caller, ...accesses: readonly AccessEvent['data'][]): Promise<void> {
    this.waiting.push(...accesses.map((access) => accessEvent(caller, access)));
    return (this.next ??= this.turn());
  }

  private async turn(): Promise<void> {
    await this.atHand.catch(() => undefined); // the callers of that write get the error
    const taken = this.waiting;
    this.waiting = [];
    this.next = undefined;
    this.atHand = this.store(taken);
    await this.atHand;
  }

  private async store(taken: readonly ToAppend<AccessEvent>[]): Promise<void> {
    for (const [stream, accesses] of Map.groupBy(taken, (access) => access.stream))
      for (let at = 0; at < accesses.length; at += MOST) await this.append(stream, accesses.slice(at, at + MOST));
  }

  private async append(stream: string, accesses: readonly ToAppend<AccessEvent>[]): Promise<void> {
    const { events } = this.stores;
    for (;;) {
      const { revision } = await events.readStream(stream, { direction: 'backwards', limit: 1 });
      try {
        await events.append(stream, accesses, revision);
        return;
      } catch (error) {
        // Another process recorded an access first.
        if (!(error instanceof RevisionConflict)) throw error;
      }
    }
  }
}

function accessEvent({ name, role }: Caller, data: AccessEvent['data']): ToAppend<AccessEvent> {
  const now = new Date().toISOString();
  const origin = { stream: `access-${now.slice(0, 10)}`, actor: { id: name, role }, commandId: randomUUID(), now };
  return eventOfNow({ type: 'AccessRecorded', data }, origin);
}
