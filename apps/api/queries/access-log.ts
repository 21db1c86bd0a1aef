import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { ToAppend } from '../../../libs/event-sourcing/event.js';
import type { Sealed } from '../../../libs/event-sourcing/sealed.js';
import { shardOf } from '../../../libs/event-sourcing/shard.js';
import type { Caller } from '../../../libs/platform/auth/roles.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { STORES } from '../../../libs/platform/stores/stores.module.js';
import { DECLARATIONS } from '../../../libs/recovery/history.js';
import type { AccessEvent } from '../../../libs/recovery/privacy/privacy-events.js';

interface Waiting {
  readonly caller: Caller;
  readonly data: AccessEvent['data'];
}

/** The most accesses in one append, which carries a megabyte at most. */
const MOST = 500;

/** Who read whose words: in history before they see them. Reads that come while one is stored are stored together. */
@Injectable()
export class AccessLog {
  private waiting: Waiting[] = [];
  private storing: Promise<void> = Promise.resolve();

  constructor(@Inject(STORES) private readonly stores: Stores) {}

  async record(caller: Caller, route: string, read: readonly Sealed[]): Promise<void> {
    const fields = new Map<string, Set<string>>();
    for (const { key, field } of read) fields.set(key, (fields.get(key) ?? new Set()).add(field));
    for (const [customer, names] of fields)
      this.waiting.push({ caller, data: { customer, route, fields: [...names].sort() } });
    // Taken by this turn, or by an earlier one that has not begun.
    this.storing = this.storing.then(
      () => this.store(),
      () => this.store(),
    );
    await this.storing;
  }

  private async store(): Promise<void> {
    const { events } = this.stores;
    while (this.waiting.length > 0) {
      const taken = this.waiting.slice(0, MOST);
      const at = new Date().toISOString();
      const stream = `access-${at.slice(0, 10)}`;
      const { revision } = await events.readStream(stream, { direction: 'backwards', limit: 1 });
      await events.append(
        stream,
        taken.map((access) => accessEvent(stream, at, access)),
        revision,
      );
      this.waiting = this.waiting.slice(taken.length);
    }
  }
}

function accessEvent(stream: string, at: string, { caller, data }: Waiting): ToAppend<AccessEvent> {
  const id = randomUUID();
  return {
    id,
    type: 'AccessRecorded',
    schemaVersion: DECLARATIONS.AccessRecorded.schemaVersion,
    stream,
    shard: shardOf(stream),
    programme: '',
    occurredAt: at,
    knownAt: at,
    recordedAt: at,
    actor: { id: caller.name, role: caller.role },
    commandId: id,
    correlationId: id,
    causationId: id,
    data,
  };
}
