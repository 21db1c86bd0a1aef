// Stored for good: a new meaning is a new event, a new shape is an upcast.

export interface Member {
  readonly id: string;
  readonly role: 'agent' | 'supervisor' | 'approver';
  /** The most open cases at a time; absent: no limit. */
  readonly capacity?: number;
  /** Days, inclusive, such as 2031-05-05. */
  readonly absences?: readonly { readonly from: string; readonly to: string }[];
}

export type TeamEvent = {
  type: 'TeamChanged';
  data: { team: string; name: string; members: readonly Member[]; fallbackOwner: string; supervisor?: string };
};
