import type { Position } from '@eventstore/db-client';

/** As many digits as the largest signed number of 64 bits has: positions are offsets of bytes in a log. */
const DIGITS = 19;

const padded = (offset: bigint): string => offset.toString().padStart(DIGITS, '0');

/** The commit position and then the prepare position: a reader that resumes with one of them alone may skip events. */
export const positionText = ({ commit, prepare }: Position): string => {
  const text = padded(commit);
  return text + (commit === prepare ? text : padded(prepare));
};

/** @throws RangeError for a position that another history gave */
export const positionOf = (text: string): Position => {
  if (!/^\d{38}$/.test(text)) {
    throw new RangeError(
      `A position of this history has ${DIGITS * 2} digits, not "${text}". Use one that the history gave.`,
    );
  }
  return { commit: BigInt(text.slice(0, DIGITS)), prepare: BigInt(text.slice(DIGITS)) };
};
