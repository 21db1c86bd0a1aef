import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { booksOf, RESOLVE, rulesOf } from '../../libs/recovery/clocks/case-clocks.testing.js';
import type { RecordedEvent } from '../../libs/recovery/history.js';
import { SimulatedTeam, type CaseCommand } from './timekeeper.testing.js';

/** 8 working hours for normal cases and 4 for high ones, Monday to Friday 9-17 UTC; a warning one hour before. */
const BOOKS = booksOf([null, rulesOf([{ ...RESOLVE, stop: { acknowledged: true } }])]);

const MONDAY = Date.parse('2031-05-05T00:00:00.000Z');
const DAY = 24 * 60;
const instant = (minute: number): string => new Date(MONDAY + minute * 60_000).toISOString();

/** What a person with a calendar and a pencil would note of one case: it counts minute after minute, and knows no code. */
class Pencil {
  private counted = 0;
  /** By minutes of work: the minute at whose end so many were done. */
  private readonly reachedAt = new Map<number, number>();
  private goal: number;
  /** The minute up to which the case waits. */
  private waits = -1;
  private missedDue: number | undefined;
  private stopped = false;
  readonly noted = new Set<string>();

  constructor(
    readonly id: string,
    private minute: number,
    priority: string,
  ) {
    this.goal = goalOf(priority);
  }

  get goesOn(): boolean {
    return !this.stopped;
  }

  isWaiting(minute: number): boolean {
    return minute < this.waits;
  }

  /** Counts up to the beginning of a minute. */
  upTo(minute: number): void {
    for (; this.minute < minute; this.minute++) {
      if (this.stopped || this.isWaiting(this.minute) || !isWorked(this.minute)) continue;
      this.counted++;
      this.reachedAt.set(this.counted, this.minute + 1);
    }
  }

  prioritised(priority: string): void {
    if (this.counted > this.goal) this.missedDue ??= this.reachedAt.get(this.goal);
    this.goal = goalOf(priority);
  }

  waitsUntil(minute: number): void {
    this.waits = minute;
  }

  stops(): void {
    this.stopped = true;
  }

  /** What is to be noticed half a minute into a minute, and was not noticed yet. */
  toNotice(minute: number): readonly string[] {
    this.upTo(minute);
    const half = !this.stopped && !this.isWaiting(minute) && isWorked(minute) ? 0.5 : 0;
    const done = this.counted + half;
    const due = this.missedDue ?? this.reachedAt.get(this.goal);
    const news: string[] = [];
    const isBroken = this.missedDue !== undefined || done > this.goal;
    if (
      isBroken &&
      due !== undefined &&
      ![...this.noted].some((one) => one.startsWith('B') && one.slice(2) >= instant(due))
    )
      news.push(`B ${instant(due)}`);
    // During a wait without an end nobody knows when it is due.
    const isOpenEnded = this.isWaiting(minute) && this.waits === Infinity;
    const isLate = this.missedDue !== undefined || this.counted >= this.goal;
    if (!this.stopped && !isLate && !isOpenEnded && done >= this.goal - 60) {
      const told = `W ${instant(this.foreseen(minute))}`;
      if (!this.noted.has(told)) news.push(told);
    }
    for (const one of news) this.noted.add(one);
    return news.map((one) => `${this.id} ${one}`);
  }

  /** When it will be due if nothing else happens. */
  private foreseen(minute: number): number {
    let left = this.goal - this.counted;
    let at = minute;
    for (; left > 0; at++) if (!this.isWaiting(at) && isWorked(at)) left--;
    return at;
  }
}

const goalOf = (priority: string): number => (priority === 'high' ? 240 : 480);
const isWorked = (minute: number): boolean => {
  const [day, ofDay] = [Math.floor(minute / DAY) % 7, minute % DAY];
  return day < 5 && ofDay >= 9 * 60 && ofDay < 17 * 60;
};

type Notice = Extract<RecordedEvent, { type: 'TargetWarned' | 'TargetBreached' }>;
const isNotice = (event: RecordedEvent): event is Notice =>
  event.type === 'TargetWarned' || event.type === 'TargetBreached';
const fellDueAt = (notice: Notice): string =>
  (notice.type === 'TargetWarned' ? notice.data.warnAt : notice.data.breachedFrom) ?? '';

/** Whole numbers from 0 up to a bound, the same for the same seed. */
const dice = (seed: number) => (most: number) => {
  seed = (seed * 48_271 + 11) % 2_147_483_647;
  return seed % most;
};

/**
 * A team works: cases come, wait, change their priority and are done. The process looks every hour or so, and sometimes
 * not for a day.
 */
async function work(seed: number, { days, cases }: { readonly days: number; readonly cases: number }) {
  const roll = dice(seed + 1);
  const team = await SimulatedTeam.begin(BOOKS, instant(0));
  try {
    let timekeeper = team.timekeeper();
    await timekeeper.tick();
    const all: Pencil[] = [];
    const expected: string[] = [];
    let look = 60;
    for (let minute = 8 * 60; minute < days * DAY; minute += 1 + roll(40)) {
      if (!isWorked(minute) && roll(4) > 0) continue;
      while (look < minute) {
        team.now = new Date(Date.parse(instant(look)) + 30_000).toISOString();
        await team.fold();
        // Now and then another process takes over.
        if (roll(20) === 0) timekeeper = team.timekeeper();
        await timekeeper.tick();
        for (const one of all) expected.push(...one.toNotice(look));
        look += roll(25) === 0 ? DAY : 30 + roll(60);
      }
      team.now = instant(minute);
      if (all.length < cases && roll(days) < 3) {
        const priority = roll(2) ? 'high' : 'normal';
        all.push(new Pencil(`k${all.length}`, minute, priority));
        await team.opens(`k${all.length - 1}`, priority);
        continue;
      }
      const one = all.filter(({ goesOn }) => goesOn)[roll(Math.max(1, all.length))];
      if (one) await happens(team, one, minute, roll);
    }
    const recorded = (await team.history()).filter(isNotice);
    return { expected, recorded };
  } finally {
    await team.end();
  }
}

async function happens(
  team: SimulatedTeam,
  one: Pencil,
  minute: number,
  roll: (most: number) => number,
): Promise<void> {
  one.upTo(minute);
  const does = (command: CaseCommand) => team.does(one.id, command);
  switch (roll(7)) {
    case 0:
      one.stops();
      expect(await does({ type: 'AcknowledgeCase', channel: 'e-mail' })).toBe(true);
      return;
    case 1:
    case 2: {
      const priority = roll(2) ? 'high' : 'normal';
      one.prioritised(priority);
      await does({ type: 'ChangePriority', priority, reason: 'asked' });
      return;
    }
    case 3:
      if (one.isWaiting(minute)) return;
      one.waitsUntil(Infinity);
      await does({ type: 'PauseCase', waitingOn: 'customer' });
      return;
    case 4: {
      if (one.isWaiting(minute)) return;
      const until = minute + 30 + roll(DAY);
      one.waitsUntil(until);
      await does({ type: 'PauseCase', waitingOn: 'customer', until: instant(until) });
      return;
    }
    default:
      if (!one.isWaiting(minute)) return;
      one.waitsUntil(minute);
      await does({ type: 'ResumeCase' });
  }
}

const asNoted = ({ type, data }: Notice): string =>
  `${data.case} ${type === 'TargetBreached' ? 'B' : 'W'} ${data.dueAt}`;

function holds({ expected, recorded }: Awaited<ReturnType<typeof work>>): void {
  expect(recorded.map(asNoted).toSorted()).toEqual(expected.toSorted());
  // Each at most once.
  expect(new Set(recorded.map(asNoted)).size).toBe(recorded.length);
  // What is noticed at once is noticed in the order in which it fell due.
  for (const together of Map.groupBy(recorded, ({ data }) => data.noticedAt).values())
    expect(together.map(fellDueAt)).toEqual(together.map(fellDueAt).toSorted());
}

test('a month of a team: every notice that a pencil notes, none other, each once', async () => {
  const done = await work(7, { days: 31, cases: 40 });
  expect(done.recorded.length).toBeGreaterThan(40);
  holds(done);
});

test('whatever moves a due time, nothing is noticed at the old one, and each at most once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(1_000_000), async (seed) => holds(await work(seed, { days: 5, cases: 6 }))),
    { numRuns: 6 },
  );
});
