/** Removes undefined fields: an event omits what it doesn't state. */
export function stated<T extends object>(fields: T): T {
  const defined: Partial<T> = {};
  // Deleting from a copy would make an object that is slow to read.
  for (const field in fields) if (fields[field] !== undefined) defined[field] = fields[field];
  return defined as T;
}
