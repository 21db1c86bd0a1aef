import type { Actor } from '../event-sourcing/event.js';
import { idOf } from '../event-sourcing/identity.js';
import { stated } from '../event-sourcing/stated.js';
import type { CaseCommand } from '../recovery/case/case.js';
import type { ContactOutcome } from '../recovery/vocabulary/words.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import type { Complaint } from './complaints.js';
import { DEMO_TEAMS } from './demo-teams.js';
import type { Chance } from './random.js';
import type { SimulatedHistory } from './simulated-history.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SYSTEM: Actor = { id: 'messages', role: 'system' };
const SURVEY: Actor = { id: 'demo-survey', role: 'integrator' };
const APPROVER: Actor = { id: 'ruth.adler', role: 'approver' };
const SUPERVISOR: Actor = { id: 'sam.fischer', role: 'supervisor' };
const teamNamed = (name: string) => DEMO_TEAMS.find(({ team }) => team === name);
const EXPERTS: Readonly<Record<string, ReturnType<typeof teamNamed>>> = {
  invoice: teamNamed('billing'),
  delivery: teamNamed('deliveries'),
};
const ROLES = new Map(DEMO_TEAMS.flatMap(({ members }) => members.map(({ id, role }) => [id, role])));

interface Setting {
  readonly programme: string;
  /** Milliseconds: nothing happens later. */
  readonly end: number;
  readonly complaint: Complaint;
}

/** How one opened case proceeds: mostly well, sometimes late, sometimes not at all. */
export class CaseStory {
  private at = 0;
  private id = '';
  private owner: Actor = SUPERVISOR;

  constructor(
    private readonly history: SimulatedHistory,
    private readonly chance: Chance,
    private readonly books: RuleBooks,
    private readonly setting: Setting,
  ) {}

  play(id: string, owner: string, openedAt: number): void {
    this.id = id;
    this.at = openedAt;
    this.owner = { id: owner, role: ROLES.get(owner) ?? 'agent' };
    this.alert(owner);
    this.handOver();
    const reached = this.contact();
    if (reached) this.resolve();
    else this.act(this.owner, { type: 'GiveUpCase', reason: 'unreachable' }, HOUR);
    this.findCause();
    if (reached) this.act(this.owner, { type: 'SubmitCase', summary: 'Sorry said, put right, cause noted.' }, HOUR);
    this.review(reached);
  }

  private alert(owner: string): void {
    const { chance } = this;
    this.act(
      SYSTEM,
      { type: 'RecordOwnerAlert', owner, channel: 'e-mail' },
      chance.between(1, chance.happens(0.9) ? 14 : 60) * MINUTE,
    );
    this.act(
      SYSTEM,
      { type: 'AcknowledgeCase', channel: 'e-mail', automatic: true },
      chance.between(1, chance.happens(0.85) ? 40 : 240) * MINUTE,
    );
  }

  /** To the team of the subject. */
  private handOver(): void {
    const team = EXPERTS[this.setting.complaint.touchpoint];
    if (team === undefined || !this.chance.happens(0.5)) return;
    const experts = team.members.filter(({ role }) => role === 'agent');
    const expert = experts[Math.floor(this.chance.next() * experts.length)];
    if (expert === undefined) return;
    const reason = `A matter of ${team.name.toLowerCase()}`;
    this.act(
      this.owner,
      { type: 'HandOffCase', toOwner: expert.id, toTeam: team.team, reason },
      this.chance.between(5, 90) * MINUTE,
    );
    this.owner = { id: expert.id, role: expert.role };
  }

  /** True if it reaches the customer. */
  private contact(): boolean {
    const { chance } = this;
    this.at += chance.between(1, chance.happens(0.75) ? 14 : 60) * HOUR;
    for (let tries = 0; tries < 4; tries++) {
      this.at = this.callingTime();
      const outcome: ContactOutcome = chance.one([
        'reached',
        'reached',
        'reached',
        'no-answer',
        'no-answer',
        'voicemail',
        'wrong-number',
      ]);
      this.act(this.owner, { type: 'LogContactAttempt', channel: 'phone', outcome }, 0);
      if (outcome === 'reached') return true;
      this.at += chance.between(5, 22) * HOUR;
    }
    return false;
  }

  private resolve(): void {
    const { chance } = this;
    if (chance.happens(0.12)) {
      this.act(this.owner, { type: 'PauseCase', waitingOn: 'customer', reason: 'Sends us a photograph' }, HOUR);
      this.act(this.owner, { type: 'ResumeCase', reason: 'It came' }, chance.between(4, 40) * HOUR);
    }
    if (chance.happens(0.08))
      this.act(this.owner, { type: 'EscalateCase', to: SUPERVISOR.id, reason: 'The customer asked for it' }, HOUR);
    if (!chance.happens(0.8)) return;
    const offer = idOf('demo-offer', this.id);
    const kind = chance.one(['refund', 'discount', 'replacement', 'goodwill', 'apology']);
    const amount = Math.round(chance.between(500, chance.happens(0.8) ? 4_500 : 18_000));
    const value = kind === 'apology' || kind === 'replacement' ? {} : { value: { amount, currency: 'EUR' } };
    this.act(this.owner, { type: 'OfferResolution', offer, kind, ...value }, chance.between(0.1, 3) * HOUR);
    if ('value' in value && amount > 5_000)
      this.act(SUPERVISOR, { type: 'AuthoriseOffer', offer }, chance.between(0.5, 20) * HOUR);
    const answer = chance.happens(0.82) ? 'accepted' : chance.happens(0.6) ? 'declined' : 'no-answer';
    this.act(this.owner, { type: 'AnswerOffer', offer, answer }, chance.between(0.1, 24) * HOUR);
  }

  private findCause(): void {
    const { cause, action } = this.setting.complaint;
    this.act(this.owner, stated({ type: 'IdentifyRootCause', cause, action }), HOUR / 2);
  }

  private review(reached: boolean): void {
    const { chance } = this;
    this.at += chance.between(1, chance.happens(0.8) ? 20 : 80) * HOUR;
    if (reached && chance.happens(0.1)) {
      this.act(APPROVER, { type: 'ReturnCase', reason: 'What was refunded is missing' }, 0);
      this.act(this.owner, { type: 'SubmitCase', summary: 'Amount added.' }, chance.between(1, 10) * HOUR);
      this.at += chance.between(1, 20) * HOUR;
    }
    this.act(APPROVER, { type: 'ApproveCase' }, 0);
    this.act(this.owner, { type: 'InformCustomer', channel: 'e-mail' }, chance.between(0.1, 5) * HOUR);
    if (!reached) return;
    const survey = idOf('demo-re-survey', this.id);
    this.act(SURVEY, { type: 'SendReSurvey', survey, channel: 'e-mail' }, 49 * HOUR);
    if (!chance.happens(0.6)) return;
    const score = Math.floor(chance.happens(0.75) ? chance.between(7, 11) : chance.between(0, 7));
    this.act(
      SURVEY,
      { type: 'AnswerReSurvey', survey, answers: [{ metric: 'nps', score }] },
      chance.between(1, 60) * HOUR,
    );
  }

  private callingTime(): number {
    const rules = this.books.at(this.setting.programme, new Date(this.at).toISOString());
    const calling = rules?.calendars.get(rules.ruleSet.contact?.hours ?? '');
    return calling === undefined ? this.at : calling.nextWorking(this.at);
  }

  private act(actor: Actor, command: CaseCommand, afterMs: number): void {
    this.at += afterMs;
    if (this.at > this.setting.end) return;
    this.history.act({ aggregate: 'case', id: this.id, command, actor, at: new Date(this.at).toISOString() });
  }
}
