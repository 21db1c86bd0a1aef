/** Only the fields that say something: what was not said is absent from an event, not null and not undefined. */
export function stated<T extends object>(fields: T): T {
  const said = { ...fields };
  for (const field in said) if (said[field] === undefined) delete said[field];
  return said;
}
