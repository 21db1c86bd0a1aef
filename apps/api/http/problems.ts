import { Problem } from '../../../libs/platform/problem/problem.js';

/** The request does not fit the present state. */
export const conflict = (code: string, detail: string): Problem => new Problem({ status: 409, code, detail });

/** The caller's role or team may not have this. */
export const forbidden = (code: string, detail: string): Problem => new Problem({ status: 403, code, detail });

/** Try again later, at best after so many seconds. */
export const busy = (code: string, detail: string, seconds: number): Problem =>
  new Problem({ status: 503, code, detail, headers: { 'retry-after': String(seconds) } });

/** The body is of another media type than the route takes. */
export const unsupported = (detail: string): Problem =>
  new Problem({ status: 415, code: 'unsupported-media-type', detail });
