import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rmSync } from 'node:fs';
import { Caller, RunningApp } from './running-app.testing.js';

const ROLES = ['agent', 'supervisor', 'approver', 'analyst', 'operator', 'integrator'] as const;
type Role = (typeof ROLES)[number];
const READERS: readonly Role[] = ['agent', 'supervisor', 'approver', 'analyst', 'operator'];
const WORKERS: readonly Role[] = ['agent', 'supervisor', 'operator'];
const SUPERVISORS: readonly Role[] = ['supervisor', 'operator'];
const SUPERVISORS_AND_APPROVERS: readonly Role[] = ['supervisor', 'approver', 'operator'];
const REPORTERS: readonly Role[] = [...WORKERS, 'integrator'];
const REVIEWERS: readonly Role[] = ['agent', 'supervisor', 'approver', 'operator'];
const SENDERS: readonly Role[] = ['integrator', 'supervisor', 'operator'];
const OPERATORS: readonly Role[] = ['operator'];

/** The roles of every route, stated independently of the code. */
const WHO: Readonly<Record<string, readonly Role[] | 'everyone'>> = {
  'GET /': 'everyone',
  'GET /health/live': 'everyone',
  'GET /health/ready': 'everyone',
  'GET /metrics': 'everyone',
  'POST /v1/responses': SENDERS,
  'POST /v1/responses/batch': SENDERS,
  'GET /v1/held-back': READERS,
  'POST /v1/responses/{response}/release': SUPERVISORS,
  'GET /v1/queue': READERS,
  'GET /v1/cases': READERS,
  'GET /v1/cases/{id}': READERS,
  'GET /v1/cases/{id}/timeline': READERS,
  'GET /v1/cases/{id}/audit': READERS,
  'PUT /v1/customers/{externalId}/contact': SENDERS,
  'POST /v1/customers/joins': OPERATORS,
  'POST /v1/customers/separations': OPERATORS,
  'GET /v1/clocks': READERS,
  'GET /v1/read-models': ROLES,
  'POST /v1/read-models/{name}/query': ['analyst', 'supervisor', 'operator'],
  'GET /v1/reports/clocks': READERS,
  'GET /v1/reports/disagreements': READERS,
  'GET /v1/reports/funnel': READERS,
  'GET /v1/reports/root-causes': READERS,
  'GET /v1/reports/times': READERS,
  'GET /v1/reports/repeats': READERS,
  'GET /v1/topics': ['integrator', 'analyst', 'operator'],
  'GET /v1/topics/{topic}/events': ['integrator', 'analyst', 'operator'],
  'GET /docs/asyncapi.json': 'everyone',
  'GET /v1/teams': ROLES,
  'PUT /v1/teams/{team}': SUPERVISORS,
  'GET /v1/rules': READERS,
  'GET /v1/rules/{programme}': READERS,
  'POST /v1/rules/check': SUPERVISORS,
  'POST /v1/rules/drafts': OPERATORS,
  'POST /v1/rules/{programme}/{ruleSet}/approve': OPERATORS,
  'POST /v1/rules/{programme}/{ruleSet}/activate': OPERATORS,
  'POST /v1/rules/{programme}/{ruleSet}/review': SUPERVISORS,
  'POST /v1/rules/{programme}/rollback': OPERATORS,
  'POST /v1/rehearsals': OPERATORS,
  'GET /v1/rehearsals/{id}': OPERATORS,
  'GET /v1/rehearsals/{id}/report': OPERATORS,
  'DELETE /v1/rehearsals/{id}': OPERATORS,
  'POST /v1/failures': SENDERS,
  'POST /v1/improvements': SUPERVISORS_AND_APPROVERS,
  'POST /v1/improvements/{improvement}/completion': SUPERVISORS_AND_APPROVERS,
  'POST /v1/verification-samples': SUPERVISORS_AND_APPROVERS,
  'GET /v1/verification-samples': [...SUPERVISORS_AND_APPROVERS, 'analyst'],
  'GET /v1/parked': OPERATORS,
  'POST /v1/parked/retry': OPERATORS,
  'POST /v1/parked/skip': OPERATORS,
  'GET /v1/dead-letters': OPERATORS,
  'POST /v1/dead-letters/resend': OPERATORS,
  'GET /v1/outbox': OPERATORS,
  'POST /v1/outbox/resend': OPERATORS,
  'POST /v1/outbox/replay': OPERATORS,
  'POST /v1/outbox/test': OPERATORS,
  'GET /v1/destinations': OPERATORS,
  'POST /v1/imports': OPERATORS,
  'GET /v1/generations': OPERATORS,
  'POST /v1/generations': OPERATORS,
  'POST /v1/generations/stop': OPERATORS,
  'POST /v1/generations/{id}/switch': OPERATORS,
  'DELETE /v1/generations/{id}': OPERATORS,
  'POST /v1/verify': OPERATORS,
  'GET /v1/api-keys': OPERATORS,
  'POST /v1/api-keys': OPERATORS,
  'DELETE /v1/api-keys/{id}': OPERATORS,
  'POST /v1/cases/{id}/assignment': SUPERVISORS,
  'POST /v1/cases/{id}/alerts': REPORTERS,
  'POST /v1/cases/{id}/acknowledgement': REPORTERS,
  'POST /v1/cases/{id}/contact-attempts': WORKERS,
  'POST /v1/cases/{id}/customer-messages': REPORTERS,
  'POST /v1/cases/{id}/progress-updates': WORKERS,
  'POST /v1/cases/{id}/offers': WORKERS,
  'POST /v1/cases/{id}/offers/{offer}/authorisation': SUPERVISORS,
  'POST /v1/cases/{id}/offers/{offer}/answer': WORKERS,
  'POST /v1/cases/{id}/pauses': WORKERS,
  'POST /v1/cases/{id}/resumption': WORKERS,
  'POST /v1/cases/{id}/hand-over': WORKERS,
  'POST /v1/cases/{id}/escalation': WORKERS,
  'POST /v1/cases/{id}/root-cause': WORKERS,
  'POST /v1/cases/{id}/submission': WORKERS,
  'POST /v1/cases/{id}/approval': REVIEWERS,
  'POST /v1/cases/{id}/return': REVIEWERS,
  'POST /v1/cases/{id}/give-up': WORKERS,
  'POST /v1/cases/{id}/priority': WORKERS,
  'POST /v1/cases/{id}/reopening': WORKERS,
  'POST /v1/cases/{id}/merge': WORKERS,
  'POST /v1/cases/{id}/customer-information': WORKERS,
  'POST /v1/cases/{id}/notes': REVIEWERS,
  'POST /v1/cases/{id}/tickets': REPORTERS,
  'POST /v1/cases/{id}/sales': REPORTERS,
  'POST /v1/cases/{id}/customer-lost': REPORTERS,
  'POST /v1/cases/{id}/customer-kept': REPORTERS,
  'POST /v1/cases/{id}/callbacks': REVIEWERS,
  'POST /v1/cases/{id}/re-surveys': REPORTERS,
  'POST /v1/cases/{id}/re-survey-answers': REPORTERS,
  'POST /v1/cases/{id}/corrections': SUPERVISORS,
};

let app: RunningApp;
const callers = new Map<Role | 'nobody' | 'a stranger', Caller>();

beforeAll(async () => {
  Caller.forget();
  app = await RunningApp.start();
  for (const role of ROLES) callers.set(role, await app.caller(`one-${role}`, role));
  callers.set('nobody', app.as(undefined));
  callers.set('a stranger', app.as('amends_not-a-key-of-this-store'));
});

afterAll(async () => {
  await app.stop();
  rmSync(app.folder, { recursive: true, force: true });
});

test('this list has every route, and no other', async () => {
  const { body } = await app.operator.get('/docs-json');
  const routes = Object.entries(body['paths'] as Record<string, Record<string, unknown>>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const undocumented = ['GET /']; // an index for people, not part of the API
  expect([...routes, ...undocumented].toSorted()).toEqual(Object.keys(WHO).toSorted());
});

test('every request has an example', async () => {
  const { body } = await app.operator.get('/docs-json');
  type Operation = { requestBody?: { content: Record<string, { schema: { examples?: unknown[]; type?: string } }> } };
  const without = Object.entries(body['paths'] as Record<string, Record<string, Operation>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods)
        .filter(([, { requestBody }]) => {
          const schema = requestBody?.content['application/json']?.schema;
          return schema !== undefined && schema.examples === undefined;
        })
        .map(([method]) => `${method} ${path}`),
  );
  expect(without).toEqual([]);
});

test.each(Object.keys(WHO))('%s admits its roles and nobody else', async (route) => {
  const [method = '', path = ''] = route.split(' ');
  const allowed = WHO[route] ?? [];
  const address = path.replaceAll(/\{\w+\}/g, 'not-an-id');
  for (const [role, caller] of callers) {
    // No route accepts this body, so an admitted caller changes nothing.
    const { status } = await caller.send(method, address, method === 'GET' || method === 'DELETE' ? undefined : '[]');
    const known = ROLES.find((one) => one === role);
    if (allowed === 'everyone') expect({ role, status }).toEqual({ role, status: 200 });
    else if (known === undefined) expect({ role, status }).toEqual({ role, status: 401 });
    else if (allowed.includes(known)) expect([401, 403]).not.toContain(status);
    else expect({ role, status }).toEqual({ role, status: 403 });
  }
});
