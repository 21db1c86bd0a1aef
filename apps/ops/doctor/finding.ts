/** What an examination found. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  /** What to do. */
  readonly remedy?: string;
}
