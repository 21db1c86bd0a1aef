import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';

export const KEY_BYTES = 32;
// Keys are key objects: Node.js takes five times as long over the bytes of a key, at each use.

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM as base64 of nonce, ciphertext and tag. The tag authenticates `context` too: it opens nowhere else. */
export const encrypt = (key: KeyObject, plain: Buffer | string, context: string): string => {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(context));
  const text = cipher.update(typeof plain === 'string' ? Buffer.from(plain) : plain);
  return Buffer.concat([nonce, text, cipher.final(), cipher.getAuthTag()]).toString('base64');
};

/** Undefined for another key or context, or changed bytes. */
export const decrypt = (key: KeyObject, sealed: string, context: string): Buffer | undefined => {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    return Buffer.concat([text, decipher.final()]);
  } catch {
    return undefined; // final() throws only if the tag doesn't match
  }
};

/** Derives a key for one purpose from another key. */
export const keyFor = (key: KeyObject, purpose: string): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `amends vault ${purpose}`, KEY_BYTES)));

/** Without the key, nobody can find the text by trying texts. */
export const keyedHash = (key: KeyObject, text: string, as: 'hex' | 'base64url' = 'hex'): string =>
  createHmac('sha256', key).update(text).digest(as);
