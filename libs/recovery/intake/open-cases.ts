/** Open cases by owner and priority. An intake that was asked for earlier says their number alone. */
export type OpenCases = Readonly<Record<string, Readonly<Record<string, number>> | number>>;

/** A team's cases of the day so far, by owner and priority, the owner of the latest case last. */
export type CasesByOwner = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** The cases by owner with one more of this owner, the latest. */
export function withCaseOf(owner: string, priority: string, byOwner: CasesByOwner): CasesByOwner {
  const [after, of] = [new Map(byOwner), byOwner.get(owner)];
  after.delete(owner);
  return after.set(owner, new Map(of).set(priority, (of?.get(priority) ?? 0) + 1));
}

interface Open {
  /** Opened before the day. */
  readonly openCases: OpenCases;
  /** Opened on it, as far as the read models know. */
  readonly openToday?: OpenCases | undefined;
  readonly byOwner: CasesByOwner;
}

/**
 * What somebody's open cases weigh together. Of today's the intake knows those that it allocated, also a moment ago; the
 * read models know what was handed over and what other teams gave them: whichever is more counts.
 */
export const workOf = (
  owner: string,
  { openCases, openToday = {}, byOwner }: Open,
  weightOf: (priority: string) => number,
): number => {
  const weigh = (cases: Iterable<readonly [priority: string, count: number]>): number =>
    [...cases].reduce((sum, [priority, count]) => sum + count * weightOf(priority), 0);
  const today = Math.max(weigh(byOwner.get(owner) ?? []), weigh(ofOwner(owner, openToday)));
  return weigh(ofOwner(owner, openCases)) + today;
};

function ofOwner(owner: string, cases: OpenCases): readonly (readonly [priority: string, count: number])[] {
  const open = Object.hasOwn(cases, owner) ? (cases[owner] ?? 0) : 0;
  return typeof open === 'number' ? [['', open]] : Object.entries(open);
}
