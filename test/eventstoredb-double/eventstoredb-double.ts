import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import featuresService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import {
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  status,
  type handleUnaryCall,
  type MethodDefinition,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import { appending, batchAppending, deleting, tombstoning } from './appending.js';
import { EventLog } from './event-log.js';
import { reading } from './reading.js';

export interface DoubleOptions {
  /** Default: a new one. */
  readonly log?: EventLog;
  /** Default: any free one. */
  readonly port?: number;
  /** False: without BatchAppend, like servers before 21.6; clients then make one call for each append. Default: true. */
  readonly batchAppend?: boolean;
  /** PEM. With it, the double accepts only encrypted connections, and clients must trust the certificate. */
  readonly tls?: { readonly key: Buffer; readonly certificate: Buffer };
  /** `name:password`; default: no authentication. */
  readonly user?: string;
}

export interface EventStoreDbDouble {
  readonly url: string;
  readonly port: number;
  readonly log: EventLog;
  /** Ends every call at once, like a server that is killed. */
  stop(): Promise<void>;
}

/**
 * A double of an EventStoreDB server for tests. It speaks the same gRPC, by the service definitions of the official client,
 * and answers as measured on a real server (conformance.int.spec.ts). It keeps everything in memory and has only the
 * services of streams.
 */
export async function startDouble(options: DoubleOptions = {}): Promise<EventStoreDbDouble> {
  const { log = new EventLog(), batchAppend = true, tls, user } = options;
  const server = new Server({
    'grpc.max_receive_message_length': 17 * 1024 * 1024,
    interceptors: user === undefined ? [] : [onlyFor(user)],
  });
  const { StreamsService } = streamsService;
  const read: MethodDefinition<unknown, Uint8Array> = {
    ...StreamsService.read,
    requestSerialize: () => Buffer.alloc(0), // for clients
    responseSerialize: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), // made once an event
    responseDeserialize: (bytes) => bytes,
  };
  server.addService(
    { ...StreamsService, read },
    {
      read: reading(log),
      append: appending(log),
      batchAppend: batchAppending(log),
      delete: deleting(log),
      tombstone: tombstoning(log),
    },
  );
  server.addService(featuresService.ServerFeaturesService, { getSupportedMethods: supported(batchAppend) });
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [{ private_key: tls.key, cert_chain: tls.certificate }]);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${options.port ?? 0}`, credentials, (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    url: `esdb://${user === undefined ? '' : `${user}@`}127.0.0.1:${port}?tls=${tls !== undefined}`,
    port,
    log,
    stop: async () => {
      server.forceShutdown();
    },
  };
}

const onlyFor = (user: string): ServerInterceptor => {
  const known = `Basic ${Buffer.from(user).toString('base64')}`;
  return (_method, call) =>
    new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, pass) => {
            if (metadata.get('authorization')[0] === known) pass(metadata);
            else call.sendStatus({ code: status.UNAUTHENTICATED, details: 'Unauthenticated' });
          },
        }),
    });
};

const supported =
  (batchAppend: boolean): handleUnaryCall<unknown, SupportedMethods> =>
  (_call, answer) => {
    const names = ['read', 'append', 'delete', 'tombstone', ...(batchAppend ? ['batchappend'] : [])];
    const methods = names.map((name) =>
      new features.SupportedMethod()
        .setServiceName('event_store.client.streams.streams')
        .setMethodName(name)
        .setFeaturesList(name === 'read' ? ['position', 'events'] : []),
    );
    answer(null, new features.SupportedMethods().setMethodsList(methods).setEventStoreServerVersion('22.10.5'));
  };
