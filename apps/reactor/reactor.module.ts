import {
  Global,
  Inject,
  Injectable,
  Logger,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Commands } from '../../libs/commands/commands.js';
import { RulesInForce } from '../../libs/commands/rules-in-force.js';
import { Sealer } from '../../libs/evidence/sealer.js';
import type { SigningKey } from '../../libs/evidence/signing-key.js';
import { Readiness } from '../../libs/platform/health/readiness.js';
import { Metrics } from '../../libs/platform/metrics/metrics.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { pause, type Turn } from '../../libs/platform/stores/turn.js';
import { NOW, STORES } from '../../libs/platform/stores/stores.module.js';
import type { IntakeEvent } from '../../libs/recovery/intake/intake-events.js';
import type { ResponseEvent } from '../../libs/recovery/response/response-events.js';
import { TriageProgress } from '../../libs/responses/backlog.js';
import { Checkpoints } from './checkpoints.js';
import { DeadLettersModule } from './dead-letters.module.js';
import { Errands } from './errands.js';
import { HandOnErrands } from './hand-on-errands.js';
import { HeldBackReleases } from './held-back-releases.js';
import { KeptRunning } from './kept-running.js';
import { OutboundModule } from './outbound.module.js';
import { Reactor, type ReactorOptions } from './reactor.js';
import { Timekeeper } from './timekeeper.js';
import { observeTimekeeper } from './timekeeper-metrics.js';

const SEAL_EVERY_MS = 1_000;
const RELEASE_EVERY_MS = 5_000;
const TICK_EVERY_MS = 1_000;

const TURN = Symbol('turn');

const systemTime = (): string => new Date().toISOString();

/** Runs the reactions and the sealer until the app stops. /health/ready shows a part that fails. */
@Injectable()
class ReactorService extends KeptRunning implements OnApplicationBootstrap, TriageProgress {
  protected readonly logger = new Logger('Reactor');
  private reactor: Reactor<ResponseEvent | IntakeEvent> | undefined;

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    @Inject(TURN) turn: Turn,
    private readonly commands: Commands,
    private readonly rules: RulesInForce,
    private readonly errands: Errands<ResponseEvent | IntakeEvent>,
    private readonly handOn: HandOnErrands,
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
    @Inject(NOW) private readonly now: () => string,
  ) {
    super(turn);
  }

  async onApplicationBootstrap(): Promise<void> {
    const key = await this.stores.signingKey();
    const deadLetters = this.runReactions();
    this.runReleases();
    this.runTimekeeper();
    this.runSealer(key);
    this.readiness.register('reactor', () => ({
      up: this.failures.size === 0,
      deadLetters: deadLetters(),
      ...Object.fromEntries(this.failures),
    }));
  }

  /** Returns what counts the dead letters since the start. */
  private runReactions(): () => number {
    const { events, ledger } = this.stores;
    let deadLetters = 0;
    const options: ReactorOptions = {
      events,
      ledger,
      commands: this.commands,
      rules: this.rules,
      now: systemTime,
      pause: (ms) => pause(ms, this.stop),
      onDeadLetter: ({ reaction, event, error }) => {
        deadLetters++;
        this.logger.error({ reaction, event: event.id, error }, 'An effect failed and is a dead letter now');
      },
    };
    const reactor = (this.reactor = new Reactor(this.errands, options));
    const handOn = new Reactor(this.handOn, options);
    this.metrics.gauge('amends_dead_letters', 'Effects that failed since the start', (gauge) => gauge.set(deadLetters));
    this.keep(reactor.name, (turn) => reactor.run(turn));
    this.keep(handOn.name, (turn) => handOn.run(turn));
    return () => deadLetters;
  }

  private runReleases(): void {
    const releases = new HeldBackReleases({
      reads: this.stores.reads,
      commands: this.commands,
      rules: this.rules,
      errands: this.errands,
      now: this.now,
      onRefused: (stream, { because }) => this.logger.warn({ stream, because }, 'A release was refused'),
    });
    this.keep(releases.name, (turn) => releases.run(turn, () => pause(RELEASE_EVERY_MS, turn)));
  }

  private runTimekeeper(): void {
    const { events, reads, ledger } = this.stores;
    const watched = observeTimekeeper(this.metrics);
    const timekeeper = new Timekeeper({
      events,
      reads,
      ledger,
      commands: this.commands,
      rules: this.rules,
      timeZoneData: process.versions.tz ?? '',
      now: this.now,
      onRecorded: watched.recorded,
      onSetAside: (due, because) => this.logger.warn({ due, because }, 'What fell due could not be recorded yet'),
    });
    watched.follow(timekeeper);
    this.keep(timekeeper.name, (turn) => timekeeper.run(turn, () => pause(TICK_EVERY_MS, turn)));
    this.readiness.register('timekeeper', async () => ({
      up: !this.failures.has(timekeeper.name),
      ...(await timekeeper.lateness()),
    }));
  }

  private runSealer(key: SigningKey): void {
    const { events, ledger, vault } = this.stores;
    this.keep('sealer', async (turn) => {
      const sealer = await Sealer.open({ history: events.asStored(), ledger, vault, key, now: systemTime });
      await sealer.run(SEAL_EVERY_MS, turn);
    });
  }

  async reached(): Promise<string | undefined> {
    return this.reactor?.reached ?? new Checkpoints(this.stores.ledger, this.errands.reaction).reached();
  }
}

/** Reacts to events once, in its turn where several processes could. */
@Global()
@Module({})
export class ReactorModule {
  static in(turn: Turn): DynamicModule {
    return {
      module: ReactorModule,
      imports: [DeadLettersModule, OutboundModule.in(turn)],
      providers: [
        ReactorService,
        { provide: TURN, useValue: turn },
        { provide: TriageProgress, useExisting: ReactorService },
      ],
      exports: [ReactorService, TriageProgress],
    };
  }
}
