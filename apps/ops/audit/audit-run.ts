import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { auditCase, type CaseAudit } from '../../../libs/rehearsal/audit-case.js';
import { Failure } from '../failure.js';
import { viewOf, type ViewOptions } from '../view.js';

export interface AuditRequest extends ViewOptions {
  /** The case's id or its source's number. */
  readonly name: string;
  readonly at: string;
  /** Include the fields that each event changed. */
  readonly steps?: boolean;
}

/** @throws Failure if there is no such case, or nobody knew of it yet */
export async function runAudit(
  stores: Stores,
  { name, at, steps = false, ...viewOptions }: AuditRequest,
): Promise<CaseAudit> {
  const { events, reads, personal } = stores;
  const request = { case: await findCase(stores, name), at, view: await viewOf(stores, viewOptions), steps };
  const audit = await auditCase({ events, reads, withhold: (value) => personal.withhold(value) }, request);
  if (audit) return audit;
  throw new Failure(`Nobody knew of case ${name} at ${viewOptions.knownAt}. Name a later time.`);
}

async function findCase({ events, reads }: Stores, name: string): Promise<string> {
  const { revision } = await events.readStream(`case-${name}`, { limit: 1 });
  if (revision > 0) return name;
  if (await reads.live()) {
    const { documents } = await reads.find('cases', { filter: { reference: name }, limit: 2 });
    const [one, other] = documents;
    if (one && !other) return one.id;
    if (one)
      throw new Failure(
        `Several cases have the number ${name}: ${documents.map(({ id }) => id).join(', ')}, ... Name one by its id.`,
      );
  }
  throw new Failure(
    `There is no case ${name} in this store. Name it by its id, or by its source's number such as INC0000045.`,
  );
}
