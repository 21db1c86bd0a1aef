import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { UUID } from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { Metadata, status, type StatusObject } from '@grpc/grpc-js';
import type { Map as WireMap } from 'google-protobuf';
import {
  AppendTooLarge,
  MOST_APPEND_BYTES,
  StreamDeleted,
  type Expected,
  type LoggedEvent,
  type Proposed,
} from './event-log.js';

const { ReadResp } = streams;
const { ReadEvent } = ReadResp;
const { RecordedEvent } = ReadEvent;

const TICKS_A_MILLISECOND = 10_000n;

export const streamNamed = (name: string): InstanceType<typeof shared.StreamIdentifier> =>
  new shared.StreamIdentifier().setStreamName(Buffer.from(name));

export const nameOf = (identifier: { getStreamName_asU8(): Uint8Array } | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');

interface ProposedMessage {
  getId(): UUID | undefined;
  getMetadataMap(): WireMap<string, string>;
  getData_asU8(): Uint8Array;
  getCustomMetadata_asU8(): Uint8Array;
}

export const proposed = (message: ProposedMessage): Proposed => ({
  id: message.getId()?.getString() ?? '',
  type: message.getMetadataMap().get('type') ?? '',
  contentType: message.getMetadataMap().get('content-type') ?? '',
  data: message.getData_asU8(),
  metadata: message.getCustomMetadata_asU8(),
});

interface Expectation {
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
  hasAny(): boolean;
}

export const expectedOf = (options: Expectation, revision: string): Expected => {
  if (options.hasNoStream()) return 'no stream';
  if (options.hasStreamExists()) return 'stream exists';
  return options.hasAny() ? 'any' : Number(revision);
};

/** An event in the protocol's form. */
export const eventBytes = (event: LoggedEvent): Uint8Array => {
  const position = event.position.toString();
  const recorded = new RecordedEvent()
    .setId(new shared.UUID().setString(event.id))
    .setStreamIdentifier(streamNamed(event.stream))
    .setStreamRevision(event.revision.toString())
    .setCommitPosition(position)
    .setPreparePosition(position)
    .setData(event.data)
    .setCustomMetadata(event.metadata);
  const ticks = BigInt(event.createdMs) * TICKS_A_MILLISECOND;
  recorded
    .getMetadataMap()
    .set('type', event.type)
    .set('content-type', event.contentType)
    .set('created', ticks.toString());
  return new ReadResp().setEvent(new ReadEvent().setEvent(recorded).setCommitPosition(position)).serializeBinary();
};

export const confirmationBytes = (subscription: string): Uint8Array =>
  new ReadResp()
    .setConfirmation(new ReadResp.SubscriptionConfirmation().setSubscriptionId(subscription))
    .serializeBinary();

export const checkpointBytes = (commit: number, prepare: number): Uint8Array =>
  new ReadResp()
    .setCheckpoint(
      new ReadResp.Checkpoint().setCommitPosition(commit.toString()).setPreparePosition(prepare.toString()),
    )
    .serializeBinary();

export const notFoundBytes = (stream: string): Uint8Array =>
  new ReadResp()
    .setStreamNotFound(new ReadResp.StreamNotFound().setStreamIdentifier(streamNamed(stream)))
    .serializeBinary();

/** A refusal as a gRPC error; any other error is a fault of the double. */
export const refusal = (error: unknown): Partial<StatusObject> => {
  const metadata = new Metadata();
  if (error instanceof StreamDeleted) {
    metadata.set('exception', 'stream-deleted');
    metadata.set('stream-name', error.stream);
    return { code: status.FAILED_PRECONDITION, details: error.message, metadata };
  }
  if (error instanceof AppendTooLarge) {
    metadata.set('exception', 'maximum-append-size-exceeded');
    metadata.set('maximum-append-size', MOST_APPEND_BYTES.toString());
    const details = `Maximum Append Size of ${MOST_APPEND_BYTES} Exceeded.`;
    return { code: status.INVALID_ARGUMENT, details, metadata };
  }
  return {
    code: status.UNKNOWN,
    details: `The double failed: ${error instanceof Error ? error.stack : String(error)}`,
  };
};
