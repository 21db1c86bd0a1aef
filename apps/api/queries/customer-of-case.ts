import { Inject, Injectable } from '@nestjs/common';
import { Commands } from '../../../libs/commands/commands.js';
import type { Filter } from '../../../libs/filter/filter.js';
import { ROLES_THAT_READ_PERSONAL } from '../../../libs/platform/auth/roles.js';
import { mayReadPersonal } from '../http/own-team.js';
import { forbidden } from '../http/problems.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { STORES } from '../../../libs/platform/stores/stores.module.js';
import { isId } from '../../../libs/platform/validation/formats.js';
import { streamOf } from '../../../libs/recovery/aggregates.js';
import type { RecordedEvent } from '../../../libs/recovery/history.js';
import type { ReceivedResponse } from '../../../libs/recovery/response/response-events.js';
import type { ContactData } from '../../../libs/vault/contact-data.js';
import type { CustomerReference } from '../../../libs/vault/customer-references.js';
import { AccessLog, type HeldByVault } from './access-log.js';
import { Documents, type Asked } from './documents.js';
import { askedOf, conditionsOf } from './url-query.js';

type Fields = Readonly<Record<string, unknown>>;

/** Who somebody is. */
interface Person {
  /** Their ids in other systems. */
  readonly references: readonly CustomerReference[];
  readonly contact: ContactData | null;
}

/** What the customer of a case said, and who they are. */
export interface CustomerOfCase extends Person {
  /** Null for a case that no response opened. */
  readonly feedback:
    | (Pick<ReceivedResponse, 'source' | 'externalId' | 'kind' | 'answers' | 'contactMe' | 'tags'> & {
        readonly occurredAt: string;
        /** Sealed until it is shown. */
        readonly comment: unknown;
      })
    | null;
  /** The same person under other ids of ours, as an operator says. */
  readonly joined: readonly (Person & { readonly customer: string })[];
}

/** Shows the customer to whoever works on their case, and records who saw them. */
@Injectable()
export class CustomersOfCases {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly documents: Documents,
    private readonly access: AccessLog,
    private readonly commands: Commands,
  ) {}

  /** The case, with its customer for those who may know. */
  async show(document: Fields, asked: Asked): Promise<Fields> {
    if (!mayReadPersonal(asked.caller, document)) return this.documents.show(document, asked);
    const id = String(document['customer']);
    const customer = await this.customerOf(id, document['response']);
    const held = [{ ...customer, customer: id }, ...customer.joined].map(heldIn);
    return this.documents.show({ ...document, ...customer }, asked, held);
  }

  /**
   * The conditions of a listing on the customer's id in a source, or their e-mail address, as conditions on our ids. A key that
   * names a team finds the cases of that team, and the caller's own.
   * @throws Problem 403 for those who may not know customers
   */
  async resolved(filter: Filter, { caller, route }: Asked): Promise<Filter> {
    const email = askedOf(filter, 'email');
    const asked = askedOf(filter, 'customer') ?? [];
    const named = asked.filter((value) => typeof value === 'string' && !isId(value));
    if (email === undefined && named.length === 0) return filter;
    if (!ROLES_THAT_READ_PERSONAL.has(caller.role))
      throw forbidden(
        'customer-not-shown',
        `The role ${caller.role} finds customers by our own ids only.`,
        `Send that id, or ask as ${[...ROLES_THAT_READ_PERSONAL].join(', ')}.`,
      );
    const { personal } = this.stores;
    await this.access.recordFields(caller, { route, fields: email === undefined ? ['references'] : ['contact.email'] });
    const byEmail = await Promise.all((email ?? []).map((one) => personal.find({ email: String(one) })));
    const byId = await Promise.all(named.map((id) => personal.find({ id: String(id) })));
    const ours = asked.filter((value) => !named.includes(value));
    const [ofEmail, ofId] = [await this.withJoined(byEmail.flat()), await this.withJoined(byId.flat())];
    const found = (condition: Filter): Filter => {
      if ('email' in condition) return { customer: { $in: ofEmail } };
      return 'customer' in condition ? { customer: { $in: [...ours, ...ofId] } } : condition;
    };
    const { team, name } = caller;
    const own: readonly Filter[] = team === undefined ? [] : [{ $or: [{ team }, { owner: name }] }];
    return { $and: [...conditionsOf(filter).map(found), ...own] };
  }

  private async customerOf(id: string, response: unknown): Promise<CustomerOfCase> {
    const [, ...others] = await this.commands.allWhoAre(id);
    return {
      feedback: typeof response === 'string' ? await this.feedbackOf(response) : null,
      ...(await this.personOf(id)),
      joined: await Promise.all(others.map(async (customer) => ({ customer, ...(await this.personOf(customer)) }))),
    };
  }

  private async personOf(customer: string): Promise<Person> {
    const { personal } = this.stores;
    return {
      references: await personal.referencesOf(customer),
      contact: (await personal.contactOf(customer)) ?? null,
    };
  }

  /** Who asks for a person means all that is theirs. */
  private async withJoined(customers: readonly string[]): Promise<readonly string[]> {
    const all = await Promise.all(customers.map((customer) => this.commands.allWhoAre(customer)));
    return [...new Set(all.flat())];
  }

  private async feedbackOf(response: string): Promise<CustomerOfCase['feedback']> {
    const { events } = await this.stores.events.readStream(streamOf('response', response), { limit: 1 });
    const received = (events as readonly RecordedEvent[]).find((event) => event.type === 'ResponseReceived');
    if (received?.type !== 'ResponseReceived') return null;
    const { source, externalId, kind, answers, contactMe, tags, comment } = received.data;
    const { occurredAt } = received;
    return { source, externalId, occurredAt, kind, answers, contactMe, tags, comment: comment ?? null };
  }
}

/** What the vault holds of somebody, as the access log names it. */
const heldIn = ({ customer, references, contact }: Person & { readonly customer: string }): HeldByVault => ({
  customer,
  fields: [
    ...(references.length > 0 ? ['references'] : []),
    ...Object.keys(contact ?? {}).map((name) => `contact.${name}`),
  ],
});
