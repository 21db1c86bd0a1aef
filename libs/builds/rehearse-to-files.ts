import { renameSync, writeFileSync } from 'node:fs';
import { READ_MODELS } from '../read-models/read-models.js';
import { rehearsalPage } from '../rehearsal/page/rehearsal-page.js';
import { keepPlan } from '../rehearsal/plan.js';
import { rehearse } from '../rehearsal/rehearse.js';
import { REST, type ThreadContext } from './thread-context.js';
import type { RehearsedInShort, Works } from './work.js';

/** Rehearses other rules over history, and writes the result into files. */
export async function rehearseToFiles(
  { recorded, file, page, ...asked }: Works['rehearse']['input'],
  { events, ledger, signal, onProgress }: ThreadContext,
): Promise<RehearsedInShort> {
  const rehearsal = await rehearse(asked, { events, projections: READ_MODELS, rest: REST, signal, onProgress });
  // The plan first: history must not name one that is not kept.
  if (recorded) await keepPlan(ledger, rehearsal);
  put(page, rehearsalPage(rehearsal));
  put(file, JSON.stringify({ ...rehearsal, recorded }));
  const { programme, ruleSet, digestBefore, digestAfter, changedCount, notReversible } = rehearsal;
  return { programme, ruleSet, digestBefore, digestAfter, changedCount, notReversible };
}

/** Writes a file whole or not at all. */
function put(path: string, text: string): void {
  writeFileSync(`${path}.part`, text, { mode: 0o600 });
  renameSync(`${path}.part`, path);
}
