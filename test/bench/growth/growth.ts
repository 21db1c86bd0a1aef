import { join } from 'node:path';
import type { Figure, Size } from '../measure.js';
import { Factors } from './factors.js';
import { PathsOfHistory, rates } from './paths-of-history.js';
import { PathsOfStreams } from './paths-of-streams.js';
import { ServedPaths } from './served-paths.js';

/** What each path costs as history and as one stream grow. What should be constant is held to a fifth more. */
export async function growth(size: Size, folder: string): Promise<Figure[]> {
  return [...(await ofStreams(size, join(folder, 'streams'))), ...(await ofHistory(size, join(folder, 'history')))];
}

async function ofStreams({ quick, runs }: Size, folder: string): Promise<Figure[]> {
  const sizes = quick ? [100, 10_000] : [100, 10_000, 100_000];
  const factors = new Factors(sizes, 'events of the stream');
  const stores = await inTurn(sizes, (size) => PathsOfStreams.grow(join(folder, `${size}`), size));
  for (let run = -1; run < runs; run++) for (const paths of stores) await paths.measure(factors);
  for (const paths of stores) await paths.close();
  return factors.figures();
}

async function ofHistory({ quick, runs }: Size, folder: string): Promise<Figure[]> {
  const sizes = quick ? [1_000, 10_000] : [10_000, 100_000, 1_000_000];
  const factors = new Factors(sizes, 'events of history');
  const stores = await inTurn(sizes, (size) => PathsOfHistory.grow(join(folder, `${size}`), size));
  for (let run = -1; run < runs; run++) for (const paths of stores) await paths.measure(factors);
  for (const paths of stores) await paths.close();
  const served = stores.map((paths) => new ServedPaths(paths, quick ? 2_000 : 20_000));
  // Each run starts a process twice.
  for (let run = -1; run < (quick ? 1 : 3); run++) for (const paths of served) await paths.measure(factors);
  return [...factors.figures(), ...rates(stores)];
}

async function inTurn<T>(sizes: readonly number[], make: (size: number) => Promise<T>): Promise<readonly T[]> {
  const made: T[] = [];
  for (const size of sizes) made.push(await make(size));
  return made;
}
