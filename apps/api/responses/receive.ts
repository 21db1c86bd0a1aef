import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Commands } from '../../../libs/commands/commands.js';
import { RulesInForce } from '../../../libs/commands/rules-in-force.js';
import { isRefusal, type Refusal } from '../../../libs/event-sourcing/decider.js';
import type { Caller } from '../../../libs/platform/auth/roles.js';
import { unavailable } from '../../../libs/platform/problem/problem.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { STORES } from '../../../libs/platform/stores/stores.module.js';
import { Backlog } from '../../../libs/responses/backlog.js';
import type { ReceiveResponse } from '../../../libs/responses/receive-response.js';
import { receiveResponse, type Received } from '../../../libs/responses/receive.js';

/** A response as a caller sent it. */
export class Receive extends Command<Received | Refusal> {
  constructor(
    readonly sent: ReceiveResponse,
    readonly caller: Caller,
    /** Where too many wait for triage: wait too, or be refused. */
    readonly ifFull: 'wait' | 'refuse' = 'refuse',
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
    private readonly backlog: Backlog,
  ) {}

  /** @throws Problem while so many responses wait for triage that this one would wait for long */
  async execute({ sent, caller: { name, role }, ifFull }: Receive): Promise<Received | Refusal> {
    const { commands, rules, backlog } = this;
    if (ifFull === 'wait') await backlog.room();
    const seconds = ifFull === 'wait' ? undefined : await backlog.full();
    if (seconds !== undefined)
      throw unavailable('backlog-full', `Too many responses wait for triage. Try again in ${seconds} s.`, seconds);
    const received = await receiveResponse({ ...this.stores, commands, rules }, sent, { id: name, role });
    if (!isRefusal(received) && received.done.position !== undefined) backlog.accepted(received.done.position);
    return received;
  }
}
