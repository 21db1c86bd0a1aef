import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { keyText } from '../key-files/key-text.js';
import { madeOnce } from '../key-files/made-once.js';
import { KEY_BYTES } from './encryption.js';
import { VaultKeyRefused } from './vault-errors.js';

/**
 * The key that encrypts customers' keys: `given` (base64), else the folder's vault.key, else a new vault.key that only
 * its owner can read. It makes no new key for an existing vault, because that key could read nothing in it.
 *
 * A key in the data folder protects only a back-up that omits one of them. For more, pass the key from outside.
 * @throws VaultKeyRefused
 */
export function loadKeyEncryptionKey(
  folder: string,
  { given, vaultExists }: { readonly given?: string | undefined; readonly vaultExists: boolean },
): Buffer {
  if (given !== undefined) return checked(given, 'AMENDS_VAULT_KEY');
  const file = join(folder, 'vault.key');
  if (existsSync(file)) return checked(keyText(file, VaultKeyRefused), file);
  if (vaultExists)
    throw new VaultKeyRefused(
      `${file} is missing, and Amends can't read the vault without it. Put it back from your back-up, or set the key as AMENDS_VAULT_KEY.`,
    );
  return checked(madeOnce(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`), file);
}

const checked = (text: string, what: string): Buffer => {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length === KEY_BYTES && key.toString('base64') === text.trim()) return key;
  throw new VaultKeyRefused(
    `${what} must be ${KEY_BYTES} bytes in base64. For a vault that exists, put its key back; for a new one, make a key with: openssl rand -base64 32`,
  );
};
