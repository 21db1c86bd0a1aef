import type { ClockDocument } from '../../libs/read-models/clocks.js';
import { allPages } from '../../libs/read-store/all-pages.js';
import type { ReadStore } from '../../libs/read-store/read-store.js';
import {
  CASE_LOOKS,
  CLOCK_LOOKS,
  dueByCase,
  dueByClock,
  filterOf,
  filterOfCases,
  inOrder,
  LOOKS,
  type CaseAsListed,
  type Due,
  type Look,
  type Span,
} from '../../libs/reactions/timekeeper.js';

/** Of one look, so that memory holds few however much is due. */
const PAGE = 500;
const CASES_AT_A_TIME = 200;

/** Finds what is due by the indexes of the read models: it reads no document that is not due. */
export class DueIndex {
  constructor(private readonly reads: Pick<ReadStore, 'find' | 'load'>) {}

  /** What falls due in the span, in order: all of one instant together, but never more than a page. */
  async *between(span: Span, looks: readonly Look[] = LOOKS): AsyncIterable<readonly Due[]> {
    const lines = await Promise.all(looks.map((look) => Line.begin(this.reads, look, span)));
    for (;;) {
      const heads = lines.flatMap(({ head }) => head ?? []);
      const first = heads.toSorted(inOrder)[0];
      if (first === undefined) return;
      const together: Due[] = [];
      for (const line of lines)
        while (together.length < PAGE && line.head?.at === first.at) {
          together.push(line.head);
          await line.next();
        }
      yield together.toSorted(inOrder);
    }
  }

  /** What the clocks of these cases have that falls due in the span. */
  async ofCases(cases: readonly string[], span: Span): Promise<readonly Due[]> {
    const found: Due[] = [];
    for (const some of partsOf(cases))
      for await (const page of allPages(this.reads, 'clocks', { filter: filterOfCases(some, span) }))
        for (const clock of page as unknown as readonly ClockDocument[])
          // it stores what it declares
          found.push(...CLOCK_LOOKS.flatMap((look) => dueByClock(look, clock, span) ?? []));
    return found.toSorted(inOrder);
  }

  /** What these cases themselves have that falls due in the span. */
  async ofWork(generation: number, cases: readonly string[], span: Span): Promise<readonly Due[]> {
    const found: Due[] = [];
    for (const some of partsOf(cases))
      for (const { document } of (await this.reads.load(generation, 'queues', some)).values()) {
        const listed = document as unknown as CaseAsListed; // it stores what it declares
        found.push(...CASE_LOOKS.flatMap((look) => dueByCase(look, listed, span) ?? []));
      }
    return found.toSorted(inOrder);
  }
}

const partsOf = (cases: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(cases.length / CASES_AT_A_TIME) }, (_, part) =>
    cases.slice(part * CASES_AT_A_TIME, (part + 1) * CASES_AT_A_TIME),
  );

/** What one look leads to, page by page. */
class Line {
  private page: readonly Due[] = [];
  private at = 0;
  private after: string | undefined;

  private constructor(
    private readonly reads: Pick<ReadStore, 'find'>,
    private readonly look: Look,
    private readonly span: Span,
  ) {}

  static async begin(reads: Pick<ReadStore, 'find'>, look: Look, span: Span): Promise<Line> {
    const line = new Line(reads, look, span);
    await line.read();
    return line;
  }

  get head(): Due | undefined {
    return this.page[this.at];
  }

  async next(): Promise<void> {
    this.at++;
    if (this.at >= this.page.length && this.after !== undefined) await this.read();
  }

  private async read(): Promise<void> {
    const { look, span, after } = this;
    const sort = [{ field: look.by, direction: 'asc' }] as const;
    const query = { filter: filterOf(look, span), sort, limit: PAGE, ...(after !== undefined && { after }) };
    const { documents, next } = await this.reads.find(look.collection, query);
    // It stores what it declares.
    this.page =
      look.collection === 'clocks'
        ? (documents as unknown as readonly ClockDocument[]).flatMap((clock) => dueByClock(look, clock, span) ?? [])
        : (documents as unknown as readonly CaseAsListed[]).flatMap((listed) => dueByCase(look, listed, span) ?? []);
    this.at = 0;
    this.after = next;
    if (this.page.length === 0 && next !== undefined) await this.read();
  }
}
