import { LoggerModule, type Params } from 'nestjs-pino';
import type { Config } from '../config/config.js';
import { asSentences } from './sentences.js';

/**
 * Logs on standard error: JSON lines, or sentences where a person watches them at a terminal. Requests are not logged one by one: metrics count them, history records what they
 * did. Bodies, headers and queries, which may hold personal data or keys, never reach a log.
 */
export const logging = (
  level: Config['logLevel'],
  destination: NodeJS.WritableStream = process.stderr.isTTY ? asSentences(process.stderr) : process.stderr,
): ReturnType<typeof LoggerModule.forRoot> => {
  const params: Params = {
    pinoHttp: [
      { level, autoLogging: false, base: null, serializers: { req: () => undefined, res: () => undefined } },
      destination,
    ],
    forRoutes: [],
  };
  return LoggerModule.forRoot(params);
};
