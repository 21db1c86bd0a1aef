import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Commands, type Done } from '../../../libs/commands/commands.js';
import { refuse, type Refusal } from '../../../libs/event-sourcing/decider.js';
import { RevisionConflict } from '../../../libs/event-store/event-store.js';
import type { Caller } from '../../../libs/platform/auth/roles.js';
import { Problem } from '../../../libs/platform/problem/problem.js';
import { instantOf } from '../../../libs/platform/validation/fields.js';
import type { CaseCommand } from '../../../libs/recovery/case/case-commands.js';
import type { CaseState } from '../../../libs/recovery/case/case-state.js';
import type { Sent } from '../http/request-headers.js';

/** A command of a case as it came in: its fields were checked against the message of its route. */
export class ActOnCase extends Command<Done | Refusal> {
  constructor(
    readonly id: string,
    readonly type: CaseCommand['type'],
    readonly fields: object & { readonly occurredAt?: string },
    readonly sent: Sent,
  ) {
    super();
  }
}

@CommandHandler(ActOnCase)
export class ActOnCaseHandler implements ICommandHandler<ActOnCase> {
  constructor(private readonly commands: Commands) {}

  async execute({ id, type, fields, sent }: ActOnCase): Promise<Done | Refusal> {
    const { occurredAt, ...rest } = fields;
    const { caller, commandId, expectedRevision } = sent;
    try {
      return await this.commands.execute({
        aggregate: 'case',
        id,
        // The message of the route has the fields of the command, and its schema lets no other through.
        command: { type, ...rest } as CaseCommand,
        actor: { id: caller.name, role: caller.role },
        commandId,
        chosenId: true,
        ...(expectedRevision === undefined ? {} : { expectedRevision }),
        ...(occurredAt === undefined ? {} : { occurredAt: instantOf(occurredAt) }),
        ...(caller.role === 'agent' ? { permits: (state: unknown) => ofOwnTeam(state as CaseState, caller) } : {}),
      });
    } catch (error) {
      if (error instanceof RevisionConflict && expectedRevision !== undefined)
        throw new Problem({ status: 412, code: 'revision-conflict', detail: error.message });
      throw error;
    }
  }
}

/** Agents work on the cases of their own team, and on those that they own. */
function ofOwnTeam(state: CaseState, { name, team }: Caller): Refusal | undefined {
  if (state.status === 'not-opened' || team === undefined) return undefined;
  if (state.file.team === team || state.file.owner === name) return undefined;
  return refuse('case-of-another-team', `This case is of team ${state.file.team ?? 'none'}, your key is for ${team}.`);
}
