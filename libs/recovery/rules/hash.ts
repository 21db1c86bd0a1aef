import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { RuleSet } from './rule-set.js';

/** The name of a rule set: SHA-256, in hex, of its canonical JSON (RFC 8785), so that order and layout don't matter. */
export function ruleSetHash(ruleSet: RuleSet): string {
  const canonical: string = canonicalize(ruleSet) ?? ''; // it returns undefined only for undefined
  return createHash('sha256').update(canonical).digest('hex');
}
