import { userInfo } from 'node:os';
import type { Actor } from '../../libs/event-sourcing/event.js';

/** Who runs the command, for history: `--as`, else AMENDS_OPERATOR, else the login name. */
export function operator(as?: string): Actor {
  const given = as ?? process.env['AMENDS_OPERATOR'];
  if (given) return { id: given, role: 'operator' };
  try {
    return { id: userInfo().username, role: 'operator' };
  } catch (error) {
    // In a container, the user may have no name.
    if (error instanceof Error && 'code' in error) return { id: 'operator', role: 'operator' };
    throw error;
  }
}
