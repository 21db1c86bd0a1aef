import { describe, expect, test } from '@jest/globals';
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

function allocate(response: string, said: Parameters<typeof owners>[1] = {}): IntakeCommand {
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
