import canonicalize from 'canonicalize';
import { errorText } from '../event-sourcing/error-text.js';
import type { ToAppend } from '../event-sourcing/event.js';
import { AppendRefused, MAX_APPEND_BYTES } from './event-store.js';

/** Names and punctuation of the envelope's fields. */
const ENVELOPE_BYTES = 300;

/** Each event's data as JSON. @throws AppendRefused for what not every store can hold */
export const checkedData = (stream: string, events: readonly ToAppend[]): readonly string[] => {
  if (stream === '') throw new AppendRefused('A stream needs a name. Name one such as case-4711.');
  if (events.length === 0) throw new AppendRefused(`Nothing to append to ${stream}. Append one event or more.`);
  let characters = 0;
  const data = events.map((event) => {
    if (event.stream !== stream) {
      throw new AppendRefused(
        `Event ${event.id} names stream ${event.stream}, not ${stream}. Append it to its own stream.`,
      );
    }
    const json: string | undefined = JSON.stringify(event.data);
    if (json === undefined || json[0] !== '{')
      throw new AppendRefused(`The data of event ${event.id} is not an object. Append one.`);
    if (ESCAPED_SURROGATE.test(json)) refuseLoneSurrogate(event);
    characters += json.length;
    for (const value of envelopeOf(event)) characters += value.length;
    return json;
  });
  // Bytes are counted only where they could be too many.
  if (characters * MOST_BYTES_A_CHARACTER + events.length * ENVELOPE_BYTES > MAX_APPEND_BYTES)
    refuseTooLarge(stream, events, data);
  return data;
};

/** In UTF-8, of a unit of JavaScript's text. */
const MOST_BYTES_A_CHARACTER = 3;

const envelopeOf = (event: ToAppend): readonly string[] => {
  const { id, type, stream, programme, commandId, correlationId, causationId, actor } = event;
  return [id, type, stream, programme, commandId, correlationId, causationId, actor.id, actor.role];
};

const refuseTooLarge = (stream: string, events: readonly ToAppend[], data: readonly string[]): void => {
  const texts = [...data, ...events.flatMap(envelopeOf)];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), events.length * ENVELOPE_BYTES);
  if (bytes > MAX_APPEND_BYTES) {
    throw new AppendRefused(
      `The ${events.length} events for ${stream} take ${bytes} bytes, and one append carries ${MAX_APPEND_BYTES} at most. Split it.`,
    );
  }
};

/** How JSON.stringify escapes half a character, which UTF-8 can't encode. Literal text can match it too. */
const ESCAPED_SURROGATE = /\\ud[89a-f]/;

const refuseLoneSurrogate = (event: ToAppend): void => {
  try {
    canonicalize(event.data);
  } catch (error) {
    throw new AppendRefused(
      `Amends can't store the data of event ${event.id}: ${errorText(error)}. Send whole characters.`,
    );
  }
};
