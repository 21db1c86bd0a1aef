import { SetMetadata } from '@nestjs/common';

/** Who may call: `agent` works cases of their own team, `analyst` sees no personal field, `integrator` sends responses in. */
export const ROLES = ['agent', 'supervisor', 'approver', 'analyst', 'operator', 'integrator'] as const;
export type Role = (typeof ROLES)[number];

/** Whoever stands behind a request. `name` is the person's (or system's) id as it stands in history. */
export interface Caller {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly team?: string;
}

export const ROLES_OF_ROUTE = 'amends:roles';

/** Every route says who may call it; the guard refuses a route that says nothing. */
export const Roles = (...roles: readonly Role[]) => SetMetadata(ROLES_OF_ROUTE, roles);
/** Nobody is asked who they are. */
export const Everyone = () => SetMetadata(ROLES_OF_ROUTE, 'everyone');
/** Any caller with a key. */
export const AnyRole = () => Roles(...ROLES);

export const ROLES_THAT_READ_PERSONAL: ReadonlySet<Role> = new Set(['agent', 'supervisor', 'approver', 'operator']);
