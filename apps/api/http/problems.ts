import { Problem } from '../../../libs/platform/problem/problem.js';

/** The request does not fit the present state. @param wayOut what would be accepted, or what to wait for */
export const conflict = (code: string, what: string, wayOut: string): Problem =>
  new Problem({ status: 409, code, detail: `${what} ${wayOut}` });

/** The caller's role or team may not have this. @param wayOut who may, or what this caller may */
export const forbidden = (code: string, what: string, wayOut: string): Problem =>
  new Problem({ status: 403, code, detail: `${what} ${wayOut}` });

/** Try again later, at best after so many seconds. */
export const busy = (code: string, what: string, wayOut: string, seconds: number): Problem =>
  new Problem({ status: 503, code, detail: `${what} ${wayOut}`, headers: { 'retry-after': String(seconds) } });

/** The body is of another media type than the route takes. */
export const unsupported = (detail: string): Problem =>
  new Problem({ status: 415, code: 'unsupported-media-type', detail });
