import { SetMetadata } from '@nestjs/common';
import { ROLES, type Role } from '../../recovery/vocabulary/roles.js';

/** Who sent a request. `name` is the person's (or system's) id in history. */
export interface Caller {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly team?: string;
}

export const ROLES_OF_ROUTE = 'amends:roles';

/** Every route names who may call it; the guard refuses all callers of a route that does not. */
export const Roles = (...roles: readonly Role[]) => SetMetadata(ROLES_OF_ROUTE, roles);
/** Callers need no key. */
export const Everyone = () => SetMetadata(ROLES_OF_ROUTE, 'everyone');
/** Any caller with a key. */
export const AnyRole = () => Roles(...ROLES);

export const ROLES_THAT_READ_PERSONAL: ReadonlySet<Role> = new Set(['agent', 'supervisor', 'approver', 'operator']);
