import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { once } from 'node:events';
import { ClientGone } from './client-gone.js';

let asked: AbortSignal | undefined;
let begun: () => void;

@Controller()
class Works {
  @Get('long')
  async long(@ClientGone() gone: AbortSignal): Promise<string> {
    asked = gone;
    begun();
    await once(gone, 'abort');
    return 'stopped';
  }

  @Get('short')
  short(@ClientGone() gone: AbortSignal): string {
    asked = gone;
    return 'done';
  }
}

@Module({ controllers: [Works] })
class WorksModule {}

let app: NestFastifyApplication;
beforeEach(async () => {
  asked = undefined;
  app = await NestFactory.create<NestFastifyApplication>(WorksModule, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
});
afterEach(() => app.close());

test('a client that goes away aborts what is done for it', async () => {
  const beginning = new Promise<void>((resolve) => (begun = resolve));
  const client = new AbortController();
  const answer = fetch(`${await app.getUrl()}/long`, { signal: client.signal });
  await beginning;
  expect(asked?.aborted).toBe(false);
  const aborted = asked && once(asked, 'abort');
  client.abort();
  await expect(answer).rejects.toThrow('abort');
  await aborted;
  expect(asked?.aborted).toBe(true);
});

test('one that is answered does not', async () => {
  const answer = await fetch(`${await app.getUrl()}/short`);
  expect(await answer.text()).toBe('done');
  await app.close();
  expect(asked?.aborted).toBe(false);
});
