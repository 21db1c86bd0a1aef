import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import { Commands } from '../../../libs/commands/commands.js';
import { RulesInForce } from '../../../libs/commands/rules-in-force.js';
import { isRefusal } from '../../../libs/event-sourcing/decider.js';
import { invalid } from '../../../libs/platform/problem/problem.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { STORES } from '../../../libs/platform/stores/stores.module.js';
import { message } from '../../../libs/platform/validation/schema.js';
import { allPages } from '../../../libs/read-store/all-pages.js';
import type { CaseDocument } from '../../../libs/read-models/cases.js';
import type { VerificationEvent } from '../../../libs/recovery/verification/verification.js';
import { Optional, Text } from '../../../libs/recovery/vocabulary/fields.js';
import { answerWritten, type Sent } from '../http/request-headers.js';
import { conflict } from '../http/problems.js';

export const DrawSample = message(
  {
    programme: Optional(Text(100)),
    /** Cases approved in this month (UTC), such as 2031-05; it must be over. */
    month: Text(7),
  },
  { programme: 'service-recovery', month: '2031-05' },
);
export type DrawSample = Static<typeof DrawSample>;

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

/** The instant at which a month is over, UTC. */
function endOf(month: string): string {
  const end = new Date(`${month}-01T00:00:00.000Z`);
  end.setUTCMonth(end.getUTCMonth() + 1);
  return end.toISOString();
}

/** Draws which approved cases are verified. */
@Injectable()
export class Samples {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly commands: Commands,
    private readonly rules: RulesInForce,
  ) {}

  async draw({ programme: named, month }: DrawSample, sent: Sent, reply: FastifyReply): Promise<object> {
    if (!MONTH.test(month))
      throw invalid([{ field: 'month', message: `must be a month such as 2031-05, not "${month}"` }]);
    const programme = named ?? this.rules.onlyProgramme();
    if (programme === undefined)
      throw invalid([{ field: 'programme', message: 'must be named: there are several, or none' }]);
    const { verification } = this.rules.books().at(programme, `${month}-01T00:00:00.000Z`)?.ruleSet ?? {};
    const { seed, sampleRate, strata } = verification ?? {};
    if (seed === undefined || sampleRate === undefined)
      throw conflict(
        'sampling-not-in-rules',
        `The rules of ${programme} name no seed and rate to draw by.`,
        'Draft rules with verification.seed and sampleRate, and put them in force.',
      );
    const period = `${programme}-${month}`;
    const cases = await this.approvedIn(programme, month, strata);
    const done = await this.commands.execute({
      aggregate: 'verification',
      id: period,
      programme,
      actor: { id: sent.caller.name, role: sent.caller.role },
      commandId: sent.commandId,
      // The month makes each drawing different, though the rules publish one seed for all.
      command: { type: 'DrawSample', period, until: endOf(month), seed: `${seed}/${month}`, rate: sampleRate, cases },
    });
    const written = answerWritten(reply, period, done);
    const events = isRefusal(done) ? [] : (done.events as readonly { type: string; data: VerificationEvent['data'] }[]);
    return { ...written, drawn: events.flatMap(({ data }) => data.drawn), of: cases.length };
  }

  /** The cases whose last approval was in the month. */
  private async approvedIn(programme: string, month: string, strata: 'owner' | 'team' | undefined) {
    const found: { case: string; stratum?: string }[] = [];
    const filter = { programme, status: 'approved', lastEventAt: { $gte: `${month}-01T00:00:00.000Z` } };
    for await (const page of allPages(this.stores.reads, 'cases', { filter }))
      // The cases read model stores the documents that it declares.
      for (const one of page as unknown as readonly CaseDocument[]) {
        const approval = one.steps.findLast(({ step }) => step === 'approved');
        const stratum = strata === undefined ? undefined : one[strata];
        if (approval?.at.startsWith(month) === true)
          found.push({ case: one.case, ...(typeof stratum === 'string' ? { stratum } : {}) });
      }
    return found;
  }
}
