import { Example } from '../../../libs/platform/validation/example.js';
import { Day, Instant, Optional, Text, Texts } from '../../../libs/platform/validation/fields.js';

@Example({
  source: 'shop',
  externalId: 'outage-17',
  kind: 'delay',
  touchpoint: 'delivery',
  description: 'Lorry broke down',
  customers: ['c-77', 'c-78'],
})
export class ReportFailure {
  @Optional() @Text(100) programme?: string;
  @Text(100) source!: string;
  /** The source's own id of it: sent again, it is the same failure. */
  @Text(150) externalId!: string;
  /** Such as delay, outage, defect, billing. */
  @Text(100) kind!: string;
  @Optional() @Text() touchpoint?: string;
  @Optional() @Text() product?: string;
  @Optional() @Text(20_000) description?: string;
  /** The source's ids of the customers whom it touched. */
  @Texts(5_000, 200, 1) customers!: string[];
  @Optional() @Instant() occurredAt?: string;
}

@Example({
  cause: ['process', 'billing', 'double-charge'],
  owner: 'emil.novak',
  change: 'Refuse a second charge of the same order',
  dueOn: '2031-05-05',
})
export class RaiseImprovement {
  /** From the coarsest level to the finest. */
  @Texts(10, 200, 1) cause!: string[];
  @Text() owner!: string;
  /** What is to be changed. */
  @Text(2_000) change!: string;
  @Day() dueOn!: string;
}

@Example({ outcome: 'Shipped; no double charge since' })
export class CompleteImprovement {
  @Text(2_000) outcome!: string;
}

@Example({ programme: 'service-recovery', month: '2031-05' })
export class DrawSample {
  @Optional() @Text(100) programme?: string;
  /** Cases approved in this month (UTC), such as 2031-05; it must be over. */
  @Text(7) month!: string;
}
