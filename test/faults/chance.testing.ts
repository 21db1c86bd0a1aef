import { randomInt } from 'node:crypto';

/** AMENDS_FAULT_SEED repeats a run, AMENDS_FAULT_ROUNDS kills processes that many times at random. */
const SEED = Number(process.env['AMENDS_FAULT_SEED'] ?? randomInt(1_000_000_000));

/** How often a test kills processes at random. @param usual the number for a run of all tests */
export const roundsOr = (usual: number): number => Number(process.env['AMENDS_FAULT_ROUNDS'] ?? usual);

/** Whole numbers from `least` to `most`, the same ones for the same seed (mulberry32). */
export class Chance {
  private state = SEED;

  /** Print it when a test fails, so that the run can be repeated. */
  readonly seed = `AMENDS_FAULT_SEED=${SEED}`;

  between(least: number, most: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return least + (((mixed ^ (mixed >>> 14)) >>> 0) % (most - least + 1));
  }
}
