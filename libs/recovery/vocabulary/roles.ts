/** Who may call: `agent` works cases of their own team, `analyst` sees no personal field, `integrator` sends responses in. */
export const ROLES = ['agent', 'supervisor', 'approver', 'analyst', 'operator', 'integrator'] as const;
export type Role = (typeof ROLES)[number];

/** Who works on cases. */
export const WORKERS: readonly Role[] = ['agent', 'supervisor', 'operator'];
export const SUPERVISORS: readonly Role[] = ['supervisor', 'operator'];
export const REVIEWERS: readonly Role[] = ['approver', 'supervisor', 'operator'];
/** Who reads the read models. */
export const READERS: readonly Role[] = [...REVIEWERS, 'agent', 'analyst'];
/** What a survey tool, a CRM or a telephone system reports by itself. */
export const REPORTERS: readonly Role[] = [...WORKERS, 'integrator'];
