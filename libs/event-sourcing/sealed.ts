/**
 * A person's words, encrypted with their customer's key. `sealed` is base64 of the nonce (12 bytes), the ciphertext
 * and the tag (16 bytes) of AES-256-GCM; `key` names the customer whose key opens it; `event` and `field` say where
 * it was first stored, and the tag authenticates them.
 */
export interface Sealed {
  readonly sealed: string;
  readonly key: string;
  readonly event: string;
  readonly field: string;
}

/** A personal field: plain text on its way in and out, sealed in every store. */
export type PersonalText = string | Sealed;

export const isSealed = (value: unknown): value is Sealed =>
  typeof value === 'object' && value !== null && 'sealed' in value && 'key' in value;
