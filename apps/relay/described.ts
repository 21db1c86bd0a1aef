import { asyncApi } from '../../libs/broker/async-api.js';
import { ReceiveResponse } from '../../libs/responses/receive-response.js';

/** The topics as AsyncAPI, with what may be sent in. */
export const described = (): object => asyncApi({ ...ReceiveResponse });
