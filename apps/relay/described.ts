import { asyncApi } from '../../libs/broker/async-api.js';
import { schemaOf } from '../../libs/platform/validation/schema.js';
import { ReceiveResponse } from '../../libs/responses/receive-response.js';

/** The topics as AsyncAPI, with the inbound one. */
export const described = (): object => asyncApi(schemaOf(ReceiveResponse));
