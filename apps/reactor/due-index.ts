import type { ClockDocument } from '../../libs/read-models/clocks.js';
import { allPages } from '../../libs/read-store/all-pages.js';
import type { ReadStore } from '../../libs/read-store/read-store.js';
import {
  dueBy,
  filterOf,
  filterOfCases,
  inOrder,
  LOOKS,
  type Due,
  type Look,
  type Span,
} from '../../libs/reactions/timekeeper.js';

/** Of one look, so that memory holds few however much is due. */
const PAGE = 500;
const CASES_AT_A_TIME = 200;

/** Finds what is due by the indexes of the read models: it reads no document that is not due. */
export class DueIndex {
  constructor(private readonly reads: Pick<ReadStore, 'find'>) {}

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

  /** What these cases have that falls due in the span. */
  async ofCases(cases: readonly string[], span: Span): Promise<readonly Due[]> {
    const found: Due[] = [];
    for (let from = 0; from < cases.length; from += CASES_AT_A_TIME) {
      const filter = filterOfCases(cases.slice(from, from + CASES_AT_A_TIME), span);
      for await (const page of allPages(this.reads, 'clocks', { filter }))
        for (const clock of page as unknown as readonly ClockDocument[])
          // it stores what it declares
          found.push(...LOOKS.flatMap((look) => dueBy(look, clock, span) ?? []));
    }
    return found.toSorted(inOrder);
  }
}

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
    const clocks = documents as unknown as readonly ClockDocument[]; // it stores what it declares
    this.page = clocks.flatMap((clock) => dueBy(look, clock, span) ?? []);
    this.at = 0;
    this.after = next;
    if (this.page.length === 0 && next !== undefined) await this.read();
  }
}
