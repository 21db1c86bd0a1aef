import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Member } from '../team/team.js';
import { withCaseOf, type CasesByOwner } from './open-cases.js';
import { chooseOwner } from './owner-choice.js';
import type { OwnerRule } from './owner-rule.js';

const agent = (id: string, more: Partial<Member> = {}): Member => ({ id, role: 'agent', ...more });
const day = '2031-05-05';
const NOBODY: CasesByOwner = new Map();

type Asked = Omit<Parameters<typeof chooseOwner>[0], 'rule' | 'day' | 'openCases' | 'roster'>;
interface Given extends Asked {
  readonly openCases?: Parameters<typeof chooseOwner>[0]['openCases'];
  readonly byOwner?: CasesByOwner;
}

const choose = (members: readonly Member[], rule: Partial<OwnerRule>, given: Given = {}) => {
  const { byOwner = NOBODY, openCases = {}, ...more } = given;
  const roster = { team: 'north', name: 'North', members, fallbackOwner: 'sue' };
  return chooseOwner(
    { rule: { owner: 'round-robin', fallbackOwner: 'desk', ...rule }, day, roster, openCases, ...more },
    { byOwner },
  );
};
const ownerOf = (...given: Parameters<typeof choose>) => choose(...given).owner;

describe('skills and languages', () => {
  const ana = agent('ana', { languages: ['en'] });
  const ben = agent('ben', { languages: ['da', 'en'], skills: ['billing', 'repair'] });
  const cem = agent('cem', { languages: ['pt-BR'], skills: ['billing'] });
  const team = [ana, ben, cem];

  test('whoever has every skill that the case needs', () => {
    expect(ownerOf(team, { skills: ['billing'] })).toBe('ben');
    expect(ownerOf(team, { skills: ['billing', 'repair'] }, { byOwner: withCaseOf('ben', 'high', NOBODY) })).toBe(
      'ben',
    );
    expect(choose(team, { skills: ['legal'] })).toEqual({ owner: 'sue', by: 'team-fallback', because: 'nobody-suits' });
  });
  test('whoever speaks the language, where it is required', () => {
    const speaks = (language: string) => ({ speaks: { language, is: 'required' } }) as const;
    expect(ownerOf(team, speaks('da'))).toBe('ben');
    expect(ownerOf(team, speaks('da-DK'))).toBe('ben');
    expect(ownerOf(team, speaks('PT'))).toBe('cem');
    expect(choose(team, speaks('pt-PT'))).toMatchObject({ owner: 'sue', because: 'nobody-suits' });
    expect(choose(team, speaks('d'))).toMatchObject({ owner: 'sue', because: 'nobody-suits' });
  });
  test('anybody else where it is only preferred and nobody who speaks it has room', () => {
    const rule = { speaks: { language: 'da', is: 'preferred' } } as const;
    expect(ownerOf(team, rule)).toBe('ben');
    expect(ownerOf([ana, { ...ben, capacity: 1 }, cem], rule, { openCases: { ben: 1 } })).toBe('ana');
  });
});

describe('who is named for a case', () => {
  const team = [agent('ana'), agent('ben'), agent('cem', { capacity: 1 })];
  test('gets it, whoever’s turn it is, inside the team or outside', () => {
    expect(ownerOf(team, { named: ['ben'] })).toBe('ben');
    expect(ownerOf(team, { named: ['lawyer', 'ben'] })).toBe('lawyer');
  });
  test('is passed over at their limit, for the next who is named, else for whoever’s turn it is', () => {
    const full = { openCases: { cem: 1 } };
    expect(ownerOf(team, { named: ['cem', 'ben'] }, full)).toBe('ben');
    expect(ownerOf(team, { named: ['cem'] }, full)).toBe('ana');
  });
  test('gets nothing where they left the team, though the rules still name them', () => {
    expect(ownerOf(team, { named: ['eva'] }, { left: ['eva'] })).toBe('ana');
    const rule = { owner: 'by-touchpoint', touchpointOwners: { shop: 'eva' } } as const;
    expect(ownerOf(team, rule, { touchpoint: 'shop', left: ['eva'] })).toBe('ana');
  });
  test('stands before the owner of the touchpoint', () => {
    const rule = { owner: 'by-touchpoint', touchpointOwners: { shop: 'ana' }, named: ['ben'] } as const;
    expect(ownerOf(team, rule, { touchpoint: 'shop' })).toBe('ben');
    expect(ownerOf(team, { ...rule, named: [] }, { touchpoint: 'shop' })).toBe('ana');
  });
});

describe('working hours', () => {
  const team = [agent('ana'), agent('ben', { capacity: 1 })];
  const offHours = ['ana'];
  test('who does not work now is chosen if nobody who works has room', () => {
    expect(ownerOf(team, { workingNow: 'preferred' }, { offHours })).toBe('ben');
    expect(ownerOf(team, { workingNow: 'preferred' }, { offHours, openCases: { ben: 1 } })).toBe('ana');
  });
  test('or not at all, where the rules require it', () => {
    const required = { workingNow: 'required' } as const;
    expect(ownerOf(team, required, { offHours })).toBe('ben');
    expect(choose(team, required, { offHours, openCases: { ben: 1 } })).toMatchObject({ because: 'no-room' });
    expect(choose(team, required, { offHours: ['ana', 'ben'] })).toMatchObject({ because: 'nobody-present' });
  });
  test('whoever is named waits for nobody: somebody at work takes the case', () => {
    expect(ownerOf(team, { workingNow: 'preferred', named: ['ana'] }, { offHours })).toBe('ben');
    expect(ownerOf(team, { workingNow: 'preferred', named: ['ana'] }, { offHours: ['ana', 'ben'] })).toBe('ana');
  });
  test('weigh more than a language that is preferred', () => {
    const rule = { workingNow: 'preferred', speaks: { language: 'da', is: 'preferred' } } as const;
    expect(ownerOf([agent('ana', { languages: ['da'] }), agent('ben')], rule, { offHours })).toBe('ben');
  });
});

describe('whoever owned the customer’s last case', () => {
  const team = [agent('ana'), agent('ben', { capacity: 1, skills: ['billing'] })];
  const given = { lastOwner: 'ben' };
  test('gets the next one, before the owner of the touchpoint', () => {
    expect(ownerOf(team, {}, given)).toBe('ben');
    const touchpoints = { owner: 'by-touchpoint', touchpointOwners: { shop: 'ana' } } as const;
    expect(ownerOf(team, touchpoints, { ...given, touchpoint: 'shop' })).toBe('ben');
  });
  test('not without room, while away or off work, nor without the skill', () => {
    expect(ownerOf(team, {}, { ...given, openCases: { ben: 1 } })).toBe('ana');
    const absences = [{ from: day, to: day }];
    expect(ownerOf([agent('ana'), agent('ben', { absences })], {}, given)).toBe('ana');
    expect(ownerOf(team, { workingNow: 'preferred' }, { ...given, offHours: ['ben'] })).toBe('ana');
    expect(ownerOf(team, { skills: ['billing'] }, { lastOwner: 'ana' })).toBe('ben');
  });
  test('nor where somebody is named, or they left the team', () => {
    expect(ownerOf(team, { named: ['ana'] }, given)).toBe('ana');
    expect(ownerOf(team, {}, { lastOwner: 'eva' })).toBe('ana');
  });
});

describe('balanced by weight', () => {
  const team = [agent('ana'), agent('ben')];
  const openCases = { ana: { urgent: 1 }, ben: { normal: 2 } };
  test('an open case counts 1', () => {
    expect(ownerOf(team, { owner: 'balanced' }, { openCases })).toBe('ana');
  });
  test('or what the rules say for its priority, today’s too', () => {
    const rule = { owner: 'balanced', weights: { urgent: 3 } } as const;
    expect(ownerOf(team, rule, { openCases })).toBe('ben');
    expect(ownerOf(team, rule, { openCases, byOwner: withCaseOf('ben', 'urgent', NOBODY) })).toBe('ana');
  });
  test('a limit counts cases, whatever they weigh', () => {
    const rule = { owner: 'balanced', weights: { urgent: 9 } } as const;
    expect(ownerOf([agent('ana', { capacity: 2 })], rule, { openCases })).toBe('ana');
  });
});

describe('what was opened today', () => {
  const team = [agent('ana', { capacity: 2 }), agent('ben')];
  const balanced = { owner: 'balanced' } as const;
  test('counts where it was handed over, or another team gave it', () => {
    expect(ownerOf(team, {}, { openToday: { ana: { high: 2 } } })).toBe('ben');
    expect(ownerOf(team, balanced, { openToday: { ana: { high: 1 } } })).toBe('ben');
  });
  test('counts once where this intake gave it, and before the read models know of it', () => {
    const byOwner = withCaseOf('ana', 'high', NOBODY);
    expect(ownerOf([agent('ana', { capacity: 2 })], {}, { byOwner, openToday: { ana: { high: 1 } } })).toBe('ana');
    expect(ownerOf(team, balanced, { byOwner, openToday: {} })).toBe('ben');
  });
});

describe('why a case fell to the fallback owner', () => {
  const fallback = { owner: 'sue', by: 'team-fallback' };
  test.each([
    ['no-room', agent('ana', { capacity: 0 })],
    ['nobody-present', agent('ana', { absences: [{ from: day, to: day }] })],
    ['nobody-suits', { id: 'ana', role: 'supervisor' }],
  ] as const)('%s', (because, member) => {
    expect(choose([member], {})).toEqual({ ...fallback, because });
  });
  test('nothing is said where the rules choose nobody', () => {
    expect(choose([agent('ana')], { owner: undefined })).toEqual(fallback);
  });
});

describe('whatever comes', () => {
  const SKILLS = ['billing', 'repair'];
  const IDS = ['ana', 'ben', 'cem', 'dag', 'eva'];
  const some = (of: readonly string[]) => fc.subarray([...of]);
  const member = fc.record({
    capacity: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
    skills: some(SKILLS),
    languages: some(['en', 'da']),
    away: fc.boolean(),
  });
  const members = fc.array(member, { minLength: 1, maxLength: IDS.length }).map((all) =>
    all.map(({ capacity, skills, languages, away }, n) =>
      agent(IDS[n] ?? '', {
        skills,
        languages,
        ...(capacity !== undefined && { capacity }),
        ...(away && { absences: [{ from: day, to: day }] }),
      }),
    ),
  );
  const wanted = fc.record({
    skills: some(SKILLS),
    speaks: fc.option(
      fc.record({ language: fc.constantFrom('en', 'da'), is: fc.constantFrom('required', 'preferred') }),
      { nil: undefined },
    ),
    named: some([...IDS, 'lawyer']),
    workingNow: fc.constantFrom(undefined, 'preferred', 'required'),
    offHours: some(IDS),
    lastOwner: fc.constantFrom(undefined, ...IDS),
    priority: fc.constantFrom('urgent', 'normal'),
  });
  const owner = fc.constantFrom('round-robin', 'balanced');
  const open = fc.dictionary(fc.constantFrom(...IDS), fc.record({ normal: fc.integer({ min: 0, max: 3 }) }));

  const loadOf = (id: string, openCases: Record<string, { normal: number }>, given: readonly string[]) =>
    (openCases[id]?.normal ?? 0) + given.filter((got) => got === id).length;

  test('nobody goes above their limit, and the fallback owner gets nothing while somebody who suits has room', () => {
    fc.assert(
      fc.property(members, owner, open, fc.array(wanted, { maxLength: 25 }), (team, how, openCases, cases) => {
        const given: string[] = [];
        let byOwner = NOBODY;
        for (const { offHours, lastOwner, priority, ...rule } of cases) {
          const asked = [
            team,
            { owner: how, weights: { urgent: 3 }, ...rule },
            { offHours, lastOwner, openCases, byOwner },
          ] as const;
          const chosen = choose(...asked);
          expect(choose(...asked)).toEqual(chosen);
          const hasRoom = ({ id, capacity = Infinity }: Member) => loadOf(id, openCases, given) < capacity;
          const suits = ({ id, skills = [], languages = [], absences }: Member) =>
            absences === undefined &&
            rule.skills.every((skill) => skills.includes(skill)) &&
            (rule.speaks?.is !== 'required' || languages.includes(rule.speaks.language)) &&
            (rule.workingNow !== 'required' || !offHours.includes(id));
          const one = team.find(({ id }) => id === chosen.owner);
          if (one) expect(hasRoom(one)).toBe(true);
          if (chosen.by !== 'rule') expect(team.filter((each) => suits(each) && hasRoom(each))).toEqual([]);
          given.push(chosen.owner);
          byOwner = withCaseOf(chosen.owner, priority, byOwner);
        }
      }),
    );
  });

  test('in turn, nobody gets a third case before everybody who suited all of them and had room got one', () => {
    const alike = wanted.map(({ skills, speaks }) => ({ skills, ...(speaks?.is === 'required' && { speaks }) }));
    fc.assert(
      fc.property(members, open, fc.array(alike, { maxLength: 20 }), (team, openCases, cases) => {
        const given: string[] = [];
        let byOwner = NOBODY;
        let always = team.filter(({ absences }) => absences === undefined);
        for (const rule of cases) {
          const { owner: got, by } = choose(team, rule, { openCases, byOwner });
          always = always.filter(
            ({ id, skills = [], languages = [], capacity = Infinity }) =>
              rule.skills.every((skill) => skills.includes(skill)) &&
              (!rule.speaks || languages.includes(rule.speaks.language)) &&
              loadOf(id, openCases, given) < capacity,
          );
          given.push(got);
          byOwner = withCaseOf(got, 'normal', byOwner);
          const times = given.filter((id) => id === got).length;
          if (by === 'rule' && times >= 3) expect(always.filter(({ id }) => !given.includes(id))).toEqual([]);
        }
      }),
    );
  });
});
