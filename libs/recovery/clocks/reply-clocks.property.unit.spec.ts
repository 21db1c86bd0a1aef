import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CaseEvent } from '../case/case.js';
import { booksOf, fold, noted, opened, paused, resumed, rulesOf, type Happened } from './case-clocks.testing.js';

const QUARTER = 15 * 60_000;
/** Monday, 9:00. */
const START = Date.parse('2031-05-05T09:00:00.000Z');
const at = (quarter: number) => new Date(START + quarter * QUARTER).toISOString();
const GOAL_QUARTERS = 8;

const books = booksOf([
  null,
  rulesOf([
    {
      id: 'reply',
      title: 'Each message answered',
      each: 'customer-message',
      calendar: 'office',
      pause: { status: 'paused' },
      goals: [{ within: '2h' }],
    },
  ]),
]);

const KINDS = {
  message: { type: 'CustomerMessageReceived', data: { channel: 'chat' } },
  update: { type: 'ProgressUpdateSent', data: { channel: 'chat' } },
  call: { type: 'ContactAttempted', data: { channel: 'phone', outcome: 'reached' } },
  voicemail: { type: 'ContactAttempted', data: { channel: 'phone', outcome: 'voicemail' } },
  pause: paused,
  resume: resumed,
  note: noted,
} as const satisfies Record<string, CaseEvent>;
type Kind = keyof typeof KINDS;

const isOpen = (quarter: number): boolean => {
  const then = new Date(START + quarter * QUARTER);
  const [day, hour] = [then.getUTCDay(), then.getUTCHours()];
  return day >= 1 && day <= 5 && hour >= 9 && hour < 17;
};

interface Reply {
  from: number;
  to: number | undefined;
  worked: number;
}

/** The replies that were due, walking through time by quarters of an hour. */
function plainly(told: readonly (readonly [quarter: number, kind: Kind])[], until: number): Reply[] {
  const replies: Reply[] = [];
  let due: Reply | undefined;
  let isHeld = false;
  for (let quarter = 0; quarter <= until; quarter++) {
    for (const [, kind] of told.filter(([when]) => when === quarter)) {
      if (kind === 'pause') isHeld = true;
      if (kind === 'resume') isHeld = false;
      if (kind === 'message' && !due) {
        due = { from: quarter, to: undefined, worked: 0 };
        replies.push(due);
      }
      if ((kind === 'update' || kind === 'call') && due) {
        due.to = quarter;
        due = undefined;
      }
    }
    if (due && !isHeld && isOpen(quarter)) due.worked += 1;
  }
  return replies;
}

test('there is one right verdict for each reply that was due, in whatever order its facts are told', () => {
  const when = fc.integer({ min: 0, max: 10 * 24 * 4 });
  const kind = fc.constantFrom(...(Object.keys(KINDS) as Kind[]), 'message', 'update');
  fc.assert(
    fc.property(fc.array(fc.tuple(when, kind), { maxLength: 16 }), (told) => {
      const recorded = told.map(([quarter, which]): Happened => [at(quarter), KINDS[which]]);
      const { clocks } = fold(books, [at(0), opened()], ...recorded);
      const expected = plainly(told, 10 * 24 * 4);
      expect(
        clocks.map(({ reply, startedAt, stoppedAt, workingMs, met }) => [reply, startedAt, stoppedAt, workingMs, met]),
      ).toEqual(
        expected.map(({ from, to, worked }, index) => [
          index + 1,
          at(from),
          to === undefined ? undefined : at(to),
          to === undefined ? undefined : worked * QUARTER,
          to === undefined ? undefined : worked <= GOAL_QUARTERS,
        ]),
      );
    }),
    { numRuns: 300 },
  );
});
