import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Commands, type Done } from '../../../libs/commands/commands.js';
import { refuse, through, type Refusal } from '../../../libs/event-sourcing/decider.js';
import { RevisionConflict } from '../../../libs/event-store/event-store.js';
import { Problem } from '../../../libs/platform/problem/problem.js';
import { instantOf } from '../../../libs/platform/validation/formats.js';
import type { CaseCommand } from '../../../libs/recovery/case/case.js';
import type { RoutedCommand } from '../http/command-route.js';
import { ofAnotherTeam } from '../http/own-team.js';
import { requestBy, type Sent } from '../http/request-headers.js';

/** A command of a case. The schema of its declaration has checked its fields. */
export class ActOnCase extends Command<Done | Refusal> {
  constructor(
    readonly id: string,
    readonly declared: RoutedCommand,
    readonly fields: object & { readonly occurredAt?: string },
    readonly sent: Sent,
  ) {
    super();
  }
}

@CommandHandler(ActOnCase)
export class ActOnCaseHandler implements ICommandHandler<ActOnCase> {
  constructor(private readonly commands: Commands) {}

  async execute({ id, declared, fields, sent }: ActOnCase): Promise<Done | Refusal> {
    const { occurredAt, ...rest } = fields;
    try {
      return await this.commands.execute({
        ...requestBy(sent),
        aggregate: 'case',
        id,
        // The schema of the declaration allows the fields of this command and no other.
        command: { type: declared.type, ...rest } as CaseCommand,
        occurredAt: occurredAt && instantOf(occurredAt),
        permits({ now }) {
          const because = now && ofAnotherTeam(sent.caller, now.facts);
          return because === undefined
            ? undefined
            : refuse(
                'case-of-another-team',
                because,
                through('Have its owner or a supervisor hand it over to you.', 'HandOffCase'),
              );
        },
      });
    } catch (error) {
      if (error instanceof RevisionConflict && sent.expectedRevision !== undefined)
        throw new Problem({ status: 412, code: 'revision-conflict', detail: error.message });
      throw error;
    }
  }
}
