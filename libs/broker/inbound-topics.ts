/** Responses are sent in here: what POST /v1/responses takes, as plain JSON or as a CloudEvent. */
export const INBOUND_TOPIC = 'amends.inbound.responses';

/** Which of them were refused, and why; without what persons said, which stays in the inbound topic alone. */
export const REJECTS_TOPIC = 'amends.inbound.rejects';
