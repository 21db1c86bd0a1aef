import type { Readable } from 'node:stream';
import { problemOf } from '../../../libs/platform/problem/problem-filter.js';
import { Problem, invalid } from '../../../libs/platform/problem/problem.js';
import { parseJson } from '../../../libs/platform/validation/json-body.js';
import { valid } from '../../../libs/platform/validation/schema.js';
import { MAX_BODY_BYTES } from '../http/bodies.js';
import { ReceiveResponse } from '../../../libs/responses/receive-response.js';

/** Enough for one group commit to carry many lines, few enough for memory to stay flat. */
const IN_FLIGHT = 256;
const NEWLINE = 10;

/** Answers each line with a line of JSON, in order. A wrong line stops none of the others. */
export async function* receiveLines(
  input: Readable,
  receive: (sent: ReceiveResponse) => Promise<object>,
): AsyncGenerator<string> {
  const waiting: Promise<string>[] = [];
  let number = 0;
  for await (const line of linesOf(input)) {
    number++;
    if (line === undefined || line.length > 0) {
      const result = resultOf(number, line, receive);
      // The answer tells a failure at its turn, which may never come; until then it must not end the process.
      result.catch(() => undefined);
      waiting.push(result);
    }
    if (waiting.length >= IN_FLIGHT) yield (await waiting.shift()) ?? '';
  }
  for (const result of waiting) yield await result;
}

async function resultOf(
  line: number,
  text: Buffer | undefined,
  receive: (sent: ReceiveResponse) => Promise<object>,
): Promise<string> {
  try {
    if (text === undefined) throw tooLong();
    const result = await receive(valid(ReceiveResponse, parseJson(text)));
    return `${JSON.stringify({ line, ...result })}\n`;
  } catch (error) {
    const problem = problemOf(error);
    // An unforeseen error ends the batch: the caller sends it again, which adds nothing twice.
    if (problem.details.status >= 500) throw error;
    return `${JSON.stringify({ line, problem: problem.body })}\n`;
  }
}

const tooLong = (): Problem =>
  invalid([{ field: '', message: `The line is longer than ${MAX_BODY_BYTES} bytes; send a shorter one` }], 400);

/** Yields undefined for a line that is too long. */
async function* linesOf(input: Readable): AsyncGenerator<Buffer | undefined> {
  let parts: Buffer[] = [];
  let length = 0;
  const ended = (): Buffer | undefined => {
    const line = length > MAX_BODY_BYTES ? undefined : withoutReturn(Buffer.concat(parts));
    parts = [];
    length = 0;
    return line;
  };
  for await (const chunk of input as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end; (end = chunk.indexOf(NEWLINE, from)) >= 0; from = end + 1) {
      length += end - from;
      if (length <= MAX_BODY_BYTES) parts.push(chunk.subarray(from, end));
      yield ended();
    }
    length += chunk.length - from;
    if (length <= MAX_BODY_BYTES) parts.push(chunk.subarray(from));
    else parts = [];
  }
  if (length > 0) yield ended();
}

const withoutReturn = (line: Buffer): Buffer => (line.at(-1) === 13 ? line.subarray(0, -1) : line);
