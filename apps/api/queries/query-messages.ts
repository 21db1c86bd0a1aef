import type { Static } from 'typebox';
import { message } from '../../../libs/platform/validation/schema.js';
import { Anything, OneOf, Optional, Part, Parts, Text, Whole } from '../../../libs/recovery/vocabulary/fields.js';

export const SortBy = Part({
  field: Text(100),
  direction: OneOf(['asc', 'desc']),
});
export type SortBy = Static<typeof SortBy>;

/** A question to a read model: MongoDB filter syntax over its declared fields. */
export const QueryDocuments = message(
  {
    filter: Optional(Anything),
    sort: Optional(Parts(SortBy, 5)),
    limit: Optional(Whole(1, 1_000)),
    /** The cursor of the previous page. It holds sort values, which may be long. */
    after: Optional(Text(100_000)),
  },
  { filter: { team: 'care', status: 'open' }, sort: [{ field: 'openedAt', direction: 'asc' }], limit: 20 },
);
export type QueryDocuments = Static<typeof QueryDocuments>;
