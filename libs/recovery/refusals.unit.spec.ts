import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

/** Every refusal written in this room: where, its code and the beginning of its sentence. */
const written = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !/\.(spec|testing|contract)\.ts$/.test(file))
  .flatMap((file) =>
    [
      ...readFileSync(join(import.meta.dirname, file), 'utf8').matchAll(/refuse\(\s*'([^']*)',\s*(['"`])(.*?)\2,\s/gs),
    ].map(([, code = '', , because = '']) => ({ file, code, because })),
  );

test('each refusal has a code of its own', () => {
  expect(written.length).toBeGreaterThan(60);
  const codes = written.map(({ code }) => code).sort();
  expect(codes.filter((code, index) => code === codes[index - 1])).toEqual([]);
});
test('codes are words joined by hyphens', () => {
  expect(written.filter(({ code }) => !/^[a-z]+(-[a-z]+)*$/.test(code))).toEqual([]);
});
test('sentences say what is so and how to right it: whole, and ended', () => {
  expect(written.filter(({ because }) => !/[.!]$|\}$/.test(because))).toEqual([]);
});
