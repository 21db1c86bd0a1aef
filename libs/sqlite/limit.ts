/** A limit to bind. As a bare parameter, SQLite would plan the statement anew at each run, to plan for its value. */
export const BOUND_LIMIT = 'LIMIT 0 + ?';
