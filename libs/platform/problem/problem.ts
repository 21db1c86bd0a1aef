import { STATUS_CODES } from 'node:http';

/** A field at fault: a path such as answers/0/score, and what it must be. */
export interface FieldMistake {
  readonly field: string;
  readonly message: string;
  /** In the text that was sent, counted from 1; and how to correct it. */
  readonly line?: number;
  readonly column?: number;
  readonly remedy?: string;
}

/** A route that leads on from what was refused. */
export interface WayOut {
  readonly method: string;
  readonly path: string;
  readonly roles: readonly string[];
}

export interface ProblemDetails {
  readonly status: number;
  /** For programs: stable, while the sentence may change. */
  readonly code: string;
  /** What stands against the request, and what would be accepted, or from whom. */
  readonly detail: string;
  readonly wayOut?: readonly WayOut[];
  readonly errors?: readonly FieldMistake[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error answer by RFC 9457 (application/problem+json). */
export class Problem extends Error {
  constructor(readonly details: ProblemDetails) {
    super(details.detail);
    this.name = 'Problem';
  }

  get body(): object {
    const { status, code, detail, errors, wayOut } = this.details;
    return {
      type: `urn:amends:problem:${code}`,
      title: STATUS_CODES[status] ?? 'Error',
      status,
      code,
      detail,
      errors,
      wayOut,
    };
  }
}

export const invalid = (errors: readonly FieldMistake[], status: 400 | 422 = 422): Problem =>
  new Problem({
    status,
    code: 'invalid',
    detail: errors.map(({ field, message }) => (field === '' ? message : `${field} ${message}`)).join('; '),
    errors,
  });

/** @param wayOut where those are named that are here */
export const notFound = (what: string, wayOut: string): Problem =>
  new Problem({ status: 404, code: 'not-found', detail: `${what} is not here. ${wayOut}` });

/** Sent again then or later, it may succeed. */
export const unavailable = (code: string, detail: string, afterSeconds = 1): Problem =>
  new Problem({ status: 503, code, detail, headers: { 'retry-after': String(afterSeconds) } });

export const overloaded = (detail: string): Problem => unavailable('overloaded', detail);
