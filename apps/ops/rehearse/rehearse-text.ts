import type { Rehearsed } from './rehearse-run.js';
import type { Changes } from '../../../libs/rehearsal/tally.js';
import { table } from '../output.js';

const MOST_ROWS = 10;

/** The first screen of a rehearsal: totals by target, team and reason. The cases are in --json and --html. */
export async function rehearsalText(rehearsal: Rehearsed): Promise<string> {
  const { before, after, changedBy, changedCount, changedCases, decisions, notReversible, heldBack } = rehearsal;
  const figures = ['met', 'missed', 'running', 'overdue', 'cancelled'] as const;
  const targets = [...new Set([...before.totals.byTarget, ...after.totals.byTarget].map(({ target }) => target))];
  const clocks = targets.toSorted().map((target) => {
    const [had, has] = [before, after].map(({ totals }) => totals.byTarget.find((row) => row.target === target));
    return [target, ...figures.map((figure) => beforeAfter(had?.[figure] ?? 0, has?.[figure] ?? 0))];
  });
  const by = async (name: string, rows: readonly Changes[]): Promise<string> => {
    const shown = await table(
      [name, 'changed', 'better', 'worse'],
      rows.slice(0, MOST_ROWS).map(({ name: one, count, better, worse }) => [one, count, better, worse]),
    );
    return rows.length > MOST_ROWS ? `${shown}\n  and ${rows.length - MOST_ROWS} more` : shown;
  };
  return [
    `${rehearsal.programme}: ${after.title ?? rehearsal.ruleSet.slice(0, 12)}, compared with ${before.title ?? 'nothing'}`,
    rehearsal.notice,
    '',
    `${changedCount.toLocaleString('en-US')} verdicts on ${changedCases.toLocaleString('en-US')} cases would change.`,
    `${notReversible.toLocaleString('en-US')} decisions are irreversible: ${decisions.wouldHaveBeenOpened} cases would have been opened, ${decisions.wouldNotHaveBeenOpened} would not, ${decisions.handledOtherwise} handled differently.`,
    ...(heldBack && heldBack.before + heldBack.after > 0
      ? [`Responses that the daily limits hold back: ${beforeAfter(heldBack.before, heldBack.after)}.`]
      : []),
    '',
    await table(['target', ...figures], clocks),
    ...(changedCount === 0
      ? []
      : [
          await by('by target', changedBy.target),
          await by('by team', changedBy.team),
          await by('by reason', changedBy.reason),
        ]),
    `digest before  ${rehearsal.digestBefore}`,
    `digest after   ${rehearsal.digestAfter}${rehearsal.digestBefore === rehearsal.digestAfter ? ' (nothing changes)' : ''}`,
  ].join('\n');
}

const beforeAfter = (before: number, after: number): string => {
  const [was, is] = [before.toLocaleString('en-US'), after.toLocaleString('en-US')];
  return was === is ? was : `${was} > ${is}`;
};
