import type { CrashPoint } from '../../libs/event-sourcing/crash-point.js';

/** For fault tests: AMENDS_CRASH_AT names the step between two writes at which this process ends, as by a power cut. */
export const crashPointOf = (crashAt: string | undefined): CrashPoint | undefined =>
  crashAt === undefined
    ? undefined
    : (name) => {
        if (name === crashAt) process.kill(process.pid, 'SIGKILL');
      };
