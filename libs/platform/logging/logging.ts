import { LoggerModule, type Params } from 'nestjs-pino';
import type { Config } from '../config/config.js';
import { asSentences } from './sentences.js';

/**
 * Logs to standard error: JSON lines, or sentences at a terminal. It logs no requests: metrics count them, and history
 * records what they did. Bodies, headers and queries may hold personal data or keys, and never reach a log.
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
