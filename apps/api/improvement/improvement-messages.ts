import type { Static } from 'typebox';
import { message } from '../../../libs/platform/validation/schema.js';
import { Instant, Optional, Personal, Text, Texts } from '../../../libs/recovery/vocabulary/fields.js';

export const ReportFailure = message(
  {
    programme: Optional(Text(100)),
    source: Text(100),
    /** The source's own id. The same id means the same failure. */
    externalId: Text(150),
    /** Such as delay, outage, defect, billing. */
    kind: Text(100),
    touchpoint: Optional(Text()),
    product: Optional(Text()),
    description: Optional(Personal),
    /** The source's ids of the affected customers. */
    customers: Texts(5_000, 200, 1),
    occurredAt: Optional(Instant),
  },
  {
    source: 'shop',
    externalId: 'outage-17',
    kind: 'delay',
    touchpoint: 'delivery',
    description: 'Lorry broke down',
    customers: ['c-77', 'c-78'],
  },
);
export type ReportFailure = Static<typeof ReportFailure>;

export const DrawSample = message(
  {
    programme: Optional(Text(100)),
    /** Cases approved in this month (UTC), such as 2031-05; it must be over. */
    month: Text(7),
  },
  { programme: 'service-recovery', month: '2031-05' },
);
export type DrawSample = Static<typeof DrawSample>;
