import { refuse, type Refusal } from '../event-sourcing/decider.js';
import type { EventStore } from '../event-store/event-store.js';
import { streamOf } from '../recovery/aggregates.js';
import { evolveCase } from '../recovery/case/case.js';
import { caseAsRead } from '../recovery/case/case-reading.js';
import type { OpenedCase } from '../recovery/case/case-state.js';
import type { RecordedEvent } from '../recovery/history.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import type { Letter } from './channel.js';
import { deliveryOf, type Row } from './row.js';
import { Templates } from './template.js';
import { OWN_TEXTS } from './texts.js';

export interface ComposerOptions {
  readonly events: Pick<EventStore, 'readStream'>;
  rules(this: void): RuleBooks;
  now(this: void): string;
}

type Opening = Extract<RecordedEvent, { type: 'CaseOpened' }>['data'];

/** What a message is about, as it is when it is sent. */
interface About {
  readonly opening: Opening;
  readonly state: OpenedCase;
  /** Whose events the case has. */
  readonly commands: ReadonlySet<string>;
}

/** Writes messages at the moment of sending, from the case as it is then. */
export class Composer {
  private readonly templates = new Templates();

  constructor(private readonly options: ComposerOptions) {}

  async letter(row: Row): Promise<Letter | Refusal | 'recorded'> {
    const about = await this.caseOf(row);
    if (about === undefined) return refuse('case-not-found', 'History holds no such case.', 'Leave it.');
    // Cut off between its record in history and its row.
    if (row.resentAt === undefined && about.commands.has(deliveryOf(row))) return 'recorded';
    const no = outdated(row, about);
    if (no) return no;
    const { id, message, event, programme } = row;
    const { now, rules } = this.options;
    const template = rules().at(programme, now())?.ruleSet.messages?.[message] ?? OWN_TEXTS[message];
    const variables = variablesOf(about);
    const { subject, text } = this.templates.render(template, variables);
    return { id, message, occurredAt: event.occurredAt, subject, text, fields: { ...fieldsOf(about), subject, text } };
  }

  private async caseOf({ case: id }: Row): Promise<About | undefined> {
    const { events } = await this.options.events.readStream(streamOf('case', id));
    const read = caseAsRead(events as readonly RecordedEvent[]);
    const opening = read.find((event): event is Extract<RecordedEvent, { type: 'CaseOpened' }> => {
      return event.type === 'CaseOpened';
    })?.data;
    const state = read.reduce<OpenedCase | undefined>(evolveCase, undefined);
    return opening && state && { opening, state, commands: new Set(read.map(({ commandId }) => commandId)) };
  }
}

/** Why what the row tells of is no longer so. */
function outdated(
  { person, resentAt }: Row,
  { state: { facts, alertedOwner, mergedInto } }: About,
): Refusal | undefined {
  if (mergedInto !== undefined)
    return refuse('case-merged', `The case was merged into ${mergedInto}.`, 'Its owner is told there.');
  if (facts.owner !== person)
    return refuse('owner-changed', `The case is ${facts.owner}'s by now.`, 'They are told instead.');
  if (alertedOwner === person && resentAt === undefined)
    return refuse('alerted-already', `${person} was alerted already.`, 'Leave it.');
  return undefined;
}

const fieldsOf = ({ opening, state: { facts } }: About) => ({
  case: opening.case,
  reference: opening.reference ?? opening.case,
  kind: facts.kind,
  status: facts.status,
  priority: facts.priority,
  owner: facts.owner,
  team: facts.team,
  touchpoint: facts.touchpoint,
  product: facts.product,
  order: opening.order ?? null,
  language: facts.language,
});

/** What is unknown is empty, so that a template can ask for it. */
const variablesOf = (about: About) =>
  Object.fromEntries(Object.entries(fieldsOf(about)).map(([name, value]) => [name, value ?? '']));
