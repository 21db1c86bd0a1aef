import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { RuleSet } from './rule-set.js';

/** A rule set's name: SHA-256, in hex, of its canonical JSON (RFC 8785), so that order and layout do not matter. */
export function ruleSetHash(ruleSet: RuleSet): string {
  const canonical: string = canonicalize(ruleSet) ?? ''; // undefined for undefined alone
  return createHash('sha256').update(canonical).digest('hex');
}
