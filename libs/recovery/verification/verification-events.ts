// Stored for good: a new meaning is a new event, a new shape is an upcast.

/** On `verification-{period}`: a drawing that an auditor can repeat from the seed, the case ids and the rate. */
export type VerificationEvent = {
  type: 'VerificationSampled';
  data: {
    period: string;
    seed: string;
    rate: number;
    stratum?: string;
    cases: readonly string[];
    drawn: readonly string[];
  };
};
