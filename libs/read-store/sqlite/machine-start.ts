import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

/**
 * Another text after each start of the machine: what was written before it and never synced may be lost or torn.
 * Elsewhere than on Linux it may differ within one start, too, which costs a build begun anew.
 */
export const machineStart = (): string =>
  process.platform === 'linux'
    ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    : `minute ${Math.round((Date.now() / 1_000 - uptime()) / 60)}`;
