import { isSealed, type Sealed } from '../event-sourcing/sealed.js';

/** Every sealed value in it, at any depth. */
export function sealedIn(value: unknown): readonly Sealed[] {
  const found: Sealed[] = [];
  const visit = (at: unknown): void => {
    if (typeof at !== 'object' || at === null) return;
    if (isSealed(at)) found.push(at);
    else for (const inner of Object.values(at)) visit(inner);
  };
  visit(value);
  return found;
}

/** A copy with every sealed value replaced. It shares parts that contain none. */
export function replaceSealed(value: unknown, replacement: (sealed: Sealed) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isSealed(value)) return replacement(value);
  if (Array.isArray(value)) {
    const copy = value.map((one: unknown) => replaceSealed(one, replacement));
    return copy.every((one, index) => one === value[index]) ? value : copy;
  }
  const entries = Object.entries(value);
  const copied = entries.map(([name, inner]) => [name, replaceSealed(inner, replacement)] as const);
  return copied.every(([, inner], index) => inner === entries[index]?.[1]) ? value : Object.fromEntries(copied);
}
