/** Sources send responses here, as plain JSON or as a CloudEvent: the body of POST /v1/responses. */
export const INBOUND_TOPIC = 'amends.inbound.responses';

/** Which responses were refused, and why. What people said stays in the inbound topic. */
export const REJECTS_TOPIC = 'amends.inbound.rejects';
