import { createParamDecorator, Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../../../libs/platform/auth/roles.js';
import { invalid, notFound } from '../../../libs/platform/problem/problem.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { STORES } from '../../../libs/platform/stores/stores.module.js';
import { NothingLive, type Query } from '../../../libs/read-store/read-store.js';
import { Following } from '../../../libs/replay/follow/following.js';
import { ParkedList } from '../../../libs/replay/fold/parked.js';
import { sealedIn } from '../../../libs/vault/sealed-values.js';
import { mayReadPersonal } from '../http/own-team.js';
import { AccessLog, type Read } from './access-log.js';
import { busy, conflict } from '../http/problems.js';

/** The caller, the route, and the position that the answer must include. */
export interface Asked {
  readonly caller: Caller;
  readonly route: string;
  readonly position?: string;
  /** The case that the documents are about, where they don't say whose they are. */
  readonly about?: Fields & { readonly id: string };
}

type Fields = Readonly<Record<string, unknown>>;

export interface Shown {
  readonly documents: readonly Fields[];
  readonly next?: string;
}

const WAIT_MS = 5_000;
const POSITION = /^([0-9A-Za-z]{1,64});shard=(\d{1,3})$/;

/** Shows read models to a caller: it waits for their own writes, and opens personal text only for those who may read it. */
@Injectable()
export class Documents {
  private readonly parked: ParkedList;

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly follower: Following,
    private readonly access: AccessLog,
  ) {
    this.parked = new ParkedList(stores.ledger);
  }

  async find(collection: string, query: Query, asked: Asked): Promise<Shown> {
    await this.waitFor(asked);
    await this.known(collection);
    const { documents, next } = await this.stores.reads.find(collection, query);
    const shown = await this.asSeenBy(documents, asked);
    return { documents: shown, next };
  }

  /** @throws Problem 404 if the document does not exist */
  async get(collection: string, id: string, asked: Asked): Promise<Fields> {
    return this.show(await this.stored(collection, id, asked), asked);
  }

  /** The document with its personal text sealed, for `show`. @throws Problem 404 if it does not exist */
  async stored(collection: string, id: string, asked: Asked): Promise<Fields> {
    await this.waitFor(asked);
    const found = await this.stores.reads.get(collection, id);
    if (found === undefined) throw notFound(id, 'Check its id: GET /v1/cases lists the cases that are.');
    return { id, ...found.document };
  }

  /** One document, made of any number that are stored, so that a request is recorded once. `held`: what the vault adds. */
  async show(document: Fields, asked: Asked, held?: Read['held']): Promise<Fields> {
    const [shown] = await this.asSeenBy([document], asked, held);
    return shown ?? {};
  }

  async waitFor({ position: header }: Pick<Asked, 'position'>): Promise<void> {
    if (header === undefined) return;
    const [, position, shard] = POSITION.exec(header) ?? [];
    if (position === undefined || Number(shard) > 255)
      throw invalid([{ field: 'Amends-Position', message: 'must be what a write answered with' }], 400);
    if (await this.follower.waitFor(Number(shard), position, WAIT_MS)) return;
    const lag = (await this.follower.lag()).find(({ status }) => status === 'live');
    throw busy(
      'read-models-behind',
      `The read models are ${lag?.seconds.toFixed(1) ?? 'unknown'} s behind (${lag?.state ?? 'not followed'}).`,
      'Ask again, or without Amends-Position for what they hold.',
      1,
    );
  }

  /** Refuses a case with parked events, because its documents are out of date. @throws Problem */
  async refuseParked(id: string): Promise<void> {
    const live = await this.stores.reads.live();
    if (live === undefined) return;
    const readModels = live.collections.map(({ name }) => name);
    if (await this.parked.isParked(live.id, readModels, id))
      throw conflict(
        'parked',
        `An event of ${id} could not be read.`,
        'Have an operator see to it: GET /v1/parked says why.',
      );
  }

  private async known(collection: string): Promise<void> {
    const live = await this.stores.reads.live();
    if (live === undefined) throw new NothingLive();
    if (!live.collections.some(({ name, internal }) => name === collection && internal !== true))
      throw notFound(
        `A read model "${collection}"`,
        `Name one of ${live.collections.flatMap(({ name, internal }) => (internal === true ? [] : [name])).join(', ')}.`,
      );
  }

  private async asSeenBy(
    documents: readonly Fields[],
    { caller, route, about }: Asked,
    held?: Read['held'],
  ): Promise<readonly Fields[]> {
    const { personal } = this.stores;
    const seen = documents.map((document) =>
      mayReadPersonal(caller, about ?? document) ? document : (personal.withhold(document) as Fields),
    );
    const sealed = sealedIn(seen);
    if (sealed.length === 0 && held === undefined) return seen;
    await this.access.record(caller, { route, of: about?.id, sealed, held });
    return (await personal.openAll(seen)) as Fields[];
  }
}

/** Injects who reads, by which route, and up to which position. */
export const Asking = createParamDecorator((_: unknown, context: ExecutionContext): Asked => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const { caller } = request;
  if (caller === undefined) throw new Error('A route that shows documents must ask who calls.');
  const position = request.headers['amends-position'];
  const route = `${request.method} ${request.routeOptions.url ?? ''}`;
  return { caller, route, position: typeof position === 'string' ? position : undefined };
});
