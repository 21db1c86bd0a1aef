import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEY_BYTES = 32;

/**
 * The key that is given (base64), else the one kept in the folder, else a new one that is kept there from now on.
 * A key beside its data protects back-ups of the one without the other; for more, give it by the environment.
 * @throws Error where a key is needed, none is there and none may be made.
 */
export function secretKey(folder: string, name: string, given: string | undefined, mayMake: boolean): Buffer {
  if (given !== undefined) return checked(Buffer.from(given, 'base64'), `The ${name} key that was given`);
  const file = join(folder, `${name}.key`);
  if (existsSync(file)) return checked(Buffer.from(readFileSync(file, 'utf8'), 'base64'), file);
  if (!mayMake) throw new Error(`${file} is missing, and no ${name} key was given. Put it back, or give the key.`);
  const key = randomBytes(KEY_BYTES);
  writeFileSync(file, `${key.toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  return key;
}

function checked(key: Buffer, what: string): Buffer {
  if (key.length === KEY_BYTES) return key;
  throw new Error(`${what} must be ${KEY_BYTES} bytes in base64, not ${key.length} bytes.`);
}
