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

/** What somebody's open cases weigh together, those that this intake just allocated among them. */
export function workOf(
  owner: string,
  { openCases, byOwner }: { readonly openCases: OpenCases; readonly byOwner: CasesByOwner },
  weightOf: (priority: string) => number,
): number {
  const open = Object.hasOwn(openCases, owner) ? (openCases[owner] ?? 0) : 0;
  const before = typeof open === 'number' ? [['', open] as const] : Object.entries(open);
  return [...before, ...(byOwner.get(owner) ?? [])].reduce(
    (sum, [priority, count]) => sum + count * weightOf(priority),
    0,
  );
}
