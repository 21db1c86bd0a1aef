import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Commands } from '../../../libs/commands/commands.js';
import { RulesInForce } from '../../../libs/commands/rules-in-force.js';
import type { Refusal } from '../../../libs/event-sourcing/decider.js';
import type { Caller } from '../../../libs/platform/auth/roles.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { STORES } from '../../../libs/platform/stores/stores.module.js';
import type { ReceiveResponse } from '../../../libs/responses/receive-response.js';
import { receiveResponse, type Received } from '../../../libs/responses/receive.js';

/** A response as a caller sent it. */
export class Receive extends Command<Received | Refusal> {
  constructor(
    readonly sent: ReceiveResponse,
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(Receive)
export class ReceiveHandler implements ICommandHandler<Receive> {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly commands: Commands,
    private readonly rules: RulesInForce,
  ) {}

  execute({ sent, caller: { name, role } }: Receive): Promise<Received | Refusal> {
    const { commands, rules } = this;
    return receiveResponse({ ...this.stores, commands, rules }, sent, { id: name, role });
  }
}
