import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Recorded } from '../../event-sourcing/event.js';
import type { Member } from '../team/team.js';
import type { CaseWanted } from '../triage/triage.js';
import type { IntakeEvent } from './intake-events.js';
import { intakeDecider, type Intake, type IntakeCommand } from './intake.js';

const context = { now: '2031-05-05T12:00:00.000Z', actor: { id: 'triage-response', role: 'system' }, commandId: 'c' };
const agent = (id: string, more: Partial<Member> = {}): Member => ({ id, role: 'agent', ...more });

/** The owners of cases that enter the intake of a day one after the other. */
function owners(
  count: number,
  said: {
    intake?: Partial<CaseWanted['intake']>;
    members?: readonly Member[];
    openCases?: Record<string, number>;
    day?: string;
    touchpoint?: string;
  } = {},
): string[] {
  let state: Intake = intakeDecider.initialState;
  return Array.from({ length: count }, (_, n) => {
    const [event] = [intakeDecider.decide(allocate(`r${n}`, said), state, context)].flat() as Recorded<IntakeEvent>[];
    if (!event) return 'nobody';
    state = intakeDecider.evolve(state, event);
    return event.type === 'IntakeAllocated' ? event.data.owner : 'held back';
  });
}

function allocate(
  response: string,
  said: Parameters<typeof owners>[1] = {},
): IntakeCommand & { readonly type: 'AllocateIntake' } {
  const { intake, members, openCases = {}, day = '2031-05-05', touchpoint } = said;
  return {
    type: 'AllocateIntake',
    response,
    case: `case of ${response}`,
    team: 'north',
    day,
    ...(touchpoint && { touchpoint }),
    decided: {
      outcome: 'case-wanted',
      kind: 'recover',
      priority: 'high',
      score: 'low',
      rule: 'low/yes',
      ruleSet: 'abc',
      intake: { owner: 'round-robin', fallbackOwner: 'duty-manager', ...intake },
    },
    ...(members && { roster: { team: 'north', name: 'North', members, fallbackOwner: 'sue' } }),
    openCases,
  };
}

const three = [agent('ana'), agent('ben'), agent('cem'), { id: 'sue', role: 'supervisor' } as const];

describe('round robin', () => {
  test('each agent in turn', () => {
    expect(owners(4, { members: three, day: '2031-05-05' })).toEqual(['ana', 'ben', 'cem', 'ana']);
  });
  test('each day begins one further, so that quiet days do not all fall to the first', () => {
    const first = (day: string) => owners(1, { members: three, day })[0];
    expect(['2031-05-05', '2031-05-06', '2031-05-07', '2031-05-08'].map(first)).toEqual(['ana', 'ben', 'cem', 'ana']);
  });
  test('skips members who are away or at their limit', () => {
    const members = [
      agent('ana', { absences: [{ from: '2031-05-01', to: '2031-05-05' }] }),
      agent('ben', { capacity: 3 }),
      agent('cem'),
    ];
    expect(owners(4, { members, openCases: { ben: 2 } })).toEqual(['ben', 'cem', 'cem', 'cem']);
  });
});

describe('balanced', () => {
  test('the member with the fewest open cases, with those just allocated', () => {
    const said = { members: three, intake: { owner: 'balanced' }, openCases: { ana: 2, ben: 0, cem: 1 } } as const;
    expect(owners(6, said)).toEqual(['ben', 'ben', 'cem', 'ana', 'ben', 'cem']);
  });
});

describe('by touchpoint', () => {
  const intake = { owner: 'by-touchpoint', touchpointOwners: { shop: 'ben', web: 'agency' } } as const;
  test('the owner of the touchpoint, inside the team or outside', () => {
    expect(owners(2, { members: three, intake, touchpoint: 'shop' })).toEqual(['ben', 'ben']);
    expect(owners(1, { members: three, intake, touchpoint: 'web' })).toEqual(['agency']);
  });
  test('in turn if the touchpoint has no owner or they are away', () => {
    expect(owners(1, { members: three, intake, touchpoint: 'constructor' })).toEqual(['ana']);
    const away = [agent('ana'), agent('ben', { absences: [{ from: '2031-05-05', to: '2031-05-05' }] })];
    expect(owners(1, { members: away, intake, touchpoint: 'shop' })).toEqual(['ana']);
  });
});

describe('every case has an owner', () => {
  const by = (said: Parameters<typeof owners>[1]) =>
    intakeDecider.decide(allocate('r1', said), intakeDecider.initialState, context);
  test('the team’s fallback owner, if nobody else can', () => {
    expect(by({ members: [agent('ana', { capacity: 0 })] })).toMatchObject([
      { data: { owner: 'sue', by: 'team-fallback' } },
    ]);
  });
  test('the same without a rule for owners', () => {
    expect(by({ members: three, intake: { owner: undefined } })).toMatchObject([
      { data: { owner: 'sue', by: 'team-fallback' } },
    ]);
  });
  test('the programme’s fallback owner without a team', () => {
    expect(by({})).toMatchObject([
      { data: { owner: 'duty-manager', by: 'programme-fallback', kind: 'recover', priority: 'high' } },
    ]);
  });
});

describe('the throttle', () => {
  test('responses above the daily limit are held back, not lost', () => {
    expect(owners(3, { members: three, intake: { throttle: { perTeamAndDay: 2 } } })).toEqual([
      'ana',
      'ben',
      'held back',
    ]);
  });
  test('a repeated response adds nothing', () => {
    const said = { members: three, intake: { throttle: { perTeamAndDay: 1 } } };
    const twice = ['r1', 'r2', 'r1', 'r2'].reduce(
      ({ state, events }, response) => {
        const decided = intakeDecider.decide(allocate(response, said), state, context) as Recorded<IntakeEvent>[];
        return { state: decided.reduce(intakeDecider.evolve, state), events: [...events, ...decided] };
      },
      { state: intakeDecider.initialState, events: [] as Recorded<IntakeEvent>[] },
    );
    expect(twice.events.map(({ type }) => type)).toEqual(['IntakeAllocated', 'IntakeHeldBack']);
  });
});

describe('what was held back', () => {
  type Step = { readonly response: string; readonly released?: 'person'; readonly throttled: boolean };
  const allocating = ({ response, released, throttled }: Step, limit: number): IntakeCommand => ({
    ...allocate(response, { members: three, intake: throttled ? { throttle: { perTeamAndDay: limit } } : {} }),
    ...(released && { released }),
  });
  const releasing = (limit: number, responses: readonly string[], day = '2031-05-05'): IntakeCommand => {
    const { decided, team, roster, openCases } = allocate('r1', { members: three });
    const waiting = responses.map((response) => ({ response, case: `case of ${response}`, decided }));
    return { type: 'ReleaseHeldBack', team, day, roster, openCases, limit, waiting };
  };
  const after = (commands: readonly IntakeCommand[]) =>
    commands.reduce(
      ({ state, events }, command) => {
        const decided = intakeDecider.decide(command, state, context) as Recorded<IntakeEvent>[];
        return { state: decided.reduce(intakeDecider.evolve, state), events: [...events, ...decided] };
      },
      { state: intakeDecider.initialState, events: [] as Recorded<IntakeEvent>[] },
    ).events;

  test('gets in as far as the day has room, in the order given, each owner in turn', () => {
    const events = after([allocating({ response: 'r0', throttled: true }, 3), releasing(3, ['r7', 'r8', 'r9'])]);
    expect(events).toMatchObject([
      { data: { response: 'r0', owner: 'ana' } },
      { type: 'IntakeAllocated', data: { response: 'r7', owner: 'ben', released: 'rule', case: 'case of r7' } },
      { type: 'IntakeAllocated', data: { response: 'r8', owner: 'cem', released: 'rule' } },
    ]);
    expect(events).toHaveLength(3);
  });
  test('gets in once, and not into a day that is not today', () => {
    expect(after([releasing(3, ['r7']), releasing(3, ['r7'])])).toHaveLength(1);
    expect(after([releasing(3, ['r7'], '2031-05-04'), releasing(3, ['r7'], '2031-05-06')])).toEqual([]);
  });
  test('on the same day too, once the rules leave more room', () => {
    const held = ['r1', 'r2'].map((response) => allocating({ response, throttled: true }, 1));
    expect(after([...held, releasing(2, ['r2'])]).at(-1)).toMatchObject({ data: { response: 'r2', released: 'rule' } });
  });
  test('gets in by a person’s word whether or not there is room, and takes room', () => {
    const held = ['r1', 'r2'].map((response) => allocating({ response, throttled: true }, 1));
    const byHand = allocating({ response: 'r2', released: 'person', throttled: false }, 1);
    const events = after([...held, byHand, byHand, releasing(2, ['r9'])]);
    expect(events.map(({ type }) => type)).toEqual(['IntakeAllocated', 'IntakeHeldBack', 'IntakeAllocated']);
    expect(events.at(-1)).toMatchObject({ data: { response: 'r2', released: 'person' } });
  });
  test('the throttle lets in no more than it allows, whatever comes in which order', () => {
    const responses = fc.integer({ min: 0, max: 9 }).map((n) => `r${n}`);
    const commands = fc.array(
      fc.oneof(
        fc.record({ response: responses, throttled: fc.boolean() }),
        fc.record({ release: fc.uniqueArray(responses, { maxLength: 6 }) }),
      ),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(commands, fc.integer({ min: 1, max: 5 }), (asked, limit) => {
        let state = intakeDecider.initialState;
        for (const each of asked) {
          const command = 'release' in each ? releasing(limit, each.release) : allocating(each, limit);
          for (const event of intakeDecider.decide(command, state, context) as Recorded<IntakeEvent>[]) {
            const isThrottled = 'release' in each || each.throttled;
            if (event.type === 'IntakeAllocated' && isThrottled) expect(state.allocated.size).toBeLessThan(limit);
            if (event.type === 'IntakeAllocated') expect(state.allocated.has(event.data.response)).toBe(false);
            state = intakeDecider.evolve(state, event);
          }
        }
      }),
    );
  });
});
