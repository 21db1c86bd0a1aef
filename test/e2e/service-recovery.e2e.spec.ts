import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { Caller, eventually, RunningApp } from './running-app.testing.js';

const PACK = parse(readFileSync(resolve(import.meta.dirname, '../../packs/service-recovery.yaml'), 'utf8')) as {
  readonly calendars: { readonly calling: object };
  readonly verification: object;
};
/** Customers may be called at any hour, because the test runs at any. */
const RULES = {
  ...PACK,
  calendars: { ...PACK.calendars, calling: { ...PACK.calendars.calling, hours: 'always' } },
};

let app: RunningApp;
let survey: Caller;
let ana: Caller;
let sam: Caller;
let ruth: Caller;
let analyst: Caller;
let id: string;

beforeAll(async () => {
  Caller.forget();
  app = await RunningApp.start();
  survey = await app.caller('survey-tool', 'integrator');
  ana = await app.caller('ana', 'agent', 'care');
  sam = await app.caller('sam', 'supervisor', 'care');
  ruth = await app.caller('ruth', 'approver');
  analyst = await app.caller('iris', 'analyst');
  const team = {
    name: 'Customer care',
    members: [{ id: 'ana', role: 'agent' }],
    fallbackOwner: 'sam',
    supervisor: 'sam',
  };
  expect((await app.operator.send('PUT', '/v1/teams/care', JSON.stringify(team))).status).toBe(200);
  await putInForce(RULES, 'Call at any hour');
});

async function putInForce(content: object, reason: string): Promise<void> {
  const { body } = await app.operator.post('/v1/rules/drafts', { content });
  const named = `/v1/rules/service-recovery/${String(body['ruleSet'])}`;
  expect((await app.operator.post(`${named}/activate`, {})).status).toBe(422);
  expect((await app.operator.post(`${named}/approve`, { reason })).status).toBe(200);
  expect((await app.operator.post(`${named}/activate`, {})).status).toBe(200);
}

afterAll(async () => {
  await app.stop();
  rmSync(app.folder, { recursive: true, force: true });
});

const act = (who: Caller, path: string, body: object = {}) => who.post(`/v1/cases/${id}/${path}`, body);
const response = {
  source: 'survey',
  externalId: 'r-1001',
  customer: 'c-77',
  touchpoint: 'invoice',
  metric: 'nps',
  score: 2,
  contactMe: 'yes',
  comment: 'Billed twice and nobody answers. Eva Brandt',
};

describe('an unhappy customer is won back', () => {
  test('a low score becomes a case with an owner, first in the queue', async () => {
    const sent = await survey.post('/v1/responses', response);
    expect(sent.status).toBe(202);
    id = String(sent.body['id']);
    const found = await eventually(async () => {
      const { status, body } = await ana.get(`/v1/cases/${id}`);
      // The case is opened, then gets an owner.
      return status === 200 && body['owner'] !== null ? body : undefined;
    }, 'the case of the response, with an owner');
    expect(found).toMatchObject({ status: 'open', kind: 'recover', priority: 'high', team: 'care', owner: 'ana' });
    const queue = await ana.get('/v1/queue');
    expect(queue.body).toMatchObject({ documents: [{ case: id, owner: 'ana', nextTarget: 'alert' }] });
    const clocks = await ana.get(`/v1/clocks?case=${id}&target=first-contact`);
    expect(clocks.body).toMatchObject({ documents: [{ state: 'running', met: null }] });
  });
  test('its source may send it again, but not with other content', async () => {
    expect(await survey.post('/v1/responses', response)).toMatchObject({ status: 202, body: { id } });
    expect(await survey.post('/v1/responses', { ...response, score: 9 })).toMatchObject({
      status: 422,
      body: {
        code: 'response-changed',
        detail: expect.stringContaining('survey sent r-1001 before with other content'),
      },
    });
  });

  test('attempts to reach the customer are logged, and stop the clock of the first contact', async () => {
    expect((await act(ana, 'contact-attempts', { channel: 'phone', outcome: 'no-answer' })).status).toBe(200);
    const reached = { channel: 'phone', outcome: 'reached', note: 'Wants the second charge back' };
    expect((await act(ana, 'contact-attempts', reached)).status).toBe(200);
    const { body } = await ana.get(`/v1/clocks?case=${id}&target=first-contact`);
    expect(body).toMatchObject({ documents: [{ state: 'completed', met: true }] });
    expect((await ana.get('/v1/queue')).body).toMatchObject({ documents: [{ attempts: 2, contacted: true }] });
  });

  test("an offer beyond its owner's authority becomes valid once a supervisor authorises it", async () => {
    const offer = { offer: 'refund-1', kind: 'refund', value: { amount: 9_900, currency: 'EUR' } };
    expect((await act(ana, 'offers', offer)).status).toBe(200);
    expect((await sam.get('/v1/queue?toAuthorise=true')).body).toMatchObject({ documents: [{ case: id }] });
    expect((await act(ana, 'offers/refund-1/authorisation')).status).toBe(403);
    // The customer was told too soon, and accepted: that has happened.
    expect(await act(ana, 'offers/refund-1/answer', { answer: 'accepted' })).toMatchObject({
      status: 200,
      body: { events: [{ type: 'OfferAnswered', breaches: ['offer-not-authorised'] }] },
    });
    expect((await sam.get('/v1/queue?toAuthorise=true')).body).toMatchObject({ documents: [{ breachCount: 1 }] });
    expect((await act(sam, 'offers/refund-1/authorisation')).status).toBe(200);
    const { body } = await ana.get(`/v1/cases/${id}`);
    expect(body).toMatchObject({ offers: [{ offer: 'refund-1', authorisedBy: 'sam', answer: 'accepted' }] });
  });

  test('a submission needs a root cause', async () => {
    const early = await act(ana, 'submission');
    expect(early.status).toBe(409);
    expect(early.headers.get('content-type')).toContain('application/problem+json');
    const cause = { cause: ['process', 'billing', 'double-charge'], action: 'Second charge refunded, billing told' };
    expect((await act(ana, 'root-cause', cause)).status).toBe(200);
    expect((await act(ana, 'submission', { summary: 'Charged twice; refunded.' })).status).toBe(200);
    const { body } = await analyst.get('/v1/reports/root-causes?level=2');
    expect(body).toMatchObject({ rows: [{ cause: ['process', 'billing'], count: 1 }] });
    for (const as of ['read', 'recorded', 'first'])
      expect((await analyst.get(`/v1/reports/root-causes?level=2&as=${as}`)).body).toEqual(body);
    expect(await analyst.get('/v1/reports/root-causes?as=told')).toMatchObject({
      body: { errors: [{ field: 'as', message: 'must be one of read, recorded, first' }] },
    });
  });

  test('whoever worked on the case may not approve it, and somebody else may', async () => {
    expect((await act(ana, 'approval')).status).toBe(409);
    expect((await act(sam, 'approval')).status).toBe(409);
    expect((await act(ruth, 'approval', { note: 'Well done' })).status).toBe(200);
    expect((await act(ana, 'customer-information', { channel: 'e-mail', message: 'The refund is made.' })).status).toBe(
      200,
    );
    expect((await ana.get('/v1/queue')).body).toEqual({ documents: [] });
    const { body } = await analyst.get('/v1/reports/clocks?by=priority');
    expect(body).toMatchObject({
      rows: expect.arrayContaining([expect.objectContaining({ target: 'resolve', met: 1 })]),
    });
  });

  test('the rules say when a second survey may follow, and an operator may change them', async () => {
    const early = await act(survey, 're-surveys', { survey: 's-1', channel: 'e-mail' });
    expect(early).toMatchObject({ status: 409, body: { code: 're-survey-too-early' } });
    await putInForce({ ...RULES, verification: { ...RULES.verification, reSurveyAfter: '1s' } }, 'Ask at once');
  });

  test('a second survey shows in the funnel that the customer is won back', async () => {
    await eventually(async () => {
      const { status } = await act(survey, 're-surveys', { survey: 's-1', channel: 'e-mail' });
      return status === 200 ? status : undefined;
    }, 'the second that the rules ask after approval');
    const answer = { survey: 's-1', answers: [{ metric: 'nps', score: 9 }], comment: 'Thank you, Ana' };
    expect((await act(survey, 're-survey-answers', answer)).status).toBe(200);
    await analyst.get('/v1/cases'); // waits for the write
    const { body } = await analyst.get('/v1/reports/funnel');
    const counts = Object.fromEntries(
      (body['rows'] as { step: string; count: number }[]).map(({ step, count }) => [step, count]),
    );
    expect(counts).toEqual({
      received: 1,
      flagged: 1,
      opened: 1,
      contacted: 1,
      offered: 1,
      accepted: 1,
      approved: 1,
      reSurveyed: 1,
      recovered: 1,
    });
  });

  test('the timeline shows all of it in order', async () => {
    const { body } = await ana.get(`/v1/cases/${id}/timeline`);
    const entries = body['entries'] as { type: string; by: string }[];
    expect(entries.map(({ type, by }) => `${type} ${by}`)).toEqual([
      'ResponseReceived survey-tool',
      'ResponseTriaged triage-response',
      'CaseOpened triage-response',
      'CaseAssigned triage-response',
      'ContactAttempted ana',
      'ContactAttempted ana',
      'ResolutionOffered ana',
      'OfferAnswered ana',
      'OfferAuthorised sam',
      'RootCauseIdentified ana',
      'CaseSubmitted ana',
      'CaseApproved ruth',
      'CustomerInformed ana',
      'ReSurveySent survey-tool',
      'ReSurveyAnswered survey-tool',
    ]);
  });
});

describe("people's words", () => {
  test('are readable to people who work on the case, and withheld from analysts', async () => {
    const seen = await ana.get(`/v1/cases/${id}`);
    expect(JSON.stringify(seen.body)).toContain('Wants the second charge back');
    const withheld = await analyst.get(`/v1/cases/${id}`);
    expect(JSON.stringify(withheld.body)).not.toContain('second charge');
    expect(withheld.body).toMatchObject({ summary: { withheld: true } });
  });
});

describe('a write', () => {
  test('runs once when it is sent again: responses by their external id, commands by their key', async () => {
    const again = await survey.post('/v1/responses', response);
    expect(again).toMatchObject({ status: 202, body: { id, revision: 1 } });
    const key = { 'idempotency-key': 'note-1' };
    const first = await ana.post(`/v1/cases/${id}/notes`, { note: 'Called back to check' }, key);
    const second = await ana.post(`/v1/cases/${id}/notes`, { note: 'Called back to check' }, key);
    expect(second.body).toEqual(first.body);
    expect((await ana.get(`/v1/cases/${id}`)).body).toMatchObject({ notes: [{ note: 'Called back to check' }] });
  });

  test("with another write's key is refused, and nothing of it is stored", async () => {
    const key = { 'idempotency-key': 'note-1' };
    const refused = {
      status: 422,
      body: { code: 'idempotency-key-used', errors: [{ field: 'Idempotency-Key' }] },
    };
    expect(await ana.post(`/v1/cases/${id}/notes`, { note: 'Called back twice' }, key)).toMatchObject(refused);
    expect(await ana.post(`/v1/cases/${id}/priority`, { priority: 'low' }, key)).toMatchObject(refused);
    expect((await ana.get(`/v1/cases/${id}`)).body).toMatchObject({ notes: [{ note: 'Called back to check' }] });
  });

  test('decided on an old revision is refused', async () => {
    const etag = (await ana.get(`/v1/cases/${id}`)).headers.get('etag') ?? '';
    expect((await ana.post(`/v1/cases/${id}/notes`, { note: 'One' }, { 'if-match': etag })).status).toBe(200);
    const stale = await ana.post(`/v1/cases/${id}/notes`, { note: 'Two' }, { 'if-match': etag });
    expect(stale).toMatchObject({ status: 412, body: { code: 'revision-conflict' } });
    expect((await ana.post(`/v1/cases/${id}/notes`, { note: 'x' }, { 'if-match': '"x"' })).status).toBe(400);
  });

  test('is visible to its own writer at once', async () => {
    for (let n = 0; n < 20; n++) {
      const { headers } = await ana.post(`/v1/cases/${id}/notes`, { note: `Note ${n}` });
      expect((await ana.get(`/v1/cases/${id}`)).headers.get('etag')).toBe(headers.get('etag'));
    }
  });

  test('in a batch succeeds or fails line by line', async () => {
    const lines = [
      JSON.stringify({ ...response, externalId: 'b-1', customer: 'c-b1' }),
      JSON.stringify({ ...response, externalId: 'b-2', score: 11 }),
      'no JSON',
      JSON.stringify({ ...response, externalId: 'b-3', customer: 'c-b3', contactMe: 'no' }),
    ];
    const { status, body } = await survey.send('POST', '/v1/responses/batch', lines.join('\n'), {
      'content-type': 'application/x-ndjson',
    });
    const results = String(body['text'])
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(status).toBe(200);
    expect(results).toMatchObject([
      { line: 1, revision: 1 },
      { line: 2, problem: { errors: [{ field: 'score' }] } },
      { line: 3, problem: { code: 'malformed' } },
      { line: 4, revision: 1 },
    ]);
    // Triage runs later.
    await eventually(async () => {
      const { body: funnel } = await analyst.get('/v1/reports/funnel');
      const rows = funnel['rows'] as { step: string; count: number }[];
      const at = (step: string) => rows.find((row) => row.step === step)?.count;
      return at('received') === 3 && at('opened') === 2 ? true : undefined;
    }, 'one case of the two responses');
  });
});

describe('bad input', () => {
  const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
  const json = (over: object) => JSON.stringify({ ...response, externalId: 'bad', ...over });
  const without = (field: string) => JSON.stringify({ ...response, externalId: 'bad', [field]: undefined });
  test.each<[string, string | Buffer, number, string | undefined]>([
    ['an empty body', '', 400, undefined],
    ['no JSON', '{', 400, undefined],
    ['null', 'null', 422, undefined],
    ['a list', '[]', 422, undefined],
    ['NaN', '{"score":NaN}', 400, undefined],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 400, undefined],
    ['endless nesting', deep, 422, undefined],
    ['too much', json({ comment: 'x'.repeat(300_000) }), 413, undefined],
    ['a field twice', '{"source":"a","source":"b"}', 400, 'source'],
    ['a name of the prototype', '{"__proto__":{"x":1}}', 422, '__proto__'],
    ['an unknown field', json({ admin: true }), 422, 'admin'],
    ['no source', without('source'), 422, 'source'],
    ['no external id', without('externalId'), 422, 'externalId'],
    ['no customer', without('customer'), 422, 'customer'],
    ['null for a field', json({ source: null }), 422, 'source'],
    ['a number for text', json({ customer: 7 }), 422, 'customer'],
    ['text for a number', json({ score: '2' }), 422, 'score'],
    ['half a score', json({ score: 2.5 }), 422, 'score'],
    ['a score off its scale', json({ metric: 'csat', score: 9 }), 422, 'answers[0].score'],
    ['a score without its metric', json({ metric: undefined }), 422, 'metric'],
    ['an unknown metric', json({ metric: 'joy' }), 422, 'metric'],
    ['an unknown answer to contact me', json({ contactMe: 'maybe' }), 422, 'contactMe'],
    ['a control character', json({ touchpoint: 'a\u0000b' }), 422, 'touchpoint'],
    ['half a character', '{"source":"\\ud800"}', 422, 'source'],
    ['a day that does not exist', json({ occurredAt: '2026-02-30T10:00:00Z' }), 422, 'occurredAt'],
    ['a time without its offset', json({ occurredAt: '2026-02-03T10:00:00' }), 422, 'occurredAt'],
    ['a time to come', json({ occurredAt: '2999-01-01T10:00:00Z' }), 422, 'occurredAt'],
    ['an unknown programme', json({ programme: 'none' }), 422, 'programme'],
    ['a number beyond all numbers', '{"score":1e999}', 422, 'score'],
  ])('%s is refused by name, and nothing is stored', async (_, body, status, field) => {
    const before = await app.operator.get('/v1/reports/funnel');
    const refused = await survey.send('POST', '/v1/responses', body);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(refused.status).toBe(status);
    if (field !== undefined)
      expect(refused.body['errors']).toEqual(expect.arrayContaining([expect.objectContaining({ field })]));
    expect((await app.operator.get('/v1/reports/funnel')).body).toEqual(before.body);
  });

  test('another media type is refused', async () => {
    expect((await survey.send('POST', '/v1/responses', 'a=1', { 'content-type': 'text/plain' })).status).toBe(415);
  });

  test('lines of JSON are refused by routes for one object', async () => {
    const lines = await survey.send('POST', '/v1/responses', '{}\n', { 'content-type': 'application/x-ndjson' });
    expect(lines).toMatchObject({ status: 415, body: { code: 'unsupported-media-type' } });
  });

  test.each([
    ['a control character', '/v1/rules/%00', 400, 'invalid'],
    ['a line end', '/v1/rules/north%0A', 400, 'invalid'],
    ['a broken escape', '/v1/cases/%E0%A4%A', 400, 'malformed'],
    ['a name without end', `/v1/cases/${'x'.repeat(200)}`, 414, 'path-too-long'],
  ])('%s in a path is refused as any other problem is', async (_, path, status, code) => {
    const refused = await ana.get(path);
    expect(refused).toMatchObject({ status, body: { status, code } });
    expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });
});

describe('a restart', () => {
  test('keeps everything, and history proves the read models', async () => {
    const before = await ana.get(`/v1/cases/${id}/timeline`);
    expect(await app.stop()).toBe(0);
    const { folder } = app;
    Caller.forget();
    app = await RunningApp.start(folder);
    const after = await app.operator.get(`/v1/cases/${id}/timeline`);
    expect(after.body['entries']).toEqual(before.body['entries']);
    const verified = await app.operator.post('/v1/verify');
    expect(verified.body).toMatchObject({ equal: true, seals: 'intact' });
  });
});
