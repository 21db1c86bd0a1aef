import { Inject, Injectable } from '@nestjs/common';
import type { Static } from 'typebox';
import { Commands, type Done } from '../../../libs/commands/commands.js';
import { RulesInForce } from '../../../libs/commands/rules-in-force.js';
import { isRefusal, refuse, type Refusal } from '../../../libs/event-sourcing/decider.js';
import { idOf } from '../../../libs/event-sourcing/identity.js';
import { shardOf } from '../../../libs/event-sourcing/shard.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { STORES } from '../../../libs/platform/stores/stores.module.js';
import { message } from '../../../libs/platform/validation/schema.js';
import { streamOf, type CommandOf } from '../../../libs/recovery/aggregates.js';
import { allPages } from '../../../libs/read-store/all-pages.js';
import { asCorrected } from '../../../libs/recovery/case/correction.js';
import { FORGOTTEN_STAYS_ALONE } from '../../../libs/recovery/customer/joined-customers.js';
import type { RecordedEvent } from '../../../libs/recovery/history.js';
import { Id, Optional, Part, Parts, Text } from '../../../libs/recovery/vocabulary/fields.js';
import { Following } from '../../../libs/replay/follow/following.js';
import { busy } from '../http/problems.js';
import { requestBy, type Sent } from '../http/request-headers.js';

/** Our own id of a customer, or a source's. */
const named = { id: Optional(Id), source: Optional(Text(100)), externalId: Optional(Text(150)) };
const Named = Part(named);
type Named = Static<typeof Named>;

export const JoinCustomers = message(
  { customers: Parts(Named, 2, 2), reason: Text(2_000) },
  {
    customers: [
      { source: 'survey', externalId: 'c-77' },
      { source: 'shop', externalId: '100231' },
    ],
    reason: 'Same name and telephone number; she confirmed it',
  },
);
export const SeparateCustomer = message(
  { customer: Named, reason: Text(2_000) },
  { customer: { source: 'shop', externalId: '100231' }, reason: 'Two sisters who share a telephone' },
);

/** What became of them. */
export interface Joined {
  /** All who are one person with the customer named first, themselves first. */
  readonly customers: readonly string[];
  readonly last: Done | undefined;
}
export interface Separated extends Joined {
  /** Cases that had been merged across them, and are in work again. */
  readonly reopened: readonly string[];
}

const WAIT_MS = 5_000;

/**
 * Says on the stream of each customer that they are one person, or that they are not. Each customer is decided on alone,
 * and two are one where both streams say so: what was cut off in between joins nobody, and can be sent again.
 */
@Injectable()
export class Joining {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly commands: Commands,
    private readonly rules: RulesInForce,
    private readonly following: Following,
  ) {}

  async join({ customers, reason }: Static<typeof JoinCustomers>, sent: Sent): Promise<Joined | Refusal> {
    const found: string[] = [];
    for (const [index, one] of customers.entries()) {
      const customer = await this.customerOf(one, `customers/${index}`);
      if (isRefusal(customer)) return customer;
      if (await this.stores.personal.isForgotten(customer)) return FORGOTTEN_STAYS_ALONE;
      found.push(customer);
    }
    const [one = '', other = ''] = found;
    if (one === other)
      return refuse('one-customer-already', 'Both names are of one customer already.', 'Name two.', 'customers');
    // Each is joined with all: so no third one needs to be looked up to see that two are one.
    const all = new Set([...(await this.commands.allWhoAre(one)), ...(await this.commands.allWhoAre(other))]);
    let last: Done | undefined;
    for (const customer of all) {
      const done = await this.tell({ type: 'JoinCustomers', customer, with: othersOf(customer, all), reason }, sent);
      if (isRefusal(done)) return done;
      last = done;
    }
    return { customers: await this.commands.allWhoAre(one), last };
  }

  /** Takes a customer out of those who are one person with them, and takes back the merges of cases across. */
  async separate(
    { customer: name, reason }: Static<typeof SeparateCustomer>,
    sent: Sent,
  ): Promise<Separated | Refusal> {
    const customer = await this.customerOf(name, 'customer');
    if (isRefusal(customer)) return customer;
    // Whoever ever was one with them: a separation that was cut off is finished when it is sent again.
    const others = await this.everJoinedWith(customer);
    if (others.length === 0)
      return refuse('never-joined', 'Nobody said that this customer is one with another.', 'Name another.', 'customer');
    let last: Done | undefined;
    for (const one of [customer, ...others]) {
      const from = one === customer ? others : [customer];
      const done = await this.tell({ type: 'SeparateCustomers', customer: one, from, reason }, sent);
      if (isRefusal(done)) return done;
      if (done.position !== undefined && done.position > (last?.position ?? '')) last = done;
    }
    const reopened = await this.withdrawMerges(customer, others, { reason, sent, upTo: last?.position });
    if (isRefusal(reopened)) return reopened;
    return { customers: await this.commands.allWhoAre(customer), last, reopened };
  }

  private tell(command: CommandOf<'customer'>, sent: Sent): Promise<Done | Refusal> {
    const { customer } = command;
    const { actor, commandId } = requestBy(sent);
    const programme = this.rules.onlyProgramme() ?? '';
    return this.commands.execute({
      ...{ aggregate: 'customer', id: customer, customer, programme, actor, command },
      commandId: idOf(commandId, command.type, customer),
    });
  }

  private async customerOf({ id, source, externalId }: Named, field: string): Promise<string | Refusal> {
    if (id !== undefined && source === undefined && externalId === undefined) {
      if (await this.isKnown(id)) return id;
      return refuse('customer-unknown', `There is no customer ${id}.`, 'Take the id from a case of theirs.', field);
    }
    if (id !== undefined || source === undefined || externalId === undefined)
      return refuse(
        'customer-unclear',
        'This names no customer.',
        'Name them by "id", or by "source" and "externalId".',
        field,
      );
    const customer = await this.stores.personal.knownAs({ source, id: externalId });
    if (customer !== undefined) return customer;
    return refuse('customer-unknown-to-source', `${source} named no customer ${externalId}.`, 'Check both.', field);
  }

  /** Named by a source, by a case or by an event of their own. */
  private async isKnown(customer: string): Promise<boolean> {
    const { events, personal, reads } = this.stores;
    if ((await personal.referencesOf(customer)).length > 0) return true;
    if ((await events.readStream(streamOf('customer', customer), { limit: 1 })).revision > 0) return true;
    return (await reads.find('cases', { filter: { customer }, limit: 1 })).documents.length > 0;
  }

  private async everJoinedWith(customer: string): Promise<readonly string[]> {
    const { events } = await this.stores.events.readStream(streamOf('customer', customer));
    const joined = (events as readonly RecordedEvent[]).filter((event) => event.type === 'CustomersJoined');
    return [...new Set(joined.flatMap((event) => (event.type === 'CustomersJoined' ? event.data.with : [])))];
  }

  /** The cases are found in the read models, once these have all that was recorded before the separation. */
  private async withdrawMerges(
    customer: string,
    others: readonly string[],
    { reason, sent, upTo }: { readonly reason: string; readonly sent: Sent; readonly upTo: string | undefined },
  ): Promise<readonly string[] | Refusal> {
    for (const one of [customer, ...others])
      if (upTo !== undefined && !(await this.following.waitFor(shardOf(one), upTo, WAIT_MS)))
        throw busy('read-models-behind', 'They are separated, but not all cases are known yet.', 'Send it again.', 1);
    const reopened: string[] = [];
    for (const [of, into] of [[customer, others] as const, ...others.map((other) => [other, [customer]] as const)])
      for (const id of await this.mergedAcross(of, into)) {
        const { actor } = requestBy(sent);
        const merge = await this.mergeOf(id);
        if (merge === undefined) continue;
        const done = await this.commands.execute({
          ...{ aggregate: 'case', id, actor, commandId: idOf('separation', merge) },
          command: { type: 'CorrectEvent', corrects: merge, withdrawn: true, reason },
        });
        if (isRefusal(done)) return done;
        reopened.push(id);
      }
    return reopened;
  }

  private async mergedAcross(of: string, into: readonly string[]): Promise<readonly string[]> {
    const { reads } = this.stores;
    const across: string[] = [];
    for await (const page of allPages(reads, 'cases', { filter: { customer: of, status: 'merged' } }))
      for (const { id, mergedInto } of page) {
        const target = await reads.get('cases', String(mergedInto));
        if (into.includes(String(target?.document['customer']))) across.push(id);
      }
    return across;
  }

  /** The event that merged a case, unless it was withdrawn. */
  private async mergeOf(id: string): Promise<string | undefined> {
    const { events } = await this.stores.events.readStream(streamOf('case', id));
    return asCorrected(events).findLast(({ type }) => type === 'CaseMerged')?.id;
  }
}

const othersOf = (customer: string, all: ReadonlySet<string>): readonly string[] =>
  [...all].filter((other) => other !== customer);
