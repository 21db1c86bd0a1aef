/** Where one id stands to another: in the order of their UTF-8 bytes. */
export const plainOrder = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));
