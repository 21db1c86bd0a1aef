import { randomUUID } from 'node:crypto';
import { isRefusal } from '../../../libs/event-sourcing/decider.js';
import type { Actor } from '../../../libs/event-sourcing/event.js';
import { wayIn } from '../../../libs/platform/stores/ground.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { drawSample, type WhichSample } from '../../../libs/verification/draw-sample.js';
import { sampleReport, type SampleReport } from '../../../libs/verification/sample-report.js';
import { catchUp, sealHistory } from '../end-of-history.js';
import { EXIT, Failure } from '../failure.js';

/** Draws the sample, if it was not drawn before, and shows it. @throws Failure where it is refused */
export async function sampleHere(stores: Stores, actor: Actor, wanted: WhichSample): Promise<SampleReport> {
  await catchUp(stores);
  const { commands, rules } = await wayIn(stores);
  const sent = { actor, commandId: randomUUID() };
  const drawn = await drawSample({ reads: stores.reads, commands, rules }, wanted, sent);
  if (isRefusal(drawn)) throw new Failure(drawn.because, drawn.field === undefined ? EXIT.refused : EXIT.usage);
  await catchUp(stores);
  await sealHistory(stores);
  const report = await sampleReport(stores, drawn.period);
  if (report === undefined) throw new Error(`History lacks the sample of ${drawn.period} that was drawn.`);
  return report;
}
