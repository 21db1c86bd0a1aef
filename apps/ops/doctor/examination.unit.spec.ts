import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeOwnFolder } from '../../../libs/platform/stores/own-folder.js';
import { examine } from './examination.js';

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
