import type { RunningApp } from '../../libs/platform/stores/running-app.js';
import { EXIT, Failure } from './failure.js';

/** Long enough for a build over a large history. */
const DEADLINE_MS = 6 * 60 * 60 * 1_000;

/**
 * Sends a command to the app that serves the folder, with the operator's key of AMENDS_KEY.
 * @throws Failure with the app's own message if it refuses
 */
export async function askApp<T>(
  app: RunningApp,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<T> {
  const key = process.env['AMENDS_KEY'];
  if (!key) {
    throw new Failure(
      `An app (process ${app.pid}, ${app.url}) runs on this folder, so the command goes through it. ` +
        "Set AMENDS_KEY to an operator's key, which the app printed on its first start.",
    );
  }
  let response: Response;
  try {
    response = await fetch(new URL(path, app.url), {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        accept: 'application/json, application/problem+json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
  } catch (error) {
    const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Failure(`The app at ${app.url} does not answer (${why}). Look at its log, or stop it.`, EXIT.unavailable);
  }
  const text = await response.text();
  const answer = parsed(text);
  if (response.ok) return answer as T;
  throw new Failure(
    problemOf(answer) ?? `The app answered ${response.status}: ${text.slice(0, 500)}`,
    exitCodeOf(response.status),
  );
}

const parsed = (text: string): unknown => {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
};

function problemOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { title, detail } = answer as { title?: unknown; detail?: unknown };
  const parts = [title, detail].filter((part) => typeof part === 'string' && part !== '');
  return parts.length === 0 ? undefined : parts.join(': ');
}

const exitCodeOf = (status: number): 2 | 3 | 4 => {
  if (status === 409 || status === 403 || status === 412) return EXIT.refused;
  return status >= 500 || status === 429 ? EXIT.unavailable : EXIT.usage;
};
