import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

/**
 * Identifies the machine's last boot: files that were not synced before it may be lost or torn. On other systems than
 * Linux it can change without a boot, which costs a rebuild.
 */
export const machineStart = (): string =>
  process.platform === 'linux'
    ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    : `minute ${Math.round((Date.now() / 1_000 - uptime()) / 60)}`;
