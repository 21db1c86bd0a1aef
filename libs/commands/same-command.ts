import canonicalize from 'canonicalize';
import { isRefusal, refuse, type Decision, type Refusal } from '../event-sourcing/decider.js';
import type { Actor, Recorded } from '../event-sourcing/event.js';
import type { RecoveryEvent } from '../recovery/history.js';
import type { PersonalData } from '../vault/personal-data.js';

/** What makes a request the same as another. */
interface Sent {
  readonly aggregate: string;
  readonly id: string;
  readonly command: object;
  readonly commandId: string;
  readonly occurredAt?: string | undefined;
  readonly programme?: string;
  readonly actor: Actor;
  readonly permits?: unknown;
}

/** A request as it was sent, as text: the same text is the same request. Who asks counts where rights depend on it. */
export function asSent({ aggregate, id, command, commandId, occurredAt, programme, actor, permits }: Sent): string {
  const by = permits && { id: actor.id, role: actor.role };
  return canonicalize({ aggregate, id, command, commandId, occurredAt, programme, by }) ?? '';
}

export interface Compared {
  /** What the command of this id did. */
  readonly done: readonly Recorded<RecoveryEvent>[];
  /** What this command would have done in its place. */
  readonly decision: Decision<RecoveryEvent>;
  /** When this command would have happened in its place. */
  readonly occurredAt: string;
}

/** Refuses a command that differs from the one carried out under its id, by what it would have done. */
export async function unlessSame(
  { done, decision, occurredAt }: Compared,
  personal: Pick<PersonalData, 'openAll'>,
): Promise<Refusal | undefined> {
  const was = await personal.openAll(done.map((event) => [event.type, said(event.data), event.occurredAt]));
  const wouldBe = isRefusal(decision) ? [] : decision.map(({ type, data }) => [type, said(data), occurredAt]);
  if (agree(was, await personal.openAll(wouldBe))) return undefined;
  return keyUsed();
}

export const keyUsed = (): Refusal =>
  refuse(
    'idempotency-key-used',
    'Another command was done under this key, or the same with other content.',
    'Send this one with a key of its own.',
    'Idempotency-Key',
  );

/** What the caller said: the rules that it broke are found by us, and depend on what else was known then. */
function said<Data extends object>(data: Data): Data {
  if (!('breaches' in data)) return data;
  const { breaches: _, ...rest } = data;
  return rest as Data;
}

/** Compares two facts. Forgotten text equals any text, because nobody can tell. */
function agree(was: unknown, wouldBe: unknown): boolean {
  if (typeof was !== 'object' || was === null) return was === wouldBe;
  if ('forgotten' in was && was.forgotten === true) return true;
  if (typeof wouldBe !== 'object' || wouldBe === null) return false;
  const [one, other] = [new Map(Object.entries(was)), new Map(Object.entries(wouldBe))];
  return [...new Set([...one.keys(), ...other.keys()])].every((name) => agree(one.get(name), other.get(name)));
}
