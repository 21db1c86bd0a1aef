import { type Refusal } from '../event-sourcing/decider.js';
import type { Recorded, ToAppend } from '../event-sourcing/event.js';
import type { RecoveryEvent } from '../recovery/history.js';
import type { CompiledRules } from '../recovery/rules/compile.js';
import type { PersonalData } from '../vault/personal-data.js';
import { deciderFor, type AnyRequest } from './command-request.js';
import { asSent, keyUsed, unlessSame } from './same-command.js';

interface Surroundings {
  readonly personal: PersonalData;
  rulesOf(this: void, programme: string): (at: string) => CompiledRules | undefined;
}

/** Knows a request that is sent again under its id from another one. */
export class SentAgain {
  constructor(private readonly surroundings: Surroundings) {}

  /** For a command whose caller may send it again: its events know it then, whatever the rules say by then. */
  async hashed(
    request: AnyRequest,
    events: readonly ToAppend<RecoveryEvent>[],
  ): Promise<readonly ToAppend<RecoveryEvent>[]> {
    if (!request.chosenId) return events;
    const requestHash = await this.surroundings.personal.requestHash(asSent(request), events);
    return requestHash === undefined ? events : events.map((event) => ({ ...event, requestHash }));
  }

  /** Compares the hashes of the requests. Without one, as in older events, or once it says nothing, the command is decided again. */
  async differs(
    request: AnyRequest,
    done: readonly Recorded<RecoveryEvent>[],
    before: () => Promise<unknown>,
  ): Promise<Refusal | undefined> {
    const [first] = done;
    if (first === undefined) return undefined;
    const again = first.requestHash && (await this.surroundings.personal.requestHash(asSent(request), done));
    if (again) return again === first.requestHash ? undefined : keyUsed();
    return this.wouldDiffer(request, first, { done, before: await before() });
  }

  /** Decides the command again as of then. It was carried out, so no cool-down, second operator or missing case stood against it. */
  private async wouldDiffer(
    request: AnyRequest,
    first: Recorded<RecoveryEvent>,
    { done, before }: { readonly done: readonly Recorded<RecoveryEvent>[]; readonly before: unknown },
  ): Promise<Refusal | undefined> {
    const { command, actor, commandId, occurredAt } = request;
    const { programme, recordedAt: now } = first;
    const rulesAt = this.surroundings.rulesOf(programme);
    const context = { now, occurredAt, actor, commandId, rules: rulesAt(first.occurredAt), rulesAt, operators: 1 };
    const decision = deciderFor(request).decide(command, before, context);
    const then = occurredAt ?? (first.occurredAt > now ? first.occurredAt : now);
    return unlessSame({ done, decision, occurredAt: then }, this.surroundings.personal);
  }
}
