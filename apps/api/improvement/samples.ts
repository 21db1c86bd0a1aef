import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import { Commands } from '../../../libs/commands/commands.js';
import { RulesInForce } from '../../../libs/commands/rules-in-force.js';
import { isRefusal } from '../../../libs/event-sourcing/decider.js';
import { notFound } from '../../../libs/platform/problem/problem.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { STORES } from '../../../libs/platform/stores/stores.module.js';
import { message } from '../../../libs/platform/validation/schema.js';
import type { VerificationEvent } from '../../../libs/recovery/verification/verification.js';
import { Optional, Text } from '../../../libs/recovery/vocabulary/fields.js';
import { drawSample, periodOf } from '../../../libs/verification/draw-sample.js';
import { sampleReport, type SampleReport } from '../../../libs/verification/sample-report.js';
import { answerWritten, problemOfRefusal, sentBy, type Sent } from '../http/request-headers.js';

export const DrawSample = message(
  {
    /** Optional if the store has one programme. */
    programme: Optional(Text(100)),
    /** Cases approved in this month (UTC), such as 2031-05; it must be over. */
    month: Text(7),
  },
  { programme: 'service-recovery', month: '2031-05' },
);
export type DrawSample = Static<typeof DrawSample>;

/** Samples of approved cases, which people call back. */
@Injectable()
export class Samples {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly commands: Commands,
    private readonly rules: RulesInForce,
  ) {}

  /** @throws Problem for a refusal */
  async draw(wanted: DrawSample, sent: Sent, reply: FastifyReply): Promise<object> {
    const { commands, rules } = this;
    const { actor, commandId } = sentBy(sent);
    const drawn = await drawSample({ reads: this.stores.reads, commands, rules }, wanted, { actor, commandId });
    if (isRefusal(drawn)) throw problemOfRefusal(drawn);
    const { period, done } = drawn;
    const events = done.events as readonly { readonly data: VerificationEvent['data'] }[];
    return {
      ...answerWritten(reply, period, done),
      drawn: events.flatMap(({ data }) => data.drawn),
      of: events.reduce((sum, { data }) => sum + data.cases.length, 0),
    };
  }

  /** @throws Problem where none was drawn */
  async report(asked: DrawSample): Promise<SampleReport> {
    const named = periodOf(asked, this.rules);
    if (isRefusal(named)) throw problemOfRefusal(named);
    const report = await sampleReport(this.stores, named.period);
    if (report !== undefined) return report;
    throw notFound(`A sample of ${named.period}`, 'POST /v1/verification-samples draws it once the month is over.');
  }
}
