import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { madeOnce } from '../key-files/made-once.js';
import { KEY_BYTES } from './encryption.js';
import { VaultKeyRefused } from './vault-errors.js';

/**
 * The key that customers' keys are encrypted with: the one given (base64), else the one in the folder's vault.key,
 * else a new one, kept there for its owner alone. Beside a vault that is there already (an embedded one is made by
 * opening it) no new key is made, because nothing in it could be read with that.
 *
 * A key beside its data protects a back-up of the one without the other. For more than that, give it from outside.
 * @throws VaultKeyRefused
 */
export function loadKeyEncryptionKey(
  folder: string,
  { given, besideVault }: { readonly given?: string | undefined; readonly besideVault: boolean },
): Buffer {
  if (given !== undefined) return checked(given, 'The vault key that was given');
  const file = join(folder, 'vault.key');
  if (existsSync(file)) return checked(readFileSync(file, 'utf8'), file);
  if (besideVault)
    throw new VaultKeyRefused(
      `${file} is missing, and the vault that is there can't be read without it. Put it back from your back-up, or give the key as AMENDS_VAULT_KEY.`,
    );
  return checked(madeOnce(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`), file);
}

const checked = (text: string, what: string): Buffer => {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length === KEY_BYTES && key.toString('base64') === text.trim()) return key;
  throw new VaultKeyRefused(`${what} must be ${KEY_BYTES} bytes in base64. Make one with: openssl rand -base64 32`);
};
