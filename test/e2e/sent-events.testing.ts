export interface Sent {
  readonly id: string;
  readonly event?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface Listening {
  readonly key: string;
  /** Resume after this event. */
  readonly last?: string;
  readonly signal?: AbortSignal;
}

/** Reads server-sent events like a browser's EventSource. Leaving the loop closes the connection. */
export async function* sentEvents(url: string, path: string, { key, last, signal }: Listening): AsyncGenerator<Sent> {
  const response = await fetch(new URL(path, url), {
    headers: { authorization: `Bearer ${key}`, ...(last === undefined ? {} : { 'last-event-id': last }) },
    ...(signal === undefined ? {} : { signal }),
  });
  const type = response.headers.get('content-type');
  if (response.status !== 200 || type !== 'text/event-stream')
    throw new Error(`${path} was answered ${response.status} as ${type}: ${await response.text()}`);
  let text = '';
  for await (const chunk of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
      const fields = Object.fromEntries(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      if (fields['data'] === undefined) continue;
      yield { id: fields['id'] ?? '', event: fields['event'], data: JSON.parse(fields['data']) as Sent['data'] };
    }
  }
}
