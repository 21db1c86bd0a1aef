import { three, type SeenTexts } from './mapping/column-types.js';
import type { CompiledMapping } from './mapping/compile-mapping.js';
import { comparisonsOf, filtersOf } from './mapping/comparisons.js';

/**
 * Conditions on what a row holds that no row met, in sentences: perhaps the file has none such, perhaps a text is spelt
 * otherwise. @param held the numbers of the rules that did hold
 */
export function heldNever(
  { mapping, lineOf }: CompiledMapping,
  held: ReadonlySet<number>,
  seen: SeenTexts,
): readonly string[] {
  const filters = filtersOf(mapping);
  return mapping.emit.flatMap(({ type }, index): readonly string[] => {
    if (held.has(index)) return [];
    const compared = filters
      .filter(({ path }) => path[0] === 'emit' && path[1] === index)
      .flatMap(comparisonsOf)
      .flatMap(({ column }) => (mapping.personal?.includes(column) ? [] : [column]));
    const texts = [...new Set(compared)].flatMap((column) => {
      const known = seen.get(column);
      return known ? [`${column} ${three(known)}`] : [];
    });
    if (compared.length === 0) return [];
    const path = ['emit', index, 'when'];
    const shown = texts.length === 0 ? '' : ` The first rows have, for example, ${texts.join('; ')}.`;
    return [`line ${lineOf(path)}, ${path.join('.')}: it held for no row, so there is no ${type} from it.${shown}`];
  });
}
