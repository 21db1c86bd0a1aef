import { rebuild, type BuildOptions } from './rebuild.js';

/**
 * The read models as they would have looked to somebody who knew only what was known at an instant. They are built
 * and made live in a store of their own, which the caller opens empty and closes: nobody else sees them.
 */
export async function foldAside<Inputs>(options: BuildOptions<Inputs> & { readonly knownAt: string }): Promise<number> {
  const { id } = await rebuild({
    ...options,
    ruleBooks: {},
    reason: `as known at ${options.knownAt}`,
    stepMs: Infinity,
  });
  await options.reads.switchTo(id, undefined);
  return id;
}
