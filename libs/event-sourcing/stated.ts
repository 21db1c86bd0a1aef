/** Removes undefined fields: an event omits what it doesn't state. */
export function stated<T extends object>(fields: T): T {
  const defined = { ...fields };
  for (const field in defined) if (defined[field] === undefined) delete defined[field];
  return defined;
}
