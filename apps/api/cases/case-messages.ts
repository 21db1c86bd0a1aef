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

export class Answer {
  @OneOf(['nps', 'csat', 'ces', 'stars']) metric!: string;
  @Whole(0, 10) score!: number;
}

export class AssignCase extends Happened {
  @Text() owner!: string;
  @Optional() @Text() team?: string;
  @Optional() @Text(2_000) reason?: string;
}

export class RecordOwnerAlert extends Happened {
  @Text() owner!: string;
  @Text() channel!: string;
}

export class AcknowledgeCase extends Happened {
  @OneOf(CHANNELS) channel!: string;
  @Optional() @Flag() automatic?: boolean;
}

export class LogContactAttempt extends Happened {
  @OneOf(CHANNELS) channel!: string;
  @OneOf(OUTCOMES) outcome!: string;
  @Optional() @Text(20_000) note?: string;
}

export class TellCustomer extends Happened {
  @OneOf(CHANNELS) channel!: string;
  @Optional() @Text(20_000) message?: string;
}

export class OfferResolution extends Happened {
  @Optional() @Text() offer?: string;
  @Text() kind!: string;
  @Optional() @Part(() => Money) value?: Money;
  @Optional() @Text(20_000) description?: string;
}

export class AnswerOffer extends Happened {
  @OneOf(['accepted', 'declined', 'no-answer']) answer!: string;
}

export class PauseCase extends Happened {
  @OneOf(['customer', 'third-party', 'internal']) waitingOn!: string;
  @Optional() @Text(2_000) reason?: string;
  @Optional() @Instant() until?: string;
}

export class MayGiveReason extends Happened {
  @Optional() @Text(2_000) reason?: string;
}

export class MustGiveReason extends Happened {
  @Text(2_000) reason!: string;
}

export class HandOffCase extends MustGiveReason {
  @Text() toOwner!: string;
  @Optional() @Text() toTeam?: string;
}

export class EscalateCase extends MustGiveReason {
  @Text() to!: string;
  @Optional() @Text() target?: string;
}

export class IdentifyRootCause extends Happened {
  /** From the coarsest level to the finest. */
  @Texts(10, 200, 1) cause!: string[];
  @Optional() @Text(2_000) action?: string;
}

export class SubmitCase extends Happened {
  @Optional() @Text(20_000) summary?: string;
}

export class MayAddNote extends Happened {
  @Optional() @Text(20_000) note?: string;
}

export class GiveUpCase extends MayAddNote {
  @OneOf(['unreachable', 'contact-refused']) reason!: string;
}

export class ChangePriority extends MayGiveReason {
  @Text() priority!: string;
}

export class MergeCase extends MayGiveReason {
  /** The case that it is a duplicate of. */
  @Id() into!: string;
}

export class AddNote extends Happened {
  @Text(20_000) note!: string;
}

export class RecordSale extends Happened {
  @Optional() @Part(() => Money) value?: Money;
  @Optional() @Text(20_000) description?: string;
}

export class RecordCallback extends MayAddNote {
  @OneOf(OUTCOMES) outcome!: string;
  @Optional() @Flag() satisfied?: boolean;
}

export class SendReSurvey extends Happened {
  @Optional() @Text() survey?: string;
  @OneOf(CHANNELS) channel!: string;
}

export class AnswerReSurvey extends Happened {
  @Text() survey!: string;
  @Parts(() => Answer, 10, 1) answers!: Answer[];
  @Optional() @Text(20_000) comment?: string;
}

export class CorrectEvent extends MustGiveReason {
  /** The id of the event that is wrong. */
  @Id() corrects!: string;
  /** It did not happen at all. */
  @Optional() @Flag() withdrawn?: boolean;
  /** Fields of its data with their right values. */
  @Optional() @Anything() set?: Record<string, unknown>;
}

export class Nothing extends Happened {}
