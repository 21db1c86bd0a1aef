import { CRASH_POINTS, type CrashPoint } from '../../event-sourcing/crash-point.js';

/**
 * For fault tests: kills the process, like a power cut, when it reaches a step between two writes for the nth time.
 * @param text a crash point's name; `:n` after it for another time than the first
 * @returns undefined for an unknown step
 */
export function crashAt(text: string): CrashPoint | undefined {
  const [, named = text, nth = '1'] = /^(.+?)(?::(\d+))?$/s.exec(text) ?? [];
  const step = CRASH_POINTS.find((name) => name === named);
  if (step === undefined) return undefined;
  let left = Number(nth);
  return (name) => {
    if (name === step && --left === 0) process.kill(process.pid, 'SIGKILL');
  };
}
