import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { keyText } from '../key-files/key-text.js';
import { madeOnce } from '../key-files/made-once.js';
import type { Ledger } from '../ledger/ledger.js';
import { SEALS } from './seal.js';

export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** The seals' key is missing, malformed or readable by others. */
export class SigningKeyRefused extends Error {
  override readonly name = 'SigningKeyRefused';
}

/** @param from the key's source, for the message @throws SigningKeyRefused */
export const signingKeyFrom = (pem: string, from: string): SigningKey => {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
  } catch (error) {
    throw new SigningKeyRefused(`${from} holds no private key in PEM form. Put the right key back.`, { cause: error });
  }
  if (privateKey.asymmetricKeyType !== 'ed25519') {
    throw new SigningKeyRefused(
      `${from} holds a key of type ${privateKey.asymmetricKeyType}, not ed25519. Put the right key back.`,
    );
  }
  return { privateKey, publicKey: createPublicKey(privateKey) };
};

const OTHERS = 0o077;

const keptIn = (path: string): SigningKey => {
  const pem = keyText(path, SigningKeyRefused);
  if (process.platform !== 'win32' && (statSync(path).mode & OTHERS) !== 0) {
    throw new SigningKeyRefused(`Others may read ${path}, which signs the seals. Run chmod 600 on it.`);
  }
  return signingKeyFrom(pem, path);
};

/**
 * The key in a file that only its owner may read. It makes one if there are no seals yet.
 * @throws SigningKeyRefused for a key that is missing although there are seals, that others may read, or that is none
 */
export const signingKeyIn = async (path: string, ledger: Ledger): Promise<SigningKey> => {
  if (existsSync(path)) return keptIn(path);
  const [seal] = await ledger.list(SEALS, { limit: 1 });
  if (existsSync(path)) return keptIn(path); // another process was faster, and may have sealed with it
  if (seal !== undefined) {
    throw new SigningKeyRefused(
      `The signing key ${path} is missing, but there are seals made with it. Put it back: a new key can't check them.`,
    );
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  mkdirSync(dirname(path), { recursive: true });
  return signingKeyFrom(madeOnce(path, pem), path);
};
