/** A customer's name, `email`, phone, language and zone, as far as they are known. */
export type ContactData = Readonly<Record<string, string>>;

/** How to reach a customer, and when that was so: UTC with milliseconds. */
export interface ContactStatement {
  readonly contact: ContactData;
  readonly asOf: string;
}

interface Dated {
  readonly is: string;
  readonly asOf: string;
}

/** As the vault holds it, for good. A plain text was stored before times were: it counts as older than any other. */
export type DatedContact = Readonly<Record<string, string | Dated>>;

/** The fields of a statement that replace what is known. In whatever order statements come, the same ones stand. */
export const newerIn = ({ contact, asOf }: ContactStatement, known: DatedContact): DatedContact =>
  Object.fromEntries(
    Object.entries(contact)
      .map(([field, is]) => [field, { is, asOf }] as const)
      .filter(([field, stated]) => isNewer(stated, known[field])),
  );

/** Of two texts of one time, the one that sorts last stands: either order of arrival must end with the same. */
const isNewer = (stated: Dated, known: string | Dated | undefined): boolean =>
  known === undefined ||
  typeof known === 'string' ||
  stated.asOf > known.asOf ||
  (stated.asOf === known.asOf && stated.is > known.is);

export const plainContact = (known: DatedContact): ContactData =>
  Object.fromEntries(
    Object.entries(known).map(([field, value]) => [field, typeof value === 'string' ? value : value.is]),
  );
