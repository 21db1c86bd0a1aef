import code from '@eventstore/db-client/generated/code_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import statuses from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
  DeleteReq,
  DeleteResp,
  TombstoneReq,
  TombstoneResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import type { handleBidiStreamingCall, handleClientStreamingCall, handleUnaryCall } from '@grpc/grpc-js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import empties from 'google-protobuf/google/protobuf/empty_pb.js';
import { errorText } from '../../libs/event-sourcing/error-text.js';
import {
  AppendTooLarge,
  MOST_APPEND_BYTES,
  StreamDeleted,
  WrongRevision,
  type EventLog,
  type Proposed,
} from './event-log.js';
import { expectedOf, nameOf, proposed, refusal, streamNamed } from './wire.js';

/** One call for each append. */
export const appending =
  (log: EventLog): handleClientStreamingCall<AppendReq, AppendResp> =>
  (call, answer) => {
    let options: AppendReq.Options | undefined;
    const events: Proposed[] = [];
    call.on('data', (request: AppendReq) => {
      options ??= request.getOptions();
      const message = request.getProposedMessage();
      if (message !== undefined) events.push(proposed(message));
    });
    call.on('end', () => {
      if (options === undefined) return answer(refusal(new Error('An append without options.')));
      const response = new streams.AppendResp();
      try {
        const expected = expectedOf(options, options.getRevision());
        const appended = log.append(nameOf(options.getStreamIdentifier()), events, expected);
        const position = new streams.AppendResp.Position()
          .setCommitPosition(appended.position.toString())
          .setPreparePosition(appended.position.toString());
        const success = new streams.AppendResp.Success().setPosition(position);
        if (appended.revision === undefined) success.setNoStream(new shared.Empty());
        else success.setCurrentRevision(appended.revision.toString());
        answer(null, response.setSuccess(success));
      } catch (error) {
        if (error instanceof WrongRevision) answer(null, response.setWrongExpectedVersion(wrongRevision(error)));
        else answer(refusal(error));
      }
    });
  };

const wrongRevision = ({ expected, current }: WrongRevision): AppendResp.WrongExpectedVersion => {
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (current === undefined) wrong.setCurrentNoStream(new shared.Empty());
  else wrong.setCurrentRevision(current.toString());
  if (expected === 'any') return wrong.setExpectedAny(new shared.Empty());
  if (expected === 'stream exists') return wrong.setExpectedStreamExists(new shared.Empty());
  if (expected === 'no stream') return wrong.setExpectedNoStream(new shared.Empty());
  return wrong.setExpectedRevision(expected.toString());
};

/** One call for the appends of one client, told apart by their correlation ids. */
export const batchAppending =
  (log: EventLog): handleBidiStreamingCall<BatchAppendReq, BatchAppendResp> =>
  (call) => {
    const open = new Map<string, { options: BatchAppendReq.Options | undefined; events: Proposed[] }>();
    call.on('data', (request: BatchAppendReq) => {
      const correlation = request.getCorrelationId()?.getString() ?? '';
      const append = open.get(correlation) ?? { options: request.getOptions(), events: [] };
      open.set(correlation, append);
      append.events.push(...request.getProposedMessagesList().map(proposed));
      if (!request.getIsFinal()) return;
      open.delete(correlation);
      call.write(batchAnswer(log, append.options, append.events).setCorrelationId(request.getCorrelationId()));
    });
    call.on('end', () => call.end());
  };

const batchAnswer = (
  log: EventLog,
  options: BatchAppendReq.Options | undefined,
  events: readonly Proposed[],
): BatchAppendResp => {
  const stream = nameOf(options?.getStreamIdentifier());
  const response = new streams.BatchAppendResp().setStreamIdentifier(streamNamed(stream));
  if (options === undefined) return response.setError(batchRefusal(new Error('An append without options.')));
  try {
    const { revision, position } = log.append(stream, events, expectedOf(options, options.getStreamPosition()));
    const at = new shared.AllStreamPosition()
      .setCommitPosition(position.toString())
      .setPreparePosition(position.toString());
    const success = new streams.BatchAppendResp.Success().setPosition(at);
    if (revision === undefined) success.setNoStream(new empties.Empty());
    else success.setCurrentRevision(revision.toString());
    return response.setSuccess(success);
  } catch (error) {
    return response.setError(batchRefusal(error));
  }
};

const batchRefusal = (error: unknown): InstanceType<typeof statuses.Status> => {
  const details = new any.Any();
  const message = (name: string, body: { serializeBinary(): Uint8Array }): void =>
    details.pack(body.serializeBinary(), `event_store.client.${name}`);
  if (error instanceof WrongRevision) message('WrongExpectedVersion', batchWrongRevision(error));
  else if (error instanceof StreamDeleted)
    message('StreamDeleted', new shared.StreamDeleted().setStreamIdentifier(streamNamed(error.stream)));
  else if (error instanceof AppendTooLarge)
    message('MaximumAppendSizeExceeded', new shared.MaximumAppendSizeExceeded().setMaxappendsize(MOST_APPEND_BYTES));
  else message('Unknown', new shared.Unknown());
  const text = errorText(error);
  return new statuses.Status().setCode(code.Code.UNKNOWN).setMessage(text).setDetails(details);
};

const batchWrongRevision = ({ expected, current }: WrongRevision): InstanceType<typeof shared.WrongExpectedVersion> => {
  const wrong = new shared.WrongExpectedVersion();
  if (current === undefined) wrong.setCurrentNoStream(new empties.Empty());
  else wrong.setCurrentStreamRevision(current.toString());
  if (expected === 'any') return wrong.setExpectedAny(new empties.Empty());
  if (expected === 'stream exists') return wrong.setExpectedStreamExists(new empties.Empty());
  if (expected === 'no stream') return wrong.setExpectedNoStream(new empties.Empty());
  return wrong.setExpectedStreamPosition(expected.toString());
};

export const deleting =
  (log: EventLog): handleUnaryCall<DeleteReq, DeleteResp> =>
  ({ request }, answer) => {
    try {
      const position = log.softDelete(nameOf(request.getOptions()?.getStreamIdentifier())).toString();
      const at = new streams.DeleteResp.Position().setCommitPosition(position).setPreparePosition(position);
      answer(null, new streams.DeleteResp().setPosition(at));
    } catch (error) {
      answer(refusal(error));
    }
  };

export const tombstoning =
  (log: EventLog): handleUnaryCall<TombstoneReq, TombstoneResp> =>
  ({ request }, answer) => {
    try {
      const position = log.tombstone(nameOf(request.getOptions()?.getStreamIdentifier())).toString();
      const at = new streams.TombstoneResp.Position().setCommitPosition(position).setPreparePosition(position);
      answer(null, new streams.TombstoneResp().setPosition(at));
    } catch (error) {
      answer(refusal(error));
    }
  };
