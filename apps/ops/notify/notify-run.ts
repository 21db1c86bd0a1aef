import { DeliveryFailed } from '../../../libs/outbound/channel.js';
import type { Destination } from '../../../libs/outbound/destination.js';
import { listRows, resend } from '../../../libs/outbound/operate.js';
import { Outbox } from '../../../libs/outbound/outbox.js';
import { mistakeInFrom, replayTo } from '../../../libs/outbound/replay.js';
import { TELLING } from '../../../libs/outbound/which-messages.js';
import { readConfig } from '../../../libs/platform/config/config.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { loadRuleBooks } from '../../../libs/replay/builds/rule-books.js';
import { EXIT, Failure } from '../failure.js';

type Rest<F extends (...all: never[]) => unknown> = F extends (
  outbox: never,
  destinations: never,
  asked: infer A,
  now: never,
) => unknown
  ? A
  : never;

const now = (): string => new Date().toISOString();

/** Works on the outbox of stores that no app serves. What is to be sent leaves when the app starts. */
export class NotifyHere {
  private readonly outbox: Outbox;
  private readonly destinations: readonly Destination[];

  constructor(
    private readonly stores: Pick<Stores, 'events' | 'ledger'>,
    env: NodeJS.ProcessEnv,
  ) {
    this.outbox = new Outbox(stores.ledger);
    this.destinations = readConfig(env).destinations;
  }

  list(asked: Rest<typeof listRows>) {
    return listRows(this.outbox, this.destinations, asked, now());
  }

  async resend(asked: Rest<typeof resend>): Promise<{ resent: number }> {
    return { resent: await resend(this.outbox, this.destinations, asked, now()) };
  }

  async test(name: string): Promise<object> {
    const { sendTest } = await import('../../../libs/platform/outbound/send-test.js');
    try {
      return await sendTest(this.named(name), now);
    } catch (error) {
      if (!(error instanceof DeliveryFailed)) throw error;
      throw new Failure(`${name} did not take it. ${error.message}`, EXIT.refused);
    }
  }

  async replay({ to, from, types, dryRun }: { to: string; from?: string; types?: readonly string[]; dryRun: boolean }) {
    const unknown = types?.filter((type) => !TELLING.includes(type)) ?? [];
    if (unknown.length > 0)
      throw new Failure(`No message tells of ${unknown.join(', ')}. --types takes of ${TELLING.join(', ')}.`);
    const { events } = this.stores;
    const mistake = mistakeInFrom(events, from);
    if (mistake !== undefined) throw new Failure(`--from ${mistake}, not "${from}".`);
    const { outbox } = this;
    const { books } = await loadRuleBooks(events);
    const messages = await replayTo({
      events,
      outbox,
      now,
      rules: () => books,
      destination: this.named(to),
      from,
      types,
      dryRun,
    });
    return { dryRun, messages };
  }

  /** @throws Failure */
  private named(name: string): Destination {
    const found = this.destinations.find((one) => one.name === name);
    if (found) return found;
    const names = this.destinations.map((one) => one.name);
    throw new Failure(
      `There is no destination ${name}. ${names.length > 0 ? `There are ${names.join(', ')}.` : 'AMENDS_DESTINATIONS or AMENDS_DESTINATIONS_FILE names them.'}`,
    );
  }
}
