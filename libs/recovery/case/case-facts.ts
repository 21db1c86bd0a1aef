import type { FieldType } from '../../event-sourcing/projection.js';
import type { CaseStatus } from '../vocabulary/words.js';

/** What of a case the conditions of rules may speak of: plain, current, never personal. */
export interface CaseFacts {
  readonly status: CaseStatus;
  readonly kind: string;
  readonly priority: string;
  readonly team: string | null;
  readonly owner: string | null;
  readonly touchpoint: string | null;
  readonly product: string | null;
  readonly language: string | null;
  readonly tags: readonly string[];
  readonly waitingOn: string | null;
  readonly cycle: number;
  readonly alerted: boolean;
  readonly acknowledged: boolean;
  /** Any attempt was made in this cycle. */
  readonly attempted: boolean;
  /** The customer was reached in this cycle. */
  readonly contacted: boolean;
  readonly offered: boolean;
  /** The last answer to an offer. */
  readonly offerAnswer: string | null;
  readonly escalated: boolean;
  /** Identified, or confirmed, in this cycle. */
  readonly rootCause: boolean;
  /** Submitted for approval or given up, in this cycle. */
  readonly resolved: boolean;
  /** Approved in this cycle. */
  readonly approved: boolean;
  readonly informed: boolean;
  /** Messages of the customer since our last answer, in whatever cycle. */
  readonly unanswered: number;
}

export const CASE_FACT_FIELDS: Readonly<Record<keyof CaseFacts, FieldType>> = {
  status: 'string',
  kind: 'string',
  priority: 'string',
  team: 'string',
  owner: 'string',
  touchpoint: 'string',
  product: 'string',
  language: 'string',
  tags: 'strings',
  waitingOn: 'string',
  cycle: 'integer',
  alerted: 'boolean',
  acknowledged: 'boolean',
  attempted: 'boolean',
  contacted: 'boolean',
  offered: 'boolean',
  offerAnswer: 'string',
  escalated: 'boolean',
  rootCause: 'boolean',
  resolved: 'boolean',
  approved: 'boolean',
  informed: 'boolean',
  unanswered: 'integer',
};

/** The facts of a cycle that has just begun. A message that nobody answered waits on. */
export const NEW_CYCLE = {
  status: 'open',
  waitingOn: null,
  alerted: false,
  acknowledged: false,
  attempted: false,
  contacted: false,
  offered: false,
  offerAnswer: null,
  escalated: false,
  rootCause: false,
  resolved: false,
  approved: false,
  informed: false,
} as const satisfies Partial<CaseFacts>;
