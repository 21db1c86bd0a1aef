export const plainInstant = (iso: string): number => Date.parse(iso);

export const plainIso = (at: number): string => new Date(at).toISOString();
