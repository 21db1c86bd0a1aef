import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { firstNamed, Tries, type Setback } from './patience.js';

const PATIENCE = { tries: 4, longestWaitMs: 30_000, failingMs: 300_000, graceMs: 60_000 };

const setback = fc.constantFrom<Setback>(
  { kind: 'failing', reason: 'failed', because: 'It fails.' },
  { kind: 'rules-missing', reason: 'programme-unknown', because: 'No rules.', programme: 'care' },
  { kind: 'service-down', reason: 'unavailable', because: 'It is down.', retryAfterMs: 1_000 },
);

test('whatever happens, waits have a bound, and only what its own failures speak against is given up', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ setback, passed: fc.nat(2), failing: fc.integer({ min: 1, max: 4 }) }), { maxLength: 80 }),
      (all) => {
        const tries = new Tries(PATIENCE, firstNamed(), 0);
        let [now, passed, inARow] = [0, 0, 0];
        for (const step of all) {
          passed += step.passed;
          inARow = step.setback.kind === 'failing' ? inARow + 1 : 0;
          const next = tries.after(step.setback, { now, passed, failing: step.failing });
          if ('givenUp' in next) {
            expect(step.setback.kind).not.toBe('service-down');
            if (step.setback.kind === 'failing') expect(inARow).toBeGreaterThanOrEqual(PATIENCE.tries);
            else expect(now).toBeGreaterThanOrEqual(PATIENCE.graceMs);
            return;
          }
          expect(next.waitMs).toBeGreaterThan(0);
          expect(next.waitMs).toBeLessThanOrEqual(PATIENCE.longestWaitMs);
          now += next.waitMs;
        }
      },
    ),
  );
});

test('a message that fails is given up within its time, whatever happens to others', () => {
  fc.assert(
    fc.property(
      fc.infiniteStream(fc.record({ passed: fc.nat(1), failing: fc.integer({ min: 1, max: 9 }) })),
      (steps) => {
        const tries = new Tries(PATIENCE, firstNamed(), 0);
        let [now, passed] = [0, 0];
        for (const step of steps) {
          passed += step.passed;
          const at = { now, passed, failing: step.failing };
          const next = tries.after({ kind: 'failing', reason: 'failed', because: '' }, at);
          if ('givenUp' in next) break;
          now += next.waitMs;
        }
        expect(now).toBeLessThanOrEqual(PATIENCE.failingMs + PATIENCE.longestWaitMs);
      },
    ),
  );
});
