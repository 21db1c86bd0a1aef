import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startRules } from '../../../libs/import/starting-rules.js';
import { openStores } from '../../../libs/platform/stores/open-stores.js';
import { makeOwnFolder } from '../../../libs/platform/stores/own-folder.js';
import { compileRules } from '../../../libs/recovery/rules/compile.js';
import type { RuleSet } from '../../../libs/recovery/rules/rule-set.js';
import { appendEvents } from '../../../libs/replay/history.testing.js';
import { catchUp } from '../end-of-history.js';
import { examine } from './examination.js';

const OPERATOR = { id: 'olga', role: 'operator' } as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

const found = async (what: string) => (await examine(folder, {})).find((finding) => finding.what === what);

describe('a folder that other users can read', () => {
  test('is fine while it is empty, because the first start closes it', async () => {
    expect((await examine(folder, {})).filter(({ ok }) => !ok)).toEqual([]);
    expect(await found('folder')).toMatchObject({ ok: true, found: expect.stringContaining('is empty') });
  });

  test('is closed by the first start', async () => {
    makeOwnFolder(folder);
    expect(await found('folder')).toEqual({ what: 'folder', ok: true, found: folder });
  });

  test('is wrong once it holds something', async () => {
    writeFileSync(join(folder, 'history.db'), '');
    makeOwnFolder(folder);
    expect(await found('folder')).toMatchObject({ ok: false, remedy: expect.stringContaining('chmod 700') });
  });
});

describe('the teams that the rules give cases to', () => {
  const cell = { do: 'recover', priority: 'high' } as const;
  const cells = { yes: cell, no: { do: 'respect' }, 'not-answered': { ...cell, team: 'night' } } as const;
  const rules: RuleSet = {
    programme: 'care',
    title: 'Care',
    reviewBy: '2032-05-05',
    fallbackOwner: 'duty-manager',
    calendars: {},
    targets: [],
    triage: {
      low: { nps: 6 },
      cells: { low: cells, high: cells },
      team: 'day',
      overrides: [
        { id: 'parcels', when: { tags: { $in: ['parcel'] } }, team: 'parcels' },
        { id: 'urgent', when: { tags: { $in: ['urgent'] } }, priority: 'high' },
      ],
    },
  };

  const teamsWith = async (...members: readonly (readonly [team: string, ...ids: readonly string[]])[]) => {
    const stores = await openStores({ folder }, { mode: 'write' });
    const { ruleSet, hash } = compileRules(rules);
    await startRules(stores.events, { ruleSet, hash, now: '2031-05-05T09:00:00.000Z', actor: OPERATOR });
    const given = members.map(([team, ...ids]) => {
      const roster = { team, name: team, members: ids.map((id) => ({ id, role: 'agent' as const })) };
      const event = { type: 'TeamChanged', data: { ...roster, fallbackOwner: 'duty-manager' } } as const;
      return { stream: `team-${team}`, event };
    });
    await appendEvents(stores.events, given);
    await catchUp(stores);
    await stores.close();
    return (await examine(folder, {})).filter(({ what }) => what.startsWith('team '));
  };

  test('are named where nobody is in them, those of overrides too', async () => {
    const found = await teamsWith(['day', 'ana', 'ben'], ['night']);
    expect(found).toMatchObject([
      { what: 'team day', ok: true, found: '2 members' },
      { what: 'team night', ok: false, remedy: 'Name its members: PUT /v1/teams/night.' },
      { what: 'team parcels', ok: false, remedy: 'Name its members: PUT /v1/teams/parcels.' },
    ]);
  });

  test('are fine once each has a member', async () => {
    const found = await teamsWith(['day', 'ana'], ['night', 'ben'], ['parcels', 'cem']);
    expect(found.map(({ what, ok }) => ({ what, ok }))).toEqual(
      ['day', 'night', 'parcels'].map((team) => ({ what: `team ${team}`, ok: true })),
    );
  });
});
