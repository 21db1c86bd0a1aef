import { refuse, type Refusal } from '../event-sourcing/decider.js';
import type { EventStore } from '../event-store/event-store.js';
import { streamOf } from '../recovery/aggregates.js';
import type { RecordedEvent } from '../recovery/history.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import type { MessageRule } from '../recovery/rules/rule-set.js';
import type { ContactData } from '../vault/contact-data.js';
import type { PersonalData } from '../vault/personal-data.js';
import { caseNow, type CaseNow } from './case-now.js';
import type { Letter } from './channel.js';
import { isToCustomer, type Destination } from './destination.js';
import { deliveryOf, type Row } from './row.js';
import { Templates, type Template } from './template.js';
import { OWN_TEXTS } from './texts.js';
import { whyNot } from './why-not.js';
import { isForCustomer } from './words.js';

export interface ComposerOptions {
  readonly events: Pick<EventStore, 'readStream'>;
  readonly personal: Pick<PersonalData, 'contactOf' | 'isForgotten'>;
  rules(this: void): RuleBooks;
  now(this: void): string;
  /** The ids of the messages about a case that the destination got before. */
  sentBefore(this: void, row: Row): Promise<readonly string[]>;
}

type Received = Extract<RecordedEvent, { type: 'ResponseReceived' }>;
type Opening = Extract<RecordedEvent, { type: 'CaseOpened' }>;

/** Writes messages at the moment of sending, from the case as it is then. Only then a person's name and address are opened. */
export class Composer {
  private readonly templates = new Templates();

  constructor(private readonly options: ComposerOptions) {}

  /** `recorded`: history says that it was delivered. */
  async letter(row: Row, destination: Destination): Promise<Letter | Refusal | 'recorded'> {
    const { events, now, personal, rules, sentBefore } = this.options;
    const of = await caseNow(events, row.case);
    if (of === undefined) return refuse('case-not-found', 'History holds no such case.', 'Leave it.');
    // Cut off between its record in history and its row.
    if (row.resentAt === undefined && of.events.some(({ commandId }) => commandId === deliveryOf(row)))
      return 'recorded';
    const customer = isForCustomer(row.message) ? await this.customerOf(of) : undefined;
    const no = whyNot(row, of.state, customer);
    if (no) return no;
    const contact = customer && (await personal.contactOf(of.state.customer));
    const address = contact?.['email'];
    if (isToCustomer(destination) && address === undefined)
      return refuse('no-address', 'No e-mail address of the customer is known.', 'Record one, then send it again.');
    const fields = fieldsOf(row, of);
    const template = templateOf(
      rules().at(row.programme, now())?.ruleSet.messages?.[row.message] ?? OWN_TEXTS[row.message],
      contact?.['language'] ?? of.state.facts.language,
    );
    const { subject, text } = this.templates.render(template, variablesOf(fields, contact));
    const { id, message, event } = row;
    return {
      ...{ id, message, occurredAt: event.occurredAt, subject, text, fields: { ...fields, subject, text } },
      ...(isToCustomer(destination) && { to: address }),
      thread: { case: row.case, before: await sentBefore(row) },
    };
  }

  private async customerOf({ state, events }: CaseNow) {
    const { response } = openingIn(events)?.data ?? {};
    const told =
      response === undefined ? [] : (await this.options.events.readStream(streamOf('response', response))).events;
    const received = (told as readonly RecordedEvent[]).find((one): one is Received => one.type === 'ResponseReceived');
    const isForgotten = await this.options.personal.isForgotten(state.customer);
    return { isForgotten, contactMe: received?.data.contactMe };
  }
}

const openingIn = (events: readonly RecordedEvent[]): Opening | undefined =>
  events.find((event): event is Opening => event.type === 'CaseOpened');

/** In the customer's language, else in the one that the template is written in. */
function templateOf({ languages = {}, ...template }: MessageRule, language: string | null | undefined): Template {
  const tag = language?.toLowerCase() ?? '';
  const byTag = new Map(Object.entries(languages).map(([name, one]) => [name.toLowerCase(), one]));
  return byTag.get(tag) ?? byTag.get(tag.split('-')[0] ?? '') ?? template;
}

/** For programs: none of them is personal. */
const fieldsOf = ({ about, person }: Row, { state: { case: id, facts }, events }: CaseNow) => {
  const opening = openingIn(events)?.data;
  return {
    case: id,
    reference: opening?.reference ?? id,
    kind: facts.kind,
    status: facts.status,
    priority: facts.priority,
    owner: facts.owner,
    team: facts.team,
    touchpoint: facts.touchpoint,
    product: facts.product,
    order: opening?.order ?? null,
    language: facts.language,
    person: person ?? null,
    target: about?.target ?? null,
    dueAt: about?.dueAt ?? null,
  };
};

/** What is unknown is empty, so that a template can ask for it. */
const variablesOf = (fields: ReturnType<typeof fieldsOf>, contact: ContactData | undefined) => ({
  ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value ?? ''])),
  name: contact?.['name'] ?? '',
});
