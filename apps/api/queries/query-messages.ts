import { Example } from '../../../libs/platform/validation/example.js';
import { Anything, OneOf, Optional, Parts, Text, Whole } from '../../../libs/platform/validation/fields.js';

export class SortBy {
  @Text(100) field!: string;
  @OneOf(['asc', 'desc']) direction!: 'asc' | 'desc';
}

/** A question to a read model: MongoDB filter syntax over its declared fields. */
@Example({ filter: { team: 'care', status: 'open' }, sort: [{ field: 'openedAt', direction: 'asc' }], limit: 20 })
export class QueryDocuments {
  @Optional() @Anything() filter?: object;
  @Optional() @Parts(() => SortBy, 5) sort?: SortBy[];
  @Optional() @Whole(1, 1_000) limit?: number;
  /** The cursor that the page before gave: it holds the values by which it was sorted, and they may be long. */
  @Optional() @Text(100_000) after?: string;
}
