import { Example } from '../../../libs/platform/validation/example.js';
import {
  Anything,
  Flag,
  Id,
  Instant,
  OneOf,
  Optional,
  Part,
  Parts,
  Text,
  Texts,
  Whole,
} from '../../../libs/platform/validation/fields.js';
import { Answer } from '../../../libs/responses/receive-response.js';

const CHANNELS = ['phone', 'e-mail', 'chat', 'sms', 'letter', 'social', 'in-person', 'other'] as const;
const OUTCOMES = ['reached', 'no-answer', 'voicemail', 'wrong-number', 'bounced', 'refused'] as const;

/** When it happened, where that was not just now: every command of a case may say so. */
class Happened {
  @Optional() @Instant() occurredAt?: string;
}

export class Money {
  /** Minor units, such as cents. */
  @Whole(0, 1_000_000_000_000) amount!: number;
  @Text(3) currency!: string;
}

@Example({ owner: 'ana.lopes', reason: 'Speaks Portuguese' })
export class AssignCase extends Happened {
  @Text() owner!: string;
  @Optional() @Text() team?: string;
  @Optional() @Text(2_000) reason?: string;
}

@Example({ owner: 'ana.lopes', channel: 'e-mail' })
export class RecordOwnerAlert extends Happened {
  @Text() owner!: string;
  @Text() channel!: string;
}

@Example({ channel: 'e-mail', automatic: true })
export class AcknowledgeCase extends Happened {
  @OneOf(CHANNELS) channel!: string;
  @Optional() @Flag() automatic?: boolean;
}

@Example({ channel: 'phone', outcome: 'reached', note: 'Wants the second charge back' })
export class LogContactAttempt extends Happened {
  @OneOf(CHANNELS) channel!: string;
  @OneOf(OUTCOMES) outcome!: string;
  @Optional() @Text(20_000) note?: string;
}

@Example({ channel: 'e-mail', message: 'The refund is on its way.' })
export class TellCustomer extends Happened {
  @OneOf(CHANNELS) channel!: string;
  @Optional() @Text(20_000) message?: string;
}

@Example({ offer: 'refund-1', kind: 'refund', value: { amount: 4900, currency: 'EUR' } })
export class OfferResolution extends Happened {
  @Optional() @Text() offer?: string;
  @Text() kind!: string;
  @Optional() @Part(() => Money) value?: Money;
  @Optional() @Text(20_000) description?: string;
}

@Example({ answer: 'accepted' })
export class AnswerOffer extends Happened {
  @OneOf(['accepted', 'declined', 'no-answer']) answer!: string;
}

@Example({ waitingOn: 'customer', reason: 'Sends us a photograph' })
export class PauseCase extends Happened {
  @OneOf(['customer', 'third-party', 'internal']) waitingOn!: string;
  @Optional() @Text(2_000) reason?: string;
  @Optional() @Instant() until?: string;
}

@Example({ reason: 'The photograph came' })
export class MayGiveReason extends Happened {
  @Optional() @Text(2_000) reason?: string;
}

@Example({ reason: 'What was refunded is missing' })
export class MustGiveReason extends Happened {
  @Text(2_000) reason!: string;
}

@Example({ toOwner: 'emil.novak', toTeam: 'billing', reason: 'A matter of billing' })
export class HandOffCase extends MustGiveReason {
  @Text() toOwner!: string;
  @Optional() @Text() toTeam?: string;
}

@Example({ to: 'sam.fischer', reason: 'The customer asked for it' })
export class EscalateCase extends MustGiveReason {
  @Text() to!: string;
  @Optional() @Text() target?: string;
}

@Example({ cause: ['process', 'billing', 'double-charge'], action: 'Second charge refunded' })
export class IdentifyRootCause extends Happened {
  /** From the coarsest level to the finest. */
  @Texts(10, 200, 1) cause!: string[];
  @Optional() @Text(2_000) action?: string;
}

@Example({ summary: 'Charged twice; refunded, and billing told.' })
export class SubmitCase extends Happened {
  @Optional() @Text(20_000) summary?: string;
}

@Example({ note: 'Well done' })
export class MayAddNote extends Happened {
  @Optional() @Text(20_000) note?: string;
}

@Example({ reason: 'unreachable', note: 'Three tries, two channels' })
export class GiveUpCase extends MayAddNote {
  @OneOf(['unreachable', 'contact-refused']) reason!: string;
}

@Example({ priority: 'high', reason: 'A wedding on Saturday' })
export class ChangePriority extends MayGiveReason {
  @Text() priority!: string;
}

@Example({ into: '5b0d1c9e-0c1e-5d5e-9c7a-3d1f6a2b4c8d', reason: 'Sent twice' })
export class MergeCase extends MayGiveReason {
  /** The case that it is a duplicate of. */
  @Id() into!: string;
}

@Example({ note: 'Prefers calls in the morning' })
export class AddNote extends Happened {
  @Text(20_000) note!: string;
}

@Example({ value: { amount: 12900, currency: 'EUR' }, description: 'A larger plan' })
export class RecordSale extends Happened {
  @Optional() @Part(() => Money) value?: Money;
  @Optional() @Text(20_000) description?: string;
}

@Example({ outcome: 'reached', satisfied: true })
export class RecordCallback extends MayAddNote {
  @OneOf(OUTCOMES) outcome!: string;
  @Optional() @Flag() satisfied?: boolean;
}

@Example({ survey: 's-1', channel: 'e-mail' })
export class SendReSurvey extends Happened {
  @Optional() @Text() survey?: string;
  @OneOf(CHANNELS) channel!: string;
}

@Example({ survey: 's-1', answers: [{ metric: 'nps', score: 9 }], comment: 'Thank you, Ana' })
export class AnswerReSurvey extends Happened {
  @Text() survey!: string;
  @Parts(() => Answer, 10, 1) answers!: Answer[];
  @Optional() @Text(20_000) comment?: string;
}

@Example({ corrects: '5b0d1c9e-0c1e-5d5e-9c7a-3d1f6a2b4c8d', set: { outcome: 'voicemail' }, reason: 'Nobody answered' })
export class CorrectEvent extends MustGiveReason {
  /** The id of the event that is wrong. */
  @Id() corrects!: string;
  /** It did not happen at all. */
  @Optional() @Flag() withdrawn?: boolean;
  /** Fields of its data with their right values. */
  @Optional() @Anything() set?: Record<string, unknown>;
}

@Example({})
export class Nothing extends Happened {}
