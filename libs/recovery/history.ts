import type { EventOf } from '../event-sourcing/declared-event.js';
import type { Recorded, ToAppend } from '../event-sourcing/event.js';
import { CASE_EVENTS } from './case/case.js';
import { CLOCK_EVENTS } from './clocks/clock-events.js';
import { OperationalFailureReported } from './failure/failure.js';
import { IMPROVEMENT_EVENTS } from './improvement/improvement.js';
import { INTAKE_EVENTS } from './intake/intake-events.js';
import { AccessRecorded, CUSTOMER_EVENTS, HistoryRestored } from './privacy/privacy-events.js';
import { RESPONSE_EVENTS } from './response/response-events.js';
import { RULES_EVENTS } from './rules/rules-events.js';
import { TeamChanged } from './team/team.js';
import { VerificationSampled } from './verification/verification.js';

/** Every event that history can hold. Each is declared once, in its subject. */
const EVENTS = [
  ...RESPONSE_EVENTS,
  OperationalFailureReported,
  ...CASE_EVENTS,
  ...CLOCK_EVENTS,
  ...INTAKE_EVENTS,
  ...RULES_EVENTS,
  TeamChanged,
  VerificationSampled,
  ...IMPROVEMENT_EVENTS,
  ...CUSTOMER_EVENTS,
  AccessRecorded,
  HistoryRestored,
] as const;

type DeclaredHere = (typeof EVENTS)[number];
export type RecoveryEvent = EventOf<DeclaredHere>;
export type EventType = RecoveryEvent['type'];
export type RecordedEvent = Recorded<RecoveryEvent>;
export type EventToAppend = ToAppend<RecoveryEvent>;

/** By their names. */
export const DECLARATIONS = Object.fromEntries(EVENTS.map((declared) => [declared.type, declared])) as {
  readonly [D in DeclaredHere as D['type']]: D;
};
